// A query's own page and the cached data, on a real Spark: opened from the panel, read by keyboard, restored.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { move, out, resize } from './lib/split.mjs';
import { until } from './lib/until.mjs';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];
const CONNECT = `import os
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()`;
const JOIN = `spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
spark.range(0, 300_000, 1, 2).createOrReplaceTempView("a")
spark.range(0, 900_000, 3, 2).createOrReplaceTempView("b")
spark.sql("SELECT count(*) FROM a JOIN b ON a.id = b.id").collect()`;
const CACHE = `spark.sql("CACHE TABLE kept AS SELECT id % 7 AS k, count(*) AS n FROM a GROUP BY 1")`;

/** @type {Spark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {import('playwright-core').Locator} */
let page;
/** @type {import('playwright-core').Locator} */
let storage;

before(async () => {
  spark = await Spark.start();
  const { master_ui, connect_url } = spark.cluster;
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url } });
  await jupyter.write('join.ipynb', [CONNECT, JOIN, CACHE]);
  browser = await launch();
  lab = await LabPage.create(browser, { ...CLIPBOARD, viewport: { width: 1500, height: 1000 } });
  page = lab.page.locator('[id^="berdl-spark-monitor:query-"]');
  storage = lab.page.locator('[id="berdl-spark-monitor:storage"]');
  await lab.open(`${jupyter.url}lab/tree/join.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('a double click on a query opens its page: how it went, its stages, its plan', async () => {
  for (const cell of [0, 1, 2]) {
    await lab.startCell(cell);
    await lab.cellDone(cell, 120_000);
  }
  await lab.openPanel();
  const row = lab.panel.locator('[data-row^="query/"]', { hasText: 'SELECT count(*)' }).first();
  await row.dblclick();
  await page.getByRole('heading', { level: 2 }).waitFor();
  await until('the plan', async () => (await operator('SortMergeJoin').count()) === 1);
  const text = await page.innerText();
  assert.match(text, /succeeded · .* · begun .* · \d+ of \d+ tasks · \d+ of \d+ stages/);
  assert.match(text, /SELECT count\(\*\) FROM a JOIN b ON a\.id = b\.id/);
  assert.ok((await page.locator('.sparkMonitor-Timeline-bar').count()) >= 3, 'a bar for each stage');
  assert.equal(await operator('Range').count(), 2);
  assert.match((await operator('Range').allInnerTexts()).join(), /300,000 rows/);
  assert.match((await operator('Exchange').allInnerTexts()).join(), /KB|MB/);
  await lab.picture('query-page', page);
});

test('what is read stands above what becomes of it, and no operator covers another', async () => {
  const boxes = await page.locator('.sparkMonitor-Operator').evaluateAll(all =>
    all.map(one => ({ name: one.textContent ?? '', ...one.getBoundingClientRect().toJSON() }))
  );
  for (const [at, a] of boxes.entries()) {
    for (const b of boxes.slice(at + 1)) {
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, `${a.name} ${b.name}`);
    }
  }
  const top = (/** @type {string} */ name) => Math.max(...boxes.filter(box => box.name.startsWith(name)).map(box => box.top));
  assert.ok(top('Range') < top('Exchange') && top('Range') < top('SortMergeJoin'));
});

test('the keyboard goes along the plan, and the chosen operator tells all that is measured', async () => {
  const join = operator('SortMergeJoin');
  await join.click();
  const card = page.getByRole('region', { name: 'SortMergeJoin' });
  assert.match(await card.innerText(), /number of output rows/);
  await lab.page.keyboard.press('ArrowUp');
  assert.match(await focused(), /^(Sort|AQEShuffleRead|ShuffleQueryStage|InputAdapter)/);
  await until('its details', async () => (await card.count()) === 0);
  await lab.page.keyboard.press('ArrowDown');
  assert.match(await focused(), /^SortMergeJoin/);
  assert.equal(await page.locator('.sparkMonitor-Operator[tabindex="0"]').count(), 1, 'Tab stops once');
});

test('the row’s menu opens the same page', async () => {
  const row = lab.panel.locator('[data-row^="query/"]', { hasText: 'SELECT count(*)' }).first();
  await row.click({ button: 'right' });
  await lab.page.getByRole('menuitem', { name: 'Open Query' }).click();
  // The same id may be another query of another application, so the page is known to be the same after an answer.
  await until('one page for each query', async () => (await page.count()) === 1 && (await page.isVisible()));
});

test('the cached table is there, with the code that releases it', async () => {
  await lab.execute('berdl-spark-monitor:open-storage');
  const row = storage.getByRole('row', { name: /^kept/ });
  await row.waitFor();
  assert.match(await row.innerText(), /table[\s\S]*in memory[\s\S]*ago/);
  await row.getByRole('button', { name: 'Copy' }).click();
  await storage.getByText('Copied.').waitFor();
  assert.equal(await lab.clipboard(), 'spark.catalog.uncacheTable("kept")');
  await lab.picture('storage', storage);
});

for (const theme of THEMES) {
  test(`in ${theme}, at 250 px and wide, nothing of the cached data sticks out and axe finds nothing`, async () => {
    await lab.execute('apputils:change-theme', { theme });
    const name = theme.replace('JupyterLab ', '').replaceAll(' ', '-').toLowerCase();
    await until('the theme', () => lab.page.evaluate(theme => document.body.dataset['jpThemeName'] === theme, theme));
    await lab.execute('berdl-spark-monitor:open-storage');
    await storage.getByRole('row', { name: /^kept/ }).waitFor();
    await lab.picture(`storage-${name}`, storage);
    assert.deepEqual((await check(lab)).findings, []);
    await move(lab, 'split-right', 'storage');
    await resize(lab, 250, storage);
    await lab.picture(`storage-${name}-250`, storage);
    assert.deepEqual(await out(storage), []);
    assert.deepEqual((await check(lab)).findings, []);
    await move(lab, 'tab-after', 'storage');
  });
}

test('a reload restores it', async () => {
  await until('a saved layout', async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/default?token=${jupyter.token}`);
    return /berdl-spark-monitor-query:/.test(JSON.stringify(await answer.json()));
  });
  await lab.page.reload();
  await lab.ready();
  await lab.page.locator('.lm-DockPanel-tabBar [data-id^="berdl-spark-monitor:query-"]').click();
  await operator('SortMergeJoin').waitFor();
});

test('the console has no error of ours', () => {
  assert.deepEqual(lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line)), []);
});

/** @param {string} name */
function operator(name) {
  return page.locator('.sparkMonitor-Operator', { has: lab.page.getByText(name, { exact: true }) });
}

/** The text of what has the focus. */
function focused() {
  return lab.page.evaluate(() => /** @type {HTMLElement | null} */ (document.activeElement)?.innerText ?? '');
}
