// "Check with Spark" on a real Spark Connect: what is underlined, what is said, the keyboard, and what agents may.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

/** The programs use `spark` as the site gives it: the check refuses a session that a program makes itself. */
const ROWS = 'rows = 3';
const WRONG = 'few = spark.range(rows)\nfew.select("idd").show()';
const GOOD = 'spark.sql("SELECT 1 AS one").show()';
/** The second is indented, and behind characters that JavaScript counts twice. */
const TWO = 'spark.sql("SELECT nosuch FROM range(3)").show()\nif True:\n    "🙂🙂"; spark.sql("SELECT neither FROM range(3)").show()';

const CHECK_CELL = 'berdl-spark-monitor:check-cell';
const CHECK_NOTEBOOK = 'berdl-spark-monitor:check-notebook';
const ALLOW_AGENTS = 'berdl-spark-monitor:allow-agents';
/** A rehearsal starts a Python, and a busy machine takes its time; milliseconds. */
const CHECKED_MS = 120_000;

/** @type {Spark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  spark = await Spark.start();
  jupyter = await Lab.start({ env: { ...site(), SPARK_MONITOR_ASSISTANT: 'check', SPARK_MONITOR_MCP: 'on' } });
  await notify(jupyter);
  await jupyter.write('wrong.ipynb', [ROWS, WRONG, GOOD]);
  await jupyter.write('two.ipynb', [TWO]);
  await jupyter.write('good.ipynb', [GOOD]);
  await jupyter.write('long.ipynb', [...Array.from({ length: 150 }, (_, number) => `n${number} = ${number}`), TWO]);
  browser = await launch();
  lab = await LabPage.create(browser, { viewport: { width: 1400, height: 900 } });
  await lab.open(`${jupyter.url}lab/tree/wrong.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('both checks are in the palette and in a cell’s context menu, and nothing is checked before', async () => {
  await lab.search('with Spark', async () => {
    for (const command of [CHECK_CELL, CHECK_NOTEBOOK, ALLOW_AGENTS]) {
      await lab.palette.locator(`[data-command="${command}"]`).waitFor({ timeout: 2_000 });
    }
  });
  await lab.page.keyboard.press('Escape');
  await lab.codeCells.nth(1).locator('.cm-content').click({ button: 'right' });
  const labels = lab.page.locator('.lm-Menu .lm-Menu-itemLabel', { hasText: /^Check .* with Spark$/ });
  await until('the menu', async () => (await labels.count()) === 2);
  assert.deepEqual(await labels.allTextContents(), ['Check cell with Spark', 'Check notebook with Spark']);
  const captions = await lab.page.evaluate(
    ids => ids.map(id => /** @type {any} */ (window).jupyterapp.commands.caption(id)),
    [CHECK_CELL, CHECK_NOTEBOOK]
  );
  captions.forEach(caption => assert.match(caption, /zero rows\. Nothing of the code runs on the cluster\.$/));
  await lab.page.keyboard.press('Escape');
  assert.equal(lab.requests.count('assistant/check'), 0);
});

test('a column that is not there is underlined at its line, and the verdict is said; nothing has run', async () => {
  await begin(CHECK_NOTEBOOK);
  await said(/^fails: 1 finding, in code cell 2, line 2/);
  await until('the line', async () => (await marked(1)).length > 0);
  assert.deepEqual(await marked(1), ['few.select("idd").show()']);
  assert.deepEqual([await marked(0), await marked(2)], [[], []]);
  await marks(1).first().hover();
  const tooltip = lab.page.locator('.cm-tooltip-lint');
  await tooltip.waitFor();
  assert.match(await tooltip.innerText(), /^UNRESOLVED_COLUMN\.WITH_SUGGESTION: [\s\S]*idd[\s\S]*\nfails$/);
  assert.deepEqual((await check(lab)).findings, []);
  await lab.picture('check-fails');
  assert.deepEqual(await lab.page.locator('.jp-InputPrompt').allTextContents(), ['[ ]:', '[ ]:', '[ ]:']);
});

test('"Show" goes to the line of the first finding', async () => {
  await lab.codeCells.nth(0).locator('.cm-content').click();
  await toasts(lab).getByRole('button', { name: 'Show', exact: true }).click();
  await until('the cursor', async () => (await lineOfCursor()) === 2);
  assert.equal(await activeCell(), 1);
});

test('an edit removes what was found in its cell', async () => {
  await lab.page.keyboard.type(' ');
  await until('no line', async () => (await marked(1)).length === 0);
  await lab.page.keyboard.press('Backspace');
});

