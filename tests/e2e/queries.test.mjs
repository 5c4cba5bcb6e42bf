// Queries of a real Spark: their owners, the cells that built and ran them, and jumping back to a cell.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

const CONNECT = `import os
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()
names = set(globals())`;
const BUILD = `# Builds, and does not run.
rows = spark.range(0, 2_000_000, numPartitions=24).select(F.sha2(F.col("id").cast("string"), 512).alias("hash"))
rows = rows.groupBy(F.substring("hash", 1, 3)).count()`;
const RUN = 'len(rows.collect())';
const FAIL = `spark.range(10).select(F.raise_error(F.lit("boom 7"))).collect()`;
const NEW_NAMES = 'print("new:", sorted(name for name in set(globals()) - names if not name.startswith("_")))';
const OUTSIDE = 'import time; time.sleep(6)';
const SHORT = 'spark.range(1_000).agg(F.sum("id").alias("total")).collect()';

const LONG = `spark.sql("select java_method('java.lang.Thread', 'sleep', 4000L)").collect()`;
/** Its task is tried four times. */
const LONG_FAIL = `spark.range(1).select(F.expr("java_method('java.lang.Thread', 'sleep', 1200L)"), F.expr("raise_error('boom 8')")).collect()`;
const VERY_LONG = LONG.replace('4000L', '60000L');
const HALF_A_MINUTE = LONG.replace('4000L', '30000L');

/** A kernel is asked a second after its last cell. */
const ASKED_MS = 2_500;
/** Spark is asked how a query ended a moment after its cell. */
const LOOKED_MS = 4_000;
/** And so often whether it is there. */
const WATCHED_MS = 10_000;
/** How long a driver does not answer: several times what the sidecar waits for it. */
const BUSY_MS = 60_000;

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
  const { master_ui, connect_url } = spark.cluster;
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url } });
  await jupyter.write('mine.ipynb', [CONNECT, BUILD, RUN, FAIL, NEW_NAMES, OUTSIDE]);
  await jupyter.write('other.ipynb', [CONNECT, SHORT]);
  await jupyter.write('long.ipynb', [CONNECT, LONG, LONG_FAIL, VERY_LONG, HALF_A_MINUTE]);
  browser = await launch();
  lab = await LabPage.create(browser);
  await open('mine.ipynb');
  await lab.openPanel();
  await lab.resizePanel(300);
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('a running query is this notebook’s, named by the cell that built it and the cell that runs it', async () => {
  await lab.startCell(0);
  await lab.cellDone(0, 60_000);
  await lab.startCell(1);
  await lab.cellDone(1, 30_000);
  await sleep(ASKED_MS);
  await lab.startCell(2);
  const text = await until('the query with its cells', async () => {
    const text = await section('running').innerText();
    return /cell \[2\], line \d/.test(text) && /run by cell \[3\]/.test(text) && /[1-9]\d*%/.test(text) ? text : null;
  }, { within: 40_000 });
  assert.match(text, /^This notebook\n/);
  assert.doesNotMatch(text, /built in|asked of the kernel/, 'the title says it, and a tooltip');
  assert.equal(await howKnown(), 'asked of the kernel');
  await lab.picture('queries-running', lab.panel);
  assert.match(await lab.panel.locator('.sparkMonitor-Why').innerText(), /^(Busy|Shuffling|The )/);
  await lab.cellDone(2, 120_000);
});

test('it stays as recent, and folds out to its cells and stages', async () => {
  await until('the recent query', async () => /cell \[2\], line \d/.test(await recentTitle()), { within: 15_000 });
  await lab.recent.first().click();
  await details().getByText('run by cell [3]').waitFor();
  await details().locator('.sparkMonitor-Stages > li').first().waitFor();
  await lab.picture('queries-unfolded', lab.panel);
});

test('its title goes to the cell that built it', async () => {
  assert.notEqual(await activeCell(), 1);
  await recentLink().click();
  await until('the cell to be active', async () => (await activeCell()) === 1);
  await details().getByText('run by cell [3]').click();
  await until('the cell to be active', async () => (await activeCell()) === 2);
});

test('a cell that has changed is not gone to', async () => {
  await lab.codeCells.nth(1).locator('.cm-content').click();
  await lab.page.keyboard.press('Control+End');
  await lab.page.keyboard.type('  # changed');
  await lab.codeCells.nth(2).locator('.cm-content').click();
  await recentLink().click();
  await section('recent').getByText('Cell [2] has changed since.').waitFor();
  assert.equal(await activeCell(), 2);
  await lab.picture('queries-changed', lab.panel);
});

