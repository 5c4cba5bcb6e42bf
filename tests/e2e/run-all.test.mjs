// All cells of a notebook run at once, so that its kernel cannot be asked: whose the queries are is known nevertheless.
import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { KernelWire } from './lib/kernel-wire.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

/** From the first answer with a query to its cell's name: five seconds at the panel's rate while a cell runs. */
const NAMED_POLLS = 5;

const CONNECT = `import os
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()`;
/** Spark knows no cell of a query without column expressions. */
const SLEEP = `spark.sql("select java_method('java.lang.Thread', 'sleep', 8000L)").collect()`;

/** @type {Spark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {KernelWire} */
let wire;

before(async () => {
  spark = await Spark.start();
  const { master_ui, connect_url } = spark.cluster;
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url } });
  await copyFile(path.join(import.meta.dirname, 'demo.ipynb'), path.join(jupyter.folder, 'root/demo.ipynb'));
  await jupyter.write('sql.ipynb', [CONNECT, SLEEP, 'import time; time.sleep(4)']);
  await jupyter.write('short.ipynb', [CONNECT, 'spark.range(10).collect()']);
  await jupyter.write('cells.ipynb', ['1', '2', '3']);
  browser = await launch();
  lab = await LabPage.create(browser);
  wire = await KernelWire.watch(lab.page);
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('all cells of the demo notebook: the running cell is named, and the kernel is asked only afterwards', async () => {
  await open('demo.ipynb');
  await choose('Run', 'Run All Cells');
  await namedInTime(/cell \[2\]/);
  assert.deepEqual([...wire.sent], ['execute_request'], 'nothing but the cells');
  await lab.picture('run-all', lab.panel);
  assert.match(await howKnown(), /^likely: /);
  await lab.panel.locator('.sparkMonitor-Query-head > .sparkMonitor-Jump').first().click();
  await until('the cell to be active', async () => (await activeCell()) === 1);
  assert.equal(await lab.panel.getByLabel('This notebook\'s session').count(), 0);
  // A kernel is idle for a moment between two cells.
  await lab.cellDone(4, 600_000);
  await until('the kernel to be asked', async () => (await howKnown()) === 'asked of the kernel');
});

test('a page that hears late of the next cell does not ask the kernel between two cells', async () => {
  await open('cells.ipynb');
  wire.pauseMs = 2_000;
  await choose('Run', 'Run All Cells');
  await lab.cellDone(2, 30_000);
  assert.deepEqual([...wire.sent], ['execute_request']);
  wire.pauseMs = 0;
  await until('the kernel to be asked', () => wire.sent.has('silent'));
});

test('how it is known is a tooltip for the keyboard and for screen readers', async () => {
  await open('short.ipynb');
  await choose('Run', 'Run All Cells');
  await lab.cellDone(1, 60_000);
  await until('the kernel to be asked', async () => (await howKnown()) === 'asked of the kernel');
  const hint = lab.panel.getByRole('button', { name: 'How this is known' }).last();
  const text = lab.panel.getByRole('tooltip');
  assert.equal(await text.count(), 0, 'hidden until it is wanted');
  await hint.focus();
  assert.equal(await text.innerText(), 'asked of the kernel');
  assert.equal(await hint.getAttribute('aria-describedby'), await text.getAttribute('id'));
  await lab.picture('run-all-tooltip', lab.panel);
  await lab.codeCells.first().locator('.cm-content').click();
});

test('a query that names no cell belongs to the only notebook whose cells ran, also after the kernel is restarted', async () => {
  await open('sql.ipynb');
  await choose('Run', 'Run All Cells');
  await namedInTime(/run by cell \[2\]/);
  assert.equal(await howKnown(), 'likely: the only session whose queries began while cells of this notebook ran');
  await lab.picture('run-all-sql', lab.panel);
  await lab.kernelIdle(60_000);
  // Its first session stays on the driver.
  await choose('Kernel', 'Restart Kernel and Run All Cells…');
  await lab.page.getByRole('button', { name: 'Confirm Kernel Restart' }).click();
  await until('the first query to end', async () => (await lab.running.count()) === 0);
  await namedInTime(/run by cell \[2\]/);
  assert.match(await howKnown(), /^likely: /);
  await lab.kernelIdle(60_000);
});

test('the console has no error of ours', () => {
  assert.deepEqual(lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line)), []);
});

/** Waits for a running query, and then for its cell's name. @param {RegExp} name */
async function namedInTime(name) {
  const running = lab.panel.locator('[id="sparkMonitor-running"]');
  await lab.running.first().waitFor({ timeout: 60_000 });
  lab.requests.clear();
  const text = await until(`${name}`, async () => {
    const text = await running.innerText();
    const polls = lab.requests.count('queries');
    assert.ok(polls <= NAMED_POLLS, `after ${polls} polls: ${text}`);
    return /This notebook/.test(text) && name.test(text) ? text : null;
  }, { within: 60_000 });
  assert.doesNotMatch(text, /Other sessions/);
}

/** What the tooltip says of the running queries, else of the recent ones. */
async function howKnown() {
  return (await lab.panel.locator('.sparkMonitor-Hint-text').first().textContent()) ?? '';
}

/** Opens a notebook alone, with the only kernel, and the panel; waits until its kernel was asked. @param {string} name */
async function open(name) {
  await endKernels();
  wire.sent.clear();
  await lab.open(`${jupyter.url}lab/tree/${name}?token=${jupyter.token}&reset`);
  await lab.kernelIdle();
  await lab.openPanel();
  await lab.resizePanel(300);
  await until('the new kernel to be asked', () => wire.sent.has('silent'));
  await lab.kernelIdle();
  wire.sent.clear();
}

/** Ends what an earlier test has left behind. */
async function endKernels() {
  const headers = { Authorization: `token ${jupyter.token}` };
  const sessions = await fetch(`${jupyter.url}api/sessions`, { headers }).then(answer => answer.json());
  for (const { id } of sessions) {
    await fetch(`${jupyter.url}api/sessions/${id}`, { method: 'DELETE', headers });
  }
}

/** @param {string} menu @param {string} item */
async function choose(menu, item) {
  await lab.page.getByRole('menuitem', { name: menu, exact: true }).click();
  await lab.page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** The number of the selected cell among the code cells. */
function activeCell() {
  return lab.codeCells.evaluateAll(cells => cells.findIndex(cell => cell.classList.contains('jp-mod-active')));
}