test('the check of a cell sends those above it too, and draws only its own findings', async () => {
  await begin(CHECK_CELL);
  await said(/^fails: 1 finding, in code cell 2, line 2/);
  await until('the line', async () => (await marked(1)).length === 1);
  await lab.codeCells.nth(2).locator('.cm-content').click();
  await begin(CHECK_CELL);
  await said(/^fails: 1 finding, in code cell 2, line 2\. All of them are in cells above the one that was checked\./);
  assert.deepEqual(await marked(2), []);
  await lab.codeCells.nth(0).locator('.cm-content').click();
  await begin(CHECK_CELL);
  await said(/^passes: each rung proved all that it can prove of this program/);
});

test('a check that runs is not started a second time', async () => {
  await dismiss();
  const before = lab.requests.count('assistant/check');
  await lab.page.evaluate(
    async command => {
      const { commands } = /** @type {any} */ (window).jupyterapp;
      await Promise.all([commands.execute(command), commands.execute(command)]);
    },
    CHECK_NOTEBOOK
  );
  assert.equal(lab.requests.count('assistant/check'), before + 1);
  assert.equal(await toasts(lab).count(), 1);
});

test('F8 goes from one finding to the next, and the list of them opens by keyboard', async () => {
  await open('two.ipynb');
  await lab.codeCells.first().locator('.cm-content').click();
  await begin(CHECK_CELL);
  await said(/^fails: 2 findings, the first in code cell 1, line 1/);
  await until('both lines', async () => (await marked(0)).length === 2);
  // The editor counts each of the first two characters twice, Spark does not.
  assert.match((await marked(0))[1] ?? '', /^(spark\.sql\()?"?(SELECT )?neither/);
  await lab.page.keyboard.press('Control+Home');
  const lines = new Set();
  for (let presses = 0; presses < 3; presses += 1) {
    await lab.page.keyboard.press('F8');
    lines.add(await lineOfCursor());
  }
  assert.deepEqual([...lines].sort(), [1, 3]);
  await lab.page.keyboard.press('Control+Shift+M');
  const list = lab.page.getByRole('listbox', { name: 'What Spark found in this cell' });
  await until('the list to have the focus', () => list.evaluate(node => node === document.activeElement));
  assert.equal(await list.getByRole('option').count(), 2);
  for (const [key, line] of /** @type {const} */ ([['Home', 1], ['ArrowDown', 3]])) {
    await lab.page.keyboard.press(key);
    await until(`line ${line}`, async () => (await lineOfCursor()) === line);
  }
  assert.deepEqual((await check(lab)).findings, []);
  await lab.picture('check-list');
});

test('findings are readable in the dark theme too', async () => {
  await theme('JupyterLab Dark');
  await marks(0).first().hover();
  await lab.page.locator('.cm-tooltip-lint').waitFor();
  assert.deepEqual((await check(lab)).findings, []);
  await lab.picture('check-dark');
  await theme('JupyterLab Light');
});

test('a cell far below is underlined when it is shown', async () => {
  await open('long.ipynb');
  await begin(CHECK_NOTEBOOK);
  await said(/^fails: 2 findings, the first in code cell 151, line 1/);
  await toasts(lab).getByRole('button', { name: 'Show', exact: true }).click();
  const shown = lab.codeCells.filter({ hasText: 'neither' });
  await until('both lines', async () => (await shown.locator('.sparkMonitor-CheckMark').count()) >= 2);
});

test('a good notebook passes', async () => {
  await open('good.ipynb');
  await begin(CHECK_NOTEBOOK);
  await said(/^passes: each rung proved all that it can prove of this program/);
  assert.deepEqual(await marked(0), []);
  assert.deepEqual((await check(lab)).findings, []);
});

test('agents may check only after a person has read what that allows; it is kept', async () => {
  assert.equal(await toggled(), false);
  const dialog = lab.page.getByRole('dialog', { name: /Let AI agents check with Spark\?/ });
  for (const button of ['Cancel', 'Allow']) {
    const over = lab.execute(ALLOW_AGENTS);
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /rehearse it with zero rows in a sealed process[\s\S]*Nothing of it runs on the cluster\./);
    await lab.picture('check-agents');
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await over;
    assert.equal(await toggled(), button === 'Allow');
  }
  await lab.page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await lab.page.locator('.lm-Menu-item.lm-mod-toggled', { hasText: 'Let AI agents check with Spark' }).waitFor();
  await lab.page.keyboard.press('Escape');
  await lab.page.keyboard.press('Escape');
  await lab.page.reload();
  await lab.ready();
  await until('the choice', toggled);
  await lab.execute(ALLOW_AGENTS);
  assert.equal(await toggled(), false);
});

test('nothing of all this is in the console', () => {
  const ours = /sparkMonitor|spark-monitor|berdl|lint|panicked|unreachable/i;
  assert.deepEqual(lab.console.filter(line => /^(error|warning)/.test(line) && ours.test(line)), []);
});

test('where agents do not reach the sidecar there is nothing to allow', async () => {
  const other = await Lab.start({ env: { ...site(), SPARK_MONITOR_ASSISTANT: 'check' } });
  await other.write('good.ipynb', [GOOD]);
  const page = await LabPage.create(browser);
  try {
    await page.open(`${other.url}lab/tree/good.ipynb?token=${other.token}`);
    await until('the question', async () => page.requests.count('assistant/agents') === 1);
    assert.deepEqual(await known(page), [CHECK_CELL, CHECK_NOTEBOOK]);
  } finally {
    await page.close();
    await other.stop();
  }
});

test('where nothing is checked there is no command and no request', async () => {
  const other = await Lab.start({ env: site() });
  await other.write('good.ipynb', [GOOD]);
  const page = await LabPage.create(browser);
  try {
    await page.open(`${other.url}lab/tree/good.ipynb?token=${other.token}`);
    await page.untilChip('Spark: Ready (1/1)');
    assert.deepEqual(await known(page), []);
    assert.deepEqual(page.requests.routes().filter(route => route.startsWith('assistant')), []);
  } finally {
    await page.close();
    await other.stop();
  }
});

function site() {
  const { master_ui, connect_url } = spark.cluster;
  return { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url, SPARK_CONNECT_URL: connect_url };
}

/** Lets JupyterLab show notifications. @param {Lab} jupyter */
async function notify({ folder }) {
  const file = path.join(folder, 'settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ fetchNews: 'false', checkForUpdates: false, doNotDisturbMode: false }));
}

/** Our commands of the page that are visible. @param {LabPage} page */
function known({ page }) {
  return page.evaluate(
    ids => {
      const { commands } = /** @type {any} */ (window).jupyterapp;
      return ids.filter(id => commands.hasCommand(id) && commands.isVisible(id));
    },
    [CHECK_CELL, CHECK_NOTEBOOK, ALLOW_AGENTS]
  );
}

/** @param {string} name */
async function open(name) {
  await lab.execute('docmanager:open', { path: name });
  await lab.kernelIdle();
}

/** Starts a check, without the notifications of the one before. @param {string} command */
async function begin(command) {
  await dismiss();
  await lab.execute(command);
}

async function dismiss() {
  // Without an id, all of them.
  await lab.execute('apputils:dismiss-notification');
  await until('no notification', async () => (await toasts(lab).count()) === 0);
}

/** Waits for what the notification says at the end. @param {RegExp} words */
async function said(words) {
  let seen = '';
  const told = async () => {
    seen = (await toasts(lab).count()) === 1 ? await toasts(lab).first().innerText() : '';
    return words.test(seen);
  };
  await until(`${words}`, told, { within: CHECKED_MS }).catch(error => {
    throw new Error(`${error.message}, saw: ${seen}`);
  });
}

/** @param {LabPage} lab */
function toasts({ page }) {
  return page.locator('.Toastify__toast');
}

/** @param {number} cell */
function marks(cell) {
  return lab.codeCells.nth(cell).locator('.sparkMonitor-CheckMark');
}

/** The parts of a cell's lines that are underlined: highlighting divides a part, but not its line. @param {number} cell */
function marked(cell) {
  return lab.codeCells.nth(cell).locator('.cm-line').evaluateAll(lines =>
    lines
      .map(line => [...line.querySelectorAll('.sparkMonitor-CheckMark')].map(part => part.textContent).join(''))
      .filter(text => text !== '')
  );
}

function activeCell() {
  return lab.codeCells.evaluateAll(cells => cells.findIndex(cell => cell.classList.contains('jp-mod-active')));
}

/** Of the active cell, from 1. */
function lineOfCursor() {
  return lab.page.evaluate(() => {
    const { content } = /** @type {any} */ (window).jupyterapp.shell.currentWidget;
    return content.activeCell.editor.getCursorPosition().line + 1;
  });
}

function toggled() {
  return lab.page.evaluate(
    command => /** @type {any} */ (window).jupyterapp.commands.isToggled(command),
    ALLOW_AGENTS
  );
}

/** @param {string} name */
async function theme(name) {
  await lab.execute('apputils:change-theme', { theme: name });
  await lab.page.locator(`body[data-jp-theme-name="${name}"]`).waitFor();
}
