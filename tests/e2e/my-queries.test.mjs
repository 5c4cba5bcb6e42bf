// What a person has run on a real Spark: slower than usual and why, failed, and what is left of a driver that died.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { move, out, resize } from './lib/split.mjs';
import { until } from './lib/until.mjs';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];
const COMMAND = 'berdl-spark-monitor:open-my-queries';

const DATA = `import os
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()
folder = os.environ["DATA"]
for name, rows in (("usual", 200_000), ("grown", 12_000_000)):
    spark.range(0, rows, 1, 8).write.mode("overwrite").csv(f"{folder}/{name}")
def view(name): spark.read.schema("id BIGINT").csv(f"{folder}/{name}").createOrReplaceTempView("ids")
def run(salt): return spark.sql(f"SELECT max(sha2(concat(id, '{salt}'), 512)) FROM ids").collect()
view("usual")`;
// On a busy machine such short runs vary much, and then ten are needed before anything is called slow.
const USUAL = 'for salt in range(11): run(salt)';
const GROWN = 'view("grown"); run(11)';
const FAIL = `spark.sql("SELECT raise_error('boom')").collect()`;
const RUNS = 12;

/** @type {Spark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {string} */
let state;
/** @type {import('playwright-core').Locator} */
let queries;
/** @type {import('playwright-core').Locator} */
let apps;
/** @type {import('playwright-core').Locator} */
let compare;