test('a failed query says why', async () => {
  await lab.codeCells.nth(3).locator('.cm-content').click();
  await lab.page.keyboard.press('Control+Enter');
  await until('the failed query', async () => /Failed/.test(await lab.recent.first().innerText()), { within: 30_000 });
  await lab.recent.first().click();
  await details().getByText('boom 7').first().waitFor();
  await lab.picture('queries-failed', lab.panel);
});

test('asking the kernel leaves no name and counts no cell', async () => {
  // A question to a kernel before a failed cell has ended is aborted together with it.
  await lab.kernelIdle();
  await lab.startCell(4);
  await lab.codeCells.nth(4).getByText("new: ['names', 'rows']").waitFor();
  const prompt = lab.codeCells.nth(4).locator('.jp-InputPrompt').first();
  await until('execution count 5', async () => /\[5\]/.test((await prompt.textContent()) ?? ''));
});

test('asking the kernel does not make the panel ask faster', async () => {
  lab.requests.clear();
  await sleep(ASKED_MS);
  const busy = lab.requests.count('cluster');
  assert.ok(busy <= 3, `${busy} polls of the cluster`);
});

test('a cell that works without Spark is told from one that waits for it', async () => {
  await lab.startCell(5);
  await lab.panel.getByText('No query runs: cell [6] works outside of Spark').waitFor();
  await lab.panel.getByText('No query is running.', { exact: true }).waitFor();
});

test('another notebook’s queries stand under other sessions, with its name', async () => {
  await open('other.ipynb');
  await lab.startCell(0);
  await lab.cellDone(0, 60_000);
  await sleep(ASKED_MS);
  await lab.startCell(1);
  await lab.cellDone(1, 60_000);
  const text = await until('both', async () => {
    const text = await section('recent').innerText();
    return /This notebook[^]*cell \[2\], line 1[^]*Other sessions[^]*cell \[2\], line \d/.test(text) ? text : null;
  });
  assert.match(text, /^This notebook/);
  assert.equal(await howKnown(), 'asked of the kernel');
  await lab.panel.locator('.sparkMonitor-Group', { hasText: 'Other sessions' }).last().waitFor();
  await lab.recent.filter({ hasText: 'cell [2], line 3' }).first().click();
  await details().getByText('of mine.ipynb').waitFor();
  await lab.picture('queries-sessions', lab.panel);
});

test('where kernels may not be asked the session is likely, and can be chosen', async () => {
  await set({ askKernel: false });
  await open('other.ipynb');
  const picker = lab.panel.getByLabel('This notebook\'s session');
  await picker.waitFor();
  assert.equal(await picker.inputValue(), '');
  await lab.startCell(1);
  await until('a likely session', async () => /^likely: /.test(await howKnown()), { within: 15_000 });
  await lab.picture('queries-likely', lab.panel);
  const sessions = await picker.locator('option').evaluateAll(all => all.map(one => /** @type {HTMLOptionElement} */ (one).value));
  const likely = await picker.inputValue();
  const another = sessions.find(session => session !== '' && session !== likely);
  await picker.selectOption(another ?? '');
  await until('the choice', async () => (await howKnown()) === 'chosen by you');
});

test('the end of a long query is told once, in one tab, if its notebook is out of sight', async () => {
  // Where a person has silenced all messages, this one is only counted.
  await set({ doNotDisturbMode: false, fetchNews: 'false', checkForUpdates: false }, '@jupyterlab/apputils-extension/notification');
  await set({ noticeAfterSeconds: 3 });
  await open('long.ipynb');
  await lab.startCell(0);
  await lab.cellDone(0, 60_000);
  await lab.startCell(1);
  await lab.cellDone(1, 60_000);
  await sleep(LOOKED_MS);
  assert.equal(await toasts(lab.page).count(), 0, 'it was in sight');
  const second = new LabPage(await lab.page.context().newPage());
  await second.open(`${jupyter.url}lab/workspaces/second/tree/long.ipynb?token=${jupyter.token}`);
  await second.kernelIdle();
  await second.execute('launcher:create');
  await lab.startCell(1);
  await lab.execute('launcher:create');
  const told = () => Promise.all([lab, second].map(({ page }) => toasts(page).count()));
  await until('a notice', async () => (await told()).some(count => count > 0), { within: 30_000 });
  await sleep(LOOKED_MS);
  const [first = 0, other = 0] = await told();
  assert.equal(first + other, 1);
  const speaker = first > 0 ? lab : second;
  const notice = toasts(speaker.page);
  assert.match(await notice.innerText(), /^long\.ipynb \[\d+\]: “.+” has ended\. It ran [4-9]s\.\s/);
  await speaker.picture('queries-notice');
  await notice.getByRole('button', { name: 'Open' }).click();
  await until('the notebook', async () => (await inFront(speaker)) === 'long.ipynb');
  await until('its cell', async () => (await activeCell(speaker)) === 1);
  await second.page.close();
});

