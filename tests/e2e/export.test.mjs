// "Export notebook" in a real JupyterLab: difference, findings, choices, download, and runs on this machine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { ExportPage } from './lib/export-page.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { freePort } from './lib/ports.mjs';
import { until } from './lib/until.mjs';

const PARAMETERS = '# @pipeline-params\nlimit = 3\nmonth = "2026-05"';
const SHELL = '!echo hello\ntotal = limit * 2';
const LONG = Array.from({ length: 40 }, (_, number) => `n${number} = ${number}`).join('\n');
const PRINTS = '%time print("total", total)';
const FAILS = 'if limit > 5:\n    raise ValueError("the limit is too high")';

/** The site's repository, empty at first. */
const REPOSITORY = mkdtempSync(path.join(os.tmpdir(), 'e2e-git-'));
process.on('exit', () => rmSync(REPOSITORY, { recursive: true, force: true }));

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {ExportPage} */
let job;

before(async () => {
  // Nothing answers there: an export needs no Spark.
  const site = { SPARK_MASTER_UI_URL: `http://127.0.0.1:${await freePort()}` };
  git('init', '--quiet', '--bare', '--initial-branch=main');
  const repository = { SPARK_MONITOR_EXPORT_GIT_URL: `file://${REPOSITORY}`, SPARK_MONITOR_EXPORT_GIT_ALLOW_LOCAL: 'true' };
  jupyter = await Lab.start({ env: { ...FAST, ...site, ...repository } });
  await jupyter.write('sales.ipynb', [PARAMETERS, SHELL, LONG, PRINTS, FAILS]);
  browser = await launch();
  lab = await LabPage.create(browser, { viewport: { width: 1500, height: 1000 } });
  job = new ExportPage(lab);
  await lab.open(`${jupyter.url}lab/tree/sales.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

/** Asks the repository. @param {string[]} words */
function git(...words) {
  return execFileSync('git', words, { cwd: REPOSITORY, encoding: 'utf8' });
}

/** Writes into a cell of the notebook, after what it has. @param {number} cell @param {string} text */
async function type(cell, text) {
  await lab.codeCells.nth(cell).locator('.cm-content').click();
  await lab.page.keyboard.press('ControlOrMeta+End');
  await lab.page.keyboard.insertText(text);
}

/** The ids of the kernels that Jupyter runs. */
async function kernels() {
  const answer = await fetch(`${jupyter.url}api/kernels?token=${jupyter.token}`);
  return /** @type {{id: string}[]} */ (await answer.json()).map(({ id }) => id);
}

test('a button in the toolbar opens the tab, which shows the difference and what is to be decided', async () => {
  assert.deepEqual(lab.requests.routes().filter(route => route.startsWith('export')), []);
  await job.toolbarButton.click();
  await job.checked();
  await job.says(/decided first/);
  assert.match(await job.findings.innerText(), /1 decision[\s\S]*Cell 1, line 1/);
  const lines = await job.lines();
  assert.ok(lines.includes('removed !echo hello'), lines.join('\n'));
  assert.ok(lines.some(line => /^added .*print\("total", total\)/.test(line)), lines.join('\n'));
  assert.equal(await job.cells.count(), 5);
  await lab.picture('export-light');
});

test('unchanged lines far from a change are folded and unfold', async () => {
  assert.equal((await job.lines()).filter(line => /n2\d = /.test(line)).length, 0);
  await job.tab.getByRole('button', { name: /Show \d+ unchanged lines/ }).first().click();
  await until('the lines', async () => (await job.lines()).filter(line => /n2\d = /.test(line)).length === 10);
});

test('a finding leads to its cell in the notebook', async () => {
  await job.findings.getByRole('button', { name: 'Cell 1, line 1' }).click();
  const active = () => lab.page.evaluate(() => {
    const { currentWidget } = /** @type {any} */ (window).jupyterapp.shell;
    return currentWidget.content.activeCellIndex;
  });
  await until('the cell', async () => (await active()) === 1);
});

test('a command of the shell is decided for its line, and an edit of its cell asks again', async () => {
  await job.findings.getByLabel('Command in cell 1, line 1').selectOption({ label: 'Remove it' });
  await job.says(/Nothing keeps/);
  await type(1, '\n# edited');
  await job.says(/decided first/);
  await job.tab.getByRole('radio', { name: 'Run them as child processes' }).check();
  await job.says(/Nothing keeps/);
  assert.ok((await job.lines()).some(line => /^added .*_shell/.test(line)), (await job.lines()).join('\n'));
});

test('a cell that is left out is not in the job', async () => {
  const box = job.tab.getByLabel('Cell 4 is part of the job');
  await box.uncheck();
  await until('it is out', async () => (await job.cells.nth(4).innerText()).includes('left out'));
  assert.ok((await job.lines()).includes('removed     raise ValueError("the limit is too high")'), (await job.lines()).join('\n'));
  await box.check();
  await until('it is in', async () => (await job.cells.nth(4).innerText()).includes('unchanged'));
});

test('an unsaved edit is in the next check, and a broken cell is an error', async () => {
  await type(3, '\nx = (');
  await job.says(/mended or decided/);
  assert.match(await job.findings.innerText(), /1 error[\s\S]*Cell 3/);
  assert.equal(await job.button('Run').getAttribute('aria-disabled'), 'true');
  assert.match(await job.start.innerText(), /Mend the errors/);
  await lab.page.keyboard.press('Backspace');
  await lab.page.keyboard.insertText('1');
  await job.says(/Nothing keeps/);
});

test('the files of the job are downloaded as one', async () => {
  await job.choose('Download');
  await job.changes(() => job.tab.getByLabel('Made for').selectOption({ label: 'Airflow, with Spark Connect' }));
  const schedule = job.tab.getByLabel('Schedule', { exact: true });
  await schedule.fill('0 3 * * *');
  await job.tab.getByText('Each day at 03:00 (UTC)').waitFor();
  await job.tab.getByText(/^Next runs: /).waitFor();
  await job.says(/Nothing keeps/);
  const [download] = await Promise.all([lab.page.waitForEvent('download'), job.button('Download the files').click()]);
  assert.equal(download.suggestedFilename(), 'sales-job.zip');
  const zip = await readFile(await download.path());
  assert.deepEqual([zip.subarray(0, 2).toString(), zip.includes('job.py')], ['PK', true]);
});

test('what is edited while the kernel starts is not in the run, which is deleted only after a question', async () => {
  const own = await kernels();
  await job.changes(() => job.choose('Run here, as a notebook'));
  /** @type {() => void} */
  let goOn = () => {};
  const edited = new Promise(resolve => (goOn = () => resolve(undefined)));
  await lab.page.route(/\/api\/sessions/, async route => {
    await (route.request().method() === 'POST' ? edited : undefined);
    await route.continue();
  });
  const sent = lab.page.waitForRequest(request => request.method() === 'POST' && request.url().endsWith('/export/runs'));
  const ended = job.run(/Succeeded/);
  await job.start.getByText('Starting…').waitFor();
  await job.changes(() => type(3, '\n# edited later'));
  goOn();
  const notebook = JSON.parse((await sent).postData() ?? '').notebook;
  assert.ok(notebook.includes('the limit is too high') && !notebook.includes('edited later'), notebook);
  const run = await ended;
  await lab.page.unroute(/\/api\/sessions/);
  await until('its kernel to end', async () => (await kernels()).join() === own.join());
  await run.getByRole('button', { name: /^Delete:/ }).click();
  await run.getByRole('button', { name: 'Keep it' }).click();
  assert.equal(await job.runs.count(), 1);
  await run.getByRole('button', { name: /^Delete:/ }).click();
  await run.getByRole('button', { name: 'Delete it' }).click();
  await until('the run to be gone', async () => (await job.runs.count()) === 0);
});

test('it runs here to its end in a kernel of its own, which is gone afterwards', async () => {
  const own = await kernels();
  const seen = new Set();
  let hasEnded = false;
  const watched = until('the run to end', async () => {
    (await kernels()).filter(id => !own.includes(id)).forEach(id => seen.add(id));
    return hasEnded;
  }, { within: 90_000 });
  const run = await job.run(/Succeeded/).finally(() => (hasEnded = true));
  await watched;
  assert.equal(seen.size, 1, [...seen].join());
  assert.match(await run.innerText(), /cell 5 of 5/);
  await run.getByRole('button', { name: 'Details' }).click();
  await until('what it printed', async () => /total 6/.test(await run.innerText()));
  await until('its kernel to end', async () => (await kernels()).join() === own.join());
  await lab.picture('export-run');
});

test('the output is saved beside the notebook and opens', async () => {
  await job.runs.first().getByRole('button', { name: /^Open output/ }).click();
  await lab.page.locator('.jp-Dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await lab.page.locator('.lm-TabBar-tabLabel', { hasText: /^sales\.run-\d+-\d+\.ipynb$/ }).waitFor();
  await job.tab.getByText(/The output is saved as sales\.run-/).waitFor({ state: 'attached' });
  await lab.execute('berdl-spark-monitor:export-notebook', { path: 'sales.ipynb' });
});

test('a failure names its cell, which it leads to', async () => {
  const value = job.tab.getByRole('textbox', { name: 'limit whole number' });
  await value.fill('ten');
  await job.tab.getByText('This is not a whole number.').waitFor();
  assert.equal(await job.button('Run').getAttribute('aria-disabled'), 'true');
  await value.fill('9');
  const run = await job.run(/Failed/);
  assert.match(await run.innerText(), /ValueError[\s\S]*in cell 4[\s\S]*the limit is too high/);
  await run.getByRole('button', { name: /^in cell 4/ }).click();
  await until('the cell', () => lab.page.evaluate(() => {
    const { currentWidget } = /** @type {any} */ (window).jupyterapp.shell;
    return currentWidget.content.activeCellIndex === 4;
  }));
});

test('a delivery shows what it would change, and then pushes that', async () => {
  await lab.execute('berdl-spark-monitor:export-notebook', { path: 'sales.ipynb' });
  await job.changes(() => job.choose('Airflow, by git'));
  await job.button('Show what would change').click();
  const plan = job.tab.getByRole('region', { name: 'What would be pushed' });
  await until('the files', async () => /job\.py\s*new file/.test(await plan.innerText()), { within: 30_000 });
  await job.start.getByText('What would change is shown below.').waitFor();
  assert.equal(git('branch', '--list').trim(), '', 'nothing is pushed unseen');
  assert.deepEqual((await check(lab)).findings, []);
  await plan.getByLabel('Message of the commit').fill('Sales of a month');
  const ship = plan.getByRole('button', { name: 'Ship', exact: true });
  const value = job.tab.getByRole('textbox', { name: 'limit whole number' });
  await value.fill('ten');
  await until('the button to be off', async () => (await ship.getAttribute('aria-disabled')) === 'true');
  await value.fill('9');
  await until('the button to be on', async () => (await ship.getAttribute('aria-disabled')) === null);
  await ship.click();
  const shipments = job.tab.getByRole('region', { name: 'Shipments' });
  await until('the push', async () => /Pushed\s*done/.test(await shipments.innerText()), { within: 30_000 });
  assert.match(git('log', '--format=%s', 'main'), /^Sales of a month/);
  await lab.picture('export-shipped');
  await job.changes(() => job.choose('Run here, as a notebook'));
});

test('axe finds nothing, and the keyboard reaches everything', async () => {
  await lab.execute('berdl-spark-monitor:export-notebook', { path: 'sales.ipynb' });
  await job.checked();
  assert.deepEqual((await check(lab)).findings, []);
  await job.tab.getByLabel('Cell 0 is part of the job').focus();
  const isOut = async () => (await job.cells.nth(0).innerText()).includes('left out');
  await lab.page.keyboard.press('Space');
  await until('it is out', isOut);
  await lab.page.keyboard.press('Space');
  await until('it is in again', async () => !(await isOut()));
  const asNotebook = job.tab.getByRole('radio', { name: 'Run here, as a notebook' });
  await asNotebook.focus();
  await lab.page.keyboard.press('ArrowDown');
  assert.equal(await job.tab.getByRole('radio', { name: 'Run here, as a script' }).isChecked(), true);
  await lab.page.keyboard.press('ArrowUp');
  assert.equal(await asNotebook.isChecked(), true);
});

test('a reload keeps the tab and its runs', async () => {
  const layout = async () => (await fetch(`${jupyter.url}lab/api/workspaces/?token=${jupyter.token}`)).text();
  await until('the layout to be saved', async () => (await layout()).includes('berdl-spark-monitor-export:sales.ipynb'));
  await lab.page.reload();
  await lab.ready();
  await job.runs.nth(1).waitFor({ timeout: 30_000 });
  assert.match(await job.runs.first().innerText(), /Failed/);
  assert.match(await job.runs.nth(1).innerText(), /Succeeded/);
});

test('the button in a toolbar is about its own notebook, whichever is in front', async () => {
  // All buttons of a narrow toolbar are not seen.
  await lab.page.setViewportSize({ width: 2400, height: 1000 });
  await jupyter.write('other.ipynb', ['1']);
  await lab.execute('docmanager:open', { path: 'sales.ipynb' });
  await lab.execute('docmanager:open', { path: 'other.ipynb', options: { mode: 'split-right' } });
  const front = () => lab.page.evaluate(() => /** @type {any} */ (window).jupyterapp.shell.currentWidget.title.label);
  await until('the other notebook in front', async () => (await front()) === 'other.ipynb');
  await press('sales.ipynb');
  await until('the tab of the first', async () => (await front()) === 'Export sales.ipynb');
  assert.equal(await job.tab.count(), 1);
  await press('other.ipynb');
  await until('the tab of the other', async () => (await front()) === 'Export other.ipynb');
});

/** Clicks the button of one of several open notebooks. @param {string} name */
async function press(name) {
  const id = await lab.page.evaluate(name => {
    const widgets = [.../** @type {any} */ (window).jupyterapp.shell.widgets('main')];
    return widgets.find(widget => widget.context?.path === name)?.id;
  }, name);
  const button = lab.page.locator(`[id="${id}"] [data-jp-item-name="spark-export"] :is(button, jp-button)`).first();
  await button.click();
}