before(async () => {
  spark = await Spark.start();
  state = await mkdtemp(path.join(os.tmpdir(), 'e2e-state-'));
  const { master_ui, connect_url } = spark.cluster;
  const env = {
    ...FAST,
    SPARK_MASTER_UI_URL: master_ui,
    SPARK_REMOTE: connect_url,
    SPARK_MONITOR_HISTORY_SAMPLE_MS: '1000',
    XDG_STATE_HOME: state,
    DATA: path.join(state, 'data')
  };
  jupyter = await Lab.start({ env });
  await jupyter.write('runs.ipynb', [DATA, USUAL, GROWN, FAIL]);
  browser = await launch();
  lab = await LabPage.create(browser, { ...CLIPBOARD, viewport: { width: 1500, height: 1000 } });
  queries = lab.page.locator('[id="berdl-spark-monitor:my-queries"]');
  compare = lab.page.locator('[id="berdl-spark-monitor:compare"]');
  apps = lab.page.locator('[id="berdl-spark-monitor:applications"]');
  await lab.open(`${jupyter.url}lab/tree/runs.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
  await rm(state, { recursive: true, force: true });
});

test('before anything has run it says that nothing is remembered yet', async () => {
  await lab.execute(COMMAND);
  await queries.getByText('No query is remembered yet.').waitFor();
  await lab.execute('filebrowser:open-path', { path: 'runs.ipynb' });
});

test('a run of a table that has grown is slower than usual, and says that it read more', async () => {
  for (const cell of [0, 1, 2]) {
    await lab.startCell(cell);
    await lab.cellDone(cell, 120_000);
  }
  await lab.startCell(3);
  await lab.kernelIdle();
  await lab.execute(COMMAND);
  const usual = choice('max(');
  await until('the slower and the failed run', async () => {
    await queries.getByRole('button', { name: 'Refresh', exact: true }).click();
    const both = (await usual.count()) > 0 && (await choice('raise_error').count()) > 0;
    return both && /Slower than usual: it read more data\./.test(await usual.innerText());
  }, { within: 60_000, every: 1_000 });
  assert.match(await usual.innerText(), /concat\(id, \?\)/);
  assert.match(await usual.innerText(), new RegExp(`${RUNS} runs`));
  await usual.click();
  await queries.locator('.sparkMonitor-RunsChart-bar').nth(RUNS - 1).waitFor();
  assert.equal(await queries.locator('.sparkMonitor-Runs tbody tr').count(), RUNS);
  await lab.picture('my-queries', queries);
});

test('the failed, the slower, and those with a text are found', async () => {
  await press('Failed');
  await choice('raise_error').waitFor();
  assert.match(await choice('raise_error').innerText(), /Failed: USER_RAISED_EXCEPTION/);
  assert.equal(await choice('max(').count(), 0);
  await press('Slower than usual');
  await choice('max(').waitFor();
  assert.equal(await queries.locator('.sparkMonitor-Choice').count(), 1);
  await press('All');
  const search = queries.getByRole('searchbox', { name: 'Search your queries' });
  await search.fill('RAISE');
  await until('only it', async () => (await choice('max(').count()) === 0 && (await choice('raise_error').count()) === 1);
  await search.fill('nobody ran this');
  await queries.getByText('No query has this text.').waitFor();
  await search.fill('');
  await choice('max(').waitFor();
});

test('the keyboard chooses a query and walks its runs', async () => {
  await choice('max(').focus();
  await lab.page.keyboard.press('Enter');
  assert.equal(await choice('max(').getAttribute('aria-pressed'), 'true');
  const chart = queries.getByRole('slider');
  await chart.focus();
  const said = async () => (await chart.getAttribute('aria-valuetext')) ?? '';
  await until('the newest', async () => /^run 12 of 12: .*Completed, Slower than usual/.test(await said()));
  await lab.page.keyboard.press('Home');
  await until('the oldest', async () => /^run 1 of 12: .*Completed$/.test(await said()));
  await lab.page.keyboard.press('ArrowRight');
  await until('the second', async () => (await said()).startsWith('run 2 of 12: '));
  assert.equal(await queries.locator('.sparkMonitor-Runs .sparkMonitor-mod-looked').count(), 1);
});

test('its text is copied without its literals', async () => {
  await queries.getByRole('button', { name: 'Copy text' }).click();
  await queries.getByText('Copied').waitFor();
  assert.match(await lab.clipboard(), /^select max\(sha2\(concat\(id, \?\), \?\)\) from ids$/);
});

test('it leads to the cell of its last run', async () => {
  // It took longer than the clocks may be apart, so one cell alone can have run it.
  await choice('max(').click();
  await press('Go to the cell of its last run');
  // The notebook comes to the front.
  await queries.waitFor({ state: 'hidden' });
  await until('the cell', () => lab.page.locator('.jp-Notebook .jp-Cell').nth(2).evaluate(cell => cell.matches('.jp-mod-active')));
  await lab.execute(COMMAND);
});

test('its last run is compared with the one before, with what only the history knows', async () => {
  await press('Compare its last run');
  const numbers = compare.getByRole('group', { name: 'Numbers' });
  await until('the history', async () => /\d+ms\s|\d+s\s/.test(await fact('CPU time')), { within: 60_000 });
  assert.match(await fact('task slots'), /task slots\s+\d+\s+\d+\s+the same/);
  // The newest run is the first one.
  assert.match(await fact('input'), /MB\s+.*(MB|KB)\s+9\d% less/);
  assert.equal(await numbers.getByRole('row', { name: /^input/ }).locator('.sparkMonitor-mod-differs').count(), 1);
  await lab.picture('compare-history', compare);
  await lab.execute(COMMAND);
});

for (const theme of THEMES) {
  test(`in ${theme}, at 250 px and wide, nothing sticks out and axe finds nothing`, async () => {
    await lab.execute('apputils:change-theme', { theme });
    const name = theme.replace('JupyterLab ', '').replaceAll(' ', '-').toLowerCase();
    await until('the theme', () => lab.page.evaluate(theme => document.body.dataset['jpThemeName'] === theme, theme));
    await lab.picture(`my-queries-${name}`, queries);
    assert.deepEqual((await check(lab)).findings, []);
    await move(lab, 'split-right', 'my-queries');
    await resize(lab, 250, queries);
    await lab.picture(`my-queries-${name}-250`, queries);
    assert.deepEqual(await out(queries), []);
    assert.deepEqual((await check(lab)).findings, []);
    await move(lab, 'tab-after', 'my-queries');
    await lab.execute(COMMAND);
  });
}

test('a run leads to its application, and when its driver has died that is told there', async () => {
  await queries.locator('.sparkMonitor-Runs .sparkMonitor-Jump').first().click();
  await apps.locator('.sparkMonitor-Choice[aria-pressed="true"]').getByText('Running').waitFor();
  await apps.getByRole('heading', { name: 'Its last queries' }).waitFor();
  await lab.picture('application-running', apps);
  process.kill(-spark.cluster.pids.connect, 'SIGKILL');
  await until('the end', async () => {
    await apps.getByRole('button', { name: 'Refresh', exact: true }).click();
    return /Spark no longer lists this application/.test(await apps.innerText());
  }, { within: 60_000, every: 1_000 });
  assert.match(await apps.innerText(), /Last seen .+, gone by .+\. Largest Java heap of an executor: /);
  assert.match(await apps.innerText(), /max\(sha2/);
  await lab.picture('application-gone', apps);
  assert.deepEqual((await check(lab)).findings, []);
});

test('a comparison says that its application has ended, and keeps what it knew', async () => {
  await lab.execute('berdl-spark-monitor:open-compare');
  await compare.getByText('Its application has ended.').nth(1).waitFor();
  assert.match(await fact('stages'), /stages\s+\d+\s+\d+/);
});

test('after a reload all are there again', async () => {
  await until('a saved layout', async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/default?token=${jupyter.token}`);
    const layout = JSON.stringify(await answer.json());
    const names = ['my-queries:my-queries', 'applications:applications', 'compare:compare'];
    return names.every(name => layout.includes(name));
  });
  await lab.page.reload();
  await lab.ready();
  await lab.execute(COMMAND);
  await choice('max(').waitFor();
  await lab.execute('berdl-spark-monitor:open-application');
  await apps.getByText('gone by').first().waitFor();
});

test('runs of an application that has gone are compared by what the history has, and the rest is said not to be known', async () => {
  await lab.execute('berdl-spark-monitor:open-compare');
  await compare.getByText('neither its stages nor its plan').nth(1).waitFor();
  assert.match(await fact('input'), /% less/);
  assert.match(await fact('stages'), /not known\s+not known\s+not known/);
  const text = await compare.innerText();
  assert.match(text, /The operators can be compared only while Spark remembers the plans of both queries\./);
  await lab.picture('compare-gone', compare);
  assert.deepEqual((await check(lab)).findings, []);
});

test('the console has no error of ours', () => {
  const ours = lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line));
  // The comparison had the application on screen when it ended, and asked once more.
  const isEnd = (/** @type {string} */ line) => /404 .*\/panel\/queries(\/[^?]*)?\?app=/.test(line);
  assert.deepEqual(ours.filter(line => !isEnd(line)), []);
});

/** An entry of the list. @param {string} text */
function choice(text) {
  return queries.locator('.sparkMonitor-Choice', { hasText: text });
}

/** A line of the comparison. @param {string} name */
function fact(name) {
  return compare.getByRole('group', { name: 'Numbers' }).getByRole('row', { name: new RegExp(`^${name}`) }).innerText();
}

/** @param {string} name */
async function press(name) {
  await queries.getByRole('button', { name, exact: true }).click();
}