test('one that failed is told as failed, and no more after a click on "Mute"', async () => {
  await lab.execute('filebrowser:open-path', { path: 'long.ipynb' });
  await lab.startCell(2);
  await lab.execute('launcher:create');
  await toasts(lab.page).getByText(/^long\.ipynb \[\d+\]: “.+” failed\. It ran [4-9]s\.$/).waitFor({ timeout: 40_000 });
  await toasts(lab.page).getByRole('button', { name: 'Mute' }).click();
  await until('the setting', async () => /"noticeAfterSeconds": ?0/.test(await readFile(settings(), 'utf8')));
});

test('a driver that is too busy to answer is not gone, and the end of its query is told', async () => {
  await set({ noticeAfterSeconds: 3 });
  await open('long.ipynb');
  await sleep(ASKED_MS);
  await lab.startCell(4);
  await lab.execute('launcher:create');
  await sleep(LOOKED_MS + WATCHED_MS);
  process.kill(-spark.cluster.pids.connect, 'SIGSTOP');
  try {
    await sleep(BUSY_MS);
    assert.deepEqual(await toasts(lab.page).allInnerTexts(), []);
  } finally {
    process.kill(-spark.cluster.pids.connect, 'SIGCONT');
  }
  const ended = /^long\.ipynb \[\d+\]: “.+” has ended\. It ran 1m \d+s\.$/;
  await toasts(lab.page).getByText(ended).waitFor({ timeout: 60_000 });
});

test('that Spark went away while a cell ran is told', async () => {
  await set({ noticeAfterSeconds: 3 });
  await open('long.ipynb');
  await sleep(ASKED_MS);
  await lab.startCell(3);
  await lab.execute('launcher:create');
  await sleep(LOOKED_MS + WATCHED_MS);
  // PySpark goes on trying, so the cell runs on.
  process.kill(-spark.cluster.pids.connect, 'SIGKILL');
  await toasts(lab.page).getByText(/^long\.ipynb \[\d+\]: Spark went away while the cell ran\.$/).waitFor({ timeout: 60_000 });
});

test('the console has no error of ours', () => {
  assert.deepEqual(lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line)), []);
});

/** Opens a notebook alone. @param {string} name */
async function open(name) {
  await lab.open(`${jupyter.url}lab/tree/${name}?token=${jupyter.token}`);
  await until(`${name} to be in front`, async () => (await inFront(lab)) === name);
  await lab.kernelIdle();
}

/** The notebook in front. @param {LabPage} lab */
function inFront(lab) {
  return lab.page.evaluate(() => /** @type {any} */ (window).jupyterapp.shell.currentWidget?.context?.path);
}

/** The file of a person's settings. @param {string} plugin */
function settings(plugin = 'berdl-spark-monitor/plugin') {
  return path.join(jupyter.folder, `settings/${plugin}.jupyterlab-settings`);
}

/** Sets them, for pages that are opened from now on. @param {object} all @param {string} [plugin] */
async function set(all, plugin) {
  await mkdir(path.dirname(settings(plugin)), { recursive: true });
  await writeFile(settings(plugin), JSON.stringify(all));
}

/** @param {import('playwright-core').Page} page */
function toasts(page) {
  return page.locator('.Toastify__toast');
}

/** @param {string} name */
function section(name) {
  return lab.panel.locator(`[id="sparkMonitor-${name}"]`);
}

/** What the tooltip beside "This notebook" says. */
async function howKnown() {
  const tooltip = lab.panel.locator('.sparkMonitor-Hint-text').first();
  return (await tooltip.count()) ? ((await tooltip.textContent()) ?? '') : '';
}

/** The title of the newest ended query. */
function recentLink() {
  return section('recent').locator('.sparkMonitor-Query-head > .sparkMonitor-Jump').first();
}

function details() {
  return lab.panel.locator('.sparkMonitor-Recent-details').first();
}

async function recentTitle() {
  return (await lab.recent.count()) ? lab.recent.first().innerText() : '';
}

/** The number of the selected cell in the notebook. */
function activeCell({ codeCells } = lab) {
  return codeCells.evaluateAll(cells => cells.findIndex(cell => cell.classList.contains('jp-mod-active')));
}
