// A real Spark behind a real JupyterLab under /user/ann/: what chip and panel show, and when they poll.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

const CONNECT = `import os
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()`;
const LONG = `rows = spark.range(0, 12_000_000, numPartitions=40).select(F.sha2(F.col("id").cast("string"), 512).alias("hash"))
rows.groupBy(F.substring("hash", 1, 3)).count().count()`;
const SHORT = 'spark.range(1_000_000, numPartitions=2).agg(F.sum("id")).collect()';

const PANEL_ROUTES = ['cluster', 'executors', 'stages', 'queries', 'findings'];
/** Shorter than any view's interval while nothing is running. */
const AT_ONCE_MS = 1_500;
/** Longer than the slowest interval of the tests. */
const SEVERAL_POLLS_MS = 5_000;

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
  jupyter = await Lab.start({
    baseUrl: '/user/ann/',
    env: { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url }
  });
  await jupyter.write('queries.ipynb', [CONNECT, LONG, SHORT]);
  browser = await launch();
  lab = await LabPage.create(browser);
  await lab.open(`${jupyter.url}lab/tree/queries.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('the chip says Spark: Ready (1/1)', async () => {
  await lab.untilChip('Spark: Ready (1/1)');
});

test('before the panel is opened only the chip is asked for', () => {
  assert.deepEqual(lab.requests.routes(), ['panel/chip']);
});

test('a click on the chip opens the panel', async () => {
  await lab.openPanel();
  await lab.panel.getByText('Executors').first().waitFor();
  assert.match((await lab.panel.textContent()) ?? '', /Cluster\s*1 worker · \d\/\d cores · /);
});

test('the command palette hides the panel and opens it again', async () => {
  await lab.toggleByPalette();
  await lab.panel.waitFor({ state: 'hidden' });
  await lab.toggleByPalette();
  await lab.panel.waitFor();
});

test('the View menu has it too', async () => {
  await lab.page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await lab.page.locator('.lm-Menu-itemLabel', { hasText: /^Spark Monitor$/ }).waitFor();
  await lab.page.keyboard.press('Escape');
});

test('the bar of an active stage moves while a cell runs, and the chip tells what runs', async () => {
  await lab.startCell(0);
  await lab.cellDone(0, 30_000);
  await lab.startCell(1);
  await lab.barMoves(60_000);
  await lab.picture('panel-running');
  await until('the tooltip', async () => /tasks done/.test((await lab.chip.getAttribute('title')) ?? ''), { within: 5_000 });
  await lab.cellDone(1, 90_000);
  await until('no active stage', async () => (await lab.bars.count()) === 0);
});

test('a query of a second is seen all the same', async () => {
  const before = await lab.panel.getByText('Recent queries').first().waitFor().then(() => newestQuery());
  await lab.startCell(2);
  await lab.cellDone(2, 30_000);
  await until('a newer query', async () => (await newestQuery()) > before, { within: 6_000 });
});

test('while the panel is hidden only the chip is asked for', async () => {
  await lab.toggleByPalette();
  await lab.panel.waitFor({ state: 'hidden' });
  lab.requests.clear();
  await until('three polls of the chip', () => lab.requests.count('panel/chip') >= 3);
  assert.deepEqual(lab.requests.routes(), ['panel/chip']);
});

test('shown again, the panel asks for everything at once', async () => {
  lab.requests.clear();
  await lab.openPanel();
  await until('all views', () => PANEL_ROUTES.every(route => lab.requests.count(route) > 0), { within: AT_ONCE_MS });
});

test('paused, the panel asks for nothing and the chip goes on; refresh asks for everything', async () => {
  await lab.openPanel();
  await lab.panel.getByRole('button', { name: 'Pause updates' }).click();
  await lab.panel.getByText(/^paused/).waitFor();
  lab.requests.clear();
  await until('three polls of the chip', () => lab.requests.count('panel/chip') >= 3);
  assert.deepEqual(lab.requests.routes(), ['panel/chip']);
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  await until('all views', () => PANEL_ROUTES.every(route => lab.requests.count(route) > 0), { within: AT_ONCE_MS });
  await lab.panel.getByRole('button', { name: 'Resume updates' }).click();
  await lab.panel.getByText(/^updated/).waitFor();
});

test('while the tab is hidden nothing is asked for', async () => {
  await lab.openPanel();
  await lab.hideTab(true);
  lab.requests.clear();
  await sleep(SEVERAL_POLLS_MS);
  assert.deepEqual(lab.requests.routes(), []);
});

test('the tab shown again, everything is asked for at once', async () => {
  lab.requests.clear();
  await lab.hideTab(false);
  await until('all views', () => [...PANEL_ROUTES, 'panel/chip'].every(route => lab.requests.count(route) > 0), { within: AT_ONCE_MS });
});

test('a reload restores the panel', async () => {
  await until('the layout to be saved', () => savedLayout().then(text => text.includes('berdl-spark-monitor:panel')));
  await lab.page.reload();
  await lab.ready();
  await lab.panel.waitFor();
  await lab.panel.getByText('Executors').first().waitFor();
});

test('the console has no error of ours', () => {
  assert.deepEqual(lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line)), []);
});

test('a site with a driver only: Spark: Ready (driver)', async () => {
  const site = await Lab.start({ env: { ...FAST, SPARK_APP_UI_URL: spark.cluster.driver_ui } });
  const other = await LabPage.create(browser);
  try {
    await other.open(`${site.url}lab?token=${site.token}`);
    await other.untilChip('Spark: Ready (driver)');
    await other.openPanel();
    await other.panel.getByText(/^Driver only · \d/).waitFor();
    await other.recent.first().waitFor();
    await other.picture('panel-driver-only', other.panel);
  } finally {
    await other.close();
    await site.stop();
  }
});

/** When the newest query started that the sidecar lists as ended, once the panel shows it. */
async function newestQuery() {
  const answer = await lab.page.request.get(`${jupyter.url}berdl/api/spark-monitor/panel/queries`);
  const shown = (await lab.recent.count()) > 0;
  const { recent } = await answer.json();
  return shown ? Math.max(-1, ...recent.map((/** @type {{submitted_at_ms: number}} */ query) => query.submitted_at_ms)) : -1;
}

async function savedLayout() {
  const answer = await fetch(`${jupyter.url}lab/api/workspaces/?token=${jupyter.token}`);
  return answer.text();
}
