// A driver in the notebook's own kernel, Spark 3.5: its queries lead back to the cell that ran them, and to no other
// cell.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

const CELLS = [
  `import os
from pyspark.sql import SparkSession
builder = SparkSession.builder.master(os.environ["MASTER_URL"]).appName("Notebook")
spark = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()`,
  // More than ASCII, because the hash is computed from bytes.
  `rows = spark.range(10)  # größer\nrows.collect()`,
  'spark.range(20).collect()',
  // The same text twice: nobody can tell which one ran.
  'spark.range(30).collect()',
  'spark.range(30).collect()'
];

const spark = await Spark.start('--version', '3.5.9', '--no-connect');
const { master_ui, master_url, python } = spark.cluster;
const env = { ...FAST, SPARK_MASTER_UI_URL: master_ui, MASTER_URL: master_url, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' };
const jupyter = await Lab.start({ env });
const browser = await launch();
const lab = await LabPage.create(browser);
try {
  const kernel = path.join(jupyter.folder, 'data/kernels/spark35');
  await mkdir(kernel, { recursive: true });
  const argv = [python, '-W', 'ignore', '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  await writeFile(path.join(kernel, 'kernel.json'), JSON.stringify({ argv, display_name: 'Spark 3.5', language: 'python' }));
  await jupyter.write('classic.ipynb', CELLS, 'spark35');
  await lab.open(`${jupyter.url}lab/tree/classic.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
  await lab.openPanel();
  await lab.resizePanel(300);
  await lab.startCell(0);
  await lab.cellDone(0, 90_000);
  for (const cell of [1, 2, 4]) {
    await run(cell);
  }
  const known = lab.panel.locator('.sparkMonitor-Hint-text').last();
  await until('the kernel to be asked', async () => (await known.count()) === 1 && (await known.textContent()) === 'asked of the kernel');

  await title(2).click();
  await until('the cell with that text', async () => (await activeCell()) === 1);
  await lab.picture('classic-jump');

  await lab.codeCells.nth(1).locator('.cm-content').click();
  await lab.page.keyboard.press('Control+End');
  await lab.page.keyboard.type(' ');
  await lab.codeCells.nth(2).locator('.cm-content').click();
  await title(2).click();
  await changed(2).waitFor();
  assert.equal(await activeCell(), 2, 'a cell that has changed is not gone to');
  await lab.picture('classic-changed', lab.panel);

  await title(0).click();
  await changed(0).waitFor();
  assert.equal(await activeCell(), 2, 'of two cells with the same text none is gone to');
  console.log('ok      classic');
} catch (error) {
  await lab.picture('classic-failed').catch(() => {});
  throw error;
} finally {
  await browser.close();
  await jupyter.stop();
  await spark.stop();
}

/** Runs a cell, and waits for its query. @param {number} cell */
async function run(cell) {
  const before = await lab.recent.count();
  await lab.startCell(cell);
  await lab.cellDone(cell, 60_000);
  await until('its query', async () => (await lab.recent.count()) === before + 1, { within: 30_000 });
}

/** The title of a recent query, which leads to its cell. @param {number} number */
function title(number) {
  return row(number).locator('.sparkMonitor-Query-head > .sparkMonitor-Jump');
}

/** @param {number} number */
function changed(number) {
  return row(number).getByText('This cell has changed since, or is there twice.');
}

/** @param {number} number */
function row(number) {
  return lab.panel.locator('.sparkMonitor-Recent > li').nth(number);
}

/** The number of the selected cell in the notebook. */
function activeCell() {
  return lab.codeCells.evaluateAll(cells => cells.findIndex(cell => cell.classList.contains('jp-mod-active')));
}
