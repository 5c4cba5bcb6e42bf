// A query's own page, its comparison with another, and the cached data, on a real Spark: opened from the panel, read by
// keyboard, restored.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Spark } from './lib/spark.mjs';
import { move, out, resize } from './lib/split.mjs';
import { until } from './lib/until.mjs';

/** What Jupyter Server answers when a setting cannot be stored. */
const FULL = 507;
const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];
const CONNECT = `import os
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()`;
const JOIN = `spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
spark.range(0, 300_000, 1, 2).createOrReplaceTempView("a")
spark.range(0, 900_000, 3, 2).createOrReplaceTempView("b")
spark.sql("SELECT count(*) FROM a JOIN b ON a.id = b.id").collect()`;
const FAIL = `try:
    spark.sql("SELECT raise_error('no such plate: ' || repeat('plate_', 60)) FROM range(0, 8, 1, 8)").collect()
except Exception:
    pass`;
/** Minutes of short tasks, so that it still runs when a slow machine comes to stop it. */
const LONG = `try:
    spark.sql("SELECT count(m) FROM (SELECT java_method('java.lang.Thread', 'sleep', 2000L) AS m FROM range(0, 600, 1, 600))").collect()
except Exception as error:
    print("OPERATION_CANCELED" in str(error))`;
/** A plan of many operators, beside each other. */
const WIDE = `spark.sql(" UNION ALL ".join(f"SELECT id + {n} AS n FROM range(0, 10, 1, 1)" for n in range(150))).groupBy().count().collect()`;
/** The same query, planned differently. */
const BROADCAST = `spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "10485760")
spark.sql("SELECT count(*) FROM a JOIN b ON a.id = b.id").collect()`;
const STREAM = `rate = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
orders = rate.writeStream.queryName("orders").format("noop").trigger(processingTime="1 second").start()`;
const STOP_STREAM = `orders.stop()`;
const CACHE = `spark.sql("CACHE TABLE kept AS SELECT id % 7 AS k, count(*) AS n FROM a GROUP BY 1")`;

/** @type {Spark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** The pages of queries. @type {import('playwright-core').Locator} */
let pages;
/** The page of the join, and that of the query that fails. @type {import('playwright-core').Locator} */
let page;
/** @type {import('playwright-core').Locator} */
let failed;
/** @type {import('playwright-core').Locator} */
let storage;
/** @type {import('playwright-core').Locator} */
let compare;

before(async () => {
  spark = await Spark.start();
  const { master_ui, connect_url } = spark.cluster;
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url, SPARK_CONNECT_URL: connect_url } });
  await jupyter.write('join.ipynb', [CONNECT, JOIN, CACHE, FAIL, LONG, WIDE, BROADCAST, STREAM, STOP_STREAM]);
  browser = await launch();
  lab = await LabPage.create(browser, { ...CLIPBOARD, viewport: { width: 1500, height: 1000 } });
  pages = lab.page.locator('[id^="berdl-spark-monitor:query-"]');
  page = lab.page.locator('[id="berdl-spark-monitor:query-1"]');
  storage = lab.page.locator('[id="berdl-spark-monitor:storage"]');
  compare = lab.page.locator('[id="berdl-spark-monitor:compare"]');
  await lab.open(`${jupyter.url}lab/tree/join.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('a double click on a query opens its page: how it went, its stages, its plan', async () => {
  for (const cell of [0, 1, 2, 3, 5]) {
    await lab.startCell(cell);
    await lab.cellDone(cell, 120_000);
  }
  await lab.openPanel();
  await head('SELECT count(*)').dblclick();
  await page.getByRole('heading', { level: 2 }).waitFor();
  await until('the plan', async () => (await operator('SortMergeJoin').count()) === 1);
  const text = await page.innerText();
  assert.match(text, /succeeded · .* · begun .* · \d+ of \d+ tasks · \d+ of \d+ stages/);
  assert.match(text, /SELECT count\(\*\) FROM a JOIN b ON a\.id = b\.id/);
  // The kernel is asked for its session when it is idle.
  await until('its notebook', async () => /Its cell of join\.ipynb/.test(await page.innerText()));
  assert.ok((await page.locator('.sparkMonitor-Timeline-bar').count()) >= 3, 'a bar for each stage');
  assert.equal(await operator('Range').count(), 2);
  assert.match((await operator('Range').allInnerTexts()).join(), /300,000 rows/);
  assert.match((await operator('Exchange').allInnerTexts()).join(), /KB|MB/);
  await lab.picture('query-page', page);
});

test('below each stage are its tasks in numbers and drawn', async () => {
  const tasks = page.locator('.sparkMonitor-Tasks').first();
  assert.match(await tasks.locator('summary').innerText(), /\d+ ended tasks?: (median .*, slowest )?\d+(ms|s)/);
  await tasks.locator('summary').click();
  const row = tasks.getByRole('row', { name: /^run time/ });
  assert.equal(await row.getByRole('cell').count(), 6);
  assert.match(await row.innerText(), /(\d+m?s\s+){4}\d+m?s/);
  const box = await row.locator('.sparkMonitor-Box').boundingBox();
  assert.ok((box?.width ?? 0) > 100 && (box?.height ?? 0) > 8, JSON.stringify(box));
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
  const card = page.getByRole('group', { name: 'SortMergeJoin' });
  assert.match(await card.innerText(), /number of output rows/);
  await lab.page.keyboard.press('ArrowUp');
  await until('the focus', async () => /^(Sort|AQEShuffleRead|ShuffleQueryStage|InputAdapter)\n/.test(await focused()));
  await until('its details', async () => (await card.count()) === 0);
  await lab.page.keyboard.press('ArrowDown');
  await until('the focus', async () => /^SortMergeJoin/.test(await focused()));
  assert.equal(await page.locator('.sparkMonitor-Operator[tabindex="0"]').count(), 1, 'Tab stops once');
});

test('of a large plan only what is around the visible part is drawn, and the keyboard reaches all of it', async () => {
  const wide = await open('SELECT id + 0');
  const [drawn, area] = [wide.locator('.sparkMonitor-Operator'), wide.locator('.sparkMonitor-Plan-scroll')];
  await drawn.first().waitFor();
  await until('its cell', async () => /cell \[5\], line 1 of join\.ipynb/.test(await wide.innerText()));
  // There are 150 that only read.
  assert.ok((await drawn.count()) < 150, `${await drawn.count()} are drawn`);
  const seen = (/** @type {import('playwright-core').Locator} */ one) => one.evaluate((one, slack) => {
    const [box, area] = [one.getBoundingClientRect(), one.closest('.sparkMonitor-Plan-scroll')?.getBoundingClientRect()];
    return area && box.left >= area.left - slack && box.right <= area.right + slack;
  }, 1);
  const left = (/** @type {import('playwright-core').Locator} */ operators) =>
    operators.evaluateAll(all => Math.max(...all.map(one => /** @type {HTMLElement} */ (one).offsetLeft)));
  await area.evaluate(area => area.scrollTo(area.scrollWidth, 0));
  await until('the last operator', async () => (await left(drawn)) > 140 * 212);
  await area.evaluate(area => area.scrollTo((area.scrollWidth - area.clientWidth) / 2, area.scrollHeight));
  const union = drawn.filter({ has: lab.page.getByText('Union', { exact: true }) });
  await union.focus();
  await lab.page.keyboard.press('ArrowUp');
  const first = wide.locator('.sparkMonitor-Operator:focus');
  await until('the first operator', async () => (await first.count()) === 1 && (await left(first)) < 212 && (await seen(first)));
  await lab.page.keyboard.press('ArrowDown');
  await until('the union', async () => /^Union/.test(await focused()) && (await seen(union)));
  await lab.execute('application:close');
  await bringToFront('query-1');
});

test('the settings are asked for when they are unfolded, and searched', async () => {
  const settings = page.locator('.sparkMonitor-Settings');
  assert.equal(await settings.getByRole('row').count(), 0);
  const asked = lab.page.waitForRequest(request => request.url().includes('/panel/environment'));
  await settings.locator('summary').focus();
  await lab.page.keyboard.press('Enter');
  await asked;
  await settings.getByRole('row', { name: /^spark\.master/ }).waitFor();
  assert.match(await settings.innerText(), /Spark \d+\.\d+\.\d+.* · Java \d+.* · Scala 2\.\d+/);
  await settings.getByRole('row').nth(6).scrollIntoViewIfNeeded();
  const [name, value] = await settings.getByRole('row', { name: /^spark\.master/ }).locator('th, td').all();
  const widths = await Promise.all([name, value].map(async cell => (await cell?.boundingBox())?.width ?? 0));
  assert.ok(widths.every(width => width > 300), `a name has its room: ${widths}`);
  await lab.picture('query-page-settings', page);
  await settings.getByRole('searchbox').fill('spark.APP name');
  await until('fewer settings', async () => (await settings.locator('tbody tr').count()) === 1);
  assert.match(await settings.innerText(), /spark\.app\.name/);
  await settings.getByRole('searchbox').fill('');
});

test('the page is shown as a file before it is saved, and nothing runs in it', async () => {
  await page.getByRole('button', { name: 'As a web page…' }).click();
  const frame = page.locator('iframe.sparkMonitor-SavePane-file');
  await frame.waitFor();
  assert.equal(await frame.getAttribute('sandbox'), '');
  const shown = page.frameLocator('iframe.sparkMonitor-SavePane-file');
  await shown.getByRole('heading', { name: 'Stages' }).waitFor();
  assert.match(await shown.locator('body').innerText(), /FROM a JOIN b[\s\S]*SortMergeJoin/);
  await frame.scrollIntoViewIfNeeded();
  await lab.picture('query-page-file', page);
  const html = await saved(page.getByRole('button', { name: 'Save query.html' }));
  assert.match(html, /^<!DOCTYPE html>[\s\S]*<\/html>\s*$/);
  assert.doesNotMatch(html, /<script|src=|href=|spark\.master/);

  await page.getByRole('checkbox', { name: 'with settings and versions' }).check();
  await page.getByRole('button', { name: 'As JSON…' }).click();
  await page.locator('pre.sparkMonitor-SavePane-file').waitFor();
  const report = JSON.parse(await saved(page.getByRole('button', { name: 'Save query.json' })));
  assert.equal(report.query.state, 'succeeded');
  assert.ok(report.stages.length >= 3 && report.plans[0].text.includes('SortMergeJoin'), JSON.stringify(report.stages));
  assert.ok(report.environment.settings.some((/** @type {{name: string}} */ one) => one.name === 'spark.master'));
});

test('a file that arrives after a person has closed it is not shown', async () => {
  const frame = page.locator('.sparkMonitor-SavePane-file');
  /** @type {() => void} */
  let goOn = () => {};
  const held = new Promise(resolve => (goOn = () => resolve(undefined)));
  await lab.page.route('**/report?*', async route => {
    await held;
    // Aborted by then, which is what the page should do.
    await route.continue().catch(() => {});
  });
  await page.getByRole('button', { name: 'As JSON…' }).click();
  await page.locator('.sparkMonitor-SavePane').getByRole('button', { name: 'Close' }).click();
  goOn();
  await lab.page.unroute('**/report?*');
  // Another file is asked for and shown, which would come after the first one.
  await page.getByRole('button', { name: 'As a web page…' }).click();
  await page.locator('iframe.sparkMonitor-SavePane-file').waitFor();
  await page.locator('.sparkMonitor-SavePane').getByRole('button', { name: 'Close' }).click();
  assert.equal(await frame.count(), 0);
});

test('the row’s menu opens the same page', async () => {
  await lab.panel.locator('[data-row^="query/"]', { hasText: 'SELECT count(*)' }).first().click({ button: 'right' });
  await lab.page.getByRole('menuitem', { name: 'Open Query' }).click();
  // The same id may be another query of another application, so the page is known to be the same after an answer.
  await until('one page for each query', async () => (await pages.count()) === 1 && (await page.isVisible()));
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

test('a failed query says why, and what to do about it', async () => {
  failed = await open('raise_error');
  await failed.getByText(/no such plate/).first().waitFor();
  await failed.locator('.sparkMonitor-Finding', { hasText: 'failed' }).first().waitFor();
  assert.match(await failed.innerText(), /serious · stage \d+/);
  await lab.picture('query-page-failed', failed);
});

test('a double click means its row, though the list moves or is redrawn before it is over', async () => {
  const row = lab.panel.locator('[data-row^="query/"]', { hasText: 'CACHE TABLE' }).first();
  const opened = pages.filter({ hasText: 'CACHE TABLE' });
  const { x, y, width, height } = (await head('CACHE TABLE').boundingBox()) ?? assert.fail('the row is not visible');
  const { mouse } = lab.page;
  await mouse.move(x + width / 2, y + height / 2);
  const press = (/** @type {number} */ clickCount) => mouse.down({ clickCount });
  const release = (/** @type {number} */ clickCount) => mouse.up({ clickCount });
  const close = async () => {
    await opened.waitFor();
    await lab.execute('application:close');
    await until('no page', async () => (await opened.count()) === 0);
  };

  await press(1);
  await release(1);
  const above = head('raise_error');
  const unfolded = await above.locator('[aria-expanded=true]').count();
  await above.evaluate((row, y) => (row.style.marginTop = `${y - row.getBoundingClientRect().y}px`), y);
  await press(2);
  await release(2);
  await close();
  assert.equal(await above.locator('[aria-expanded=true]').count(), unfolded, 'the row below the second press is left alone');
  await above.evaluate(row => (row.style.marginTop = ''));

  await press(1);
  await release(1);
  await press(2);
  // The copy stands for an element that Yew has created.
  const old = await row.elementHandle();
  await old?.evaluate(row => row.replaceWith(row.cloneNode(true)));
  await release(2);
  await close();
  await row.evaluate((copy, old) => old && copy.replaceWith(old), old);
});

test('a finding in the panel leads to its query’s page, and goes when a person dismisses it', async () => {
  await lab.execute('berdl-spark-monitor:open-storage');
  await storage.waitFor();
  const row = lab.findings.filter({ hasText: 'no such plate' });
  await row.locator('.sparkMonitor-Jump').click();
  await failed.waitFor();
  await row.getByRole('button', { name: 'Dismiss' }).click();
  await until('no finding', async () => (await row.count()) === 0);
});

test('a kind of finding is muted on the page and in the settings, and shown again', async () => {
  const finding = failed.locator('.sparkMonitor-Finding', { hasText: 'failed' });
  const before = await finding.count();
  const asked = lab.page.waitForRequest(request => request.url().endsWith('/panel/chip?muted=failed_tasks'));
  await finding.first().getByRole('button', { name: 'Mute' }).click();
  await failed.getByText(/You have muted \d+ findings? of this page/).waitFor();
  assert.equal(await finding.count(), 0);
  await asked;
  await failed.getByRole('button', { name: 'Show again: Failed tasks' }).click();
  await until('the finding', async () => (await finding.count()) === before);
});

test('a setting that cannot be stored is told, and not kept', async () => {
  const finding = failed.locator('.sparkMonitor-Finding', { hasText: 'failed' });
  const before = await finding.count();
  await lab.page.route('**/api/settings/**', async route => {
    await (route.request().method() === 'PUT' ? route.fulfill({ status: FULL, body: 'the disk is full' }) : route.continue());
  });
  await finding.first().getByRole('button', { name: 'Mute' }).click();
  await until('the finding', async () => (await finding.count()) === before);
  await lab.page.unroute('**/api/settings/**');
  // The tests' JupyterLab shows notifications only there.
  const all = lab.page.locator('.jp-Notification-Status');
  await all.click();
  await lab.page.getByText('The setting could not be stored').first().waitFor();
  await all.click();
});

for (const theme of THEMES) {
  const name = theme.replace('JupyterLab ', '').replaceAll(' ', '-').toLowerCase();

  test(`in ${theme}, at 250 px and wide, nothing of the cached data sticks out and axe finds nothing`, async () => {
    await wear(theme);
    await lab.execute('berdl-spark-monitor:open-storage');
    await storage.getByRole('row', { name: /^kept/ }).waitFor();
    await fits(storage, 'storage', `storage-${name}`);
  });

  test(`in ${theme}, at 250 px and wide, nothing of a query's page sticks out and axe finds nothing`, async () => {
    await wear(theme);
    await bringToFront('query-1');
    if ((await page.getByRole('group', { name: 'SortMergeJoin' }).count()) === 0) {
      await operator('SortMergeJoin').click();
    }
    await page.getByRole('group', { name: 'SortMergeJoin' }).waitFor();
    await fits(page, 'query-1', `query-page-${name}`);
    const tab = await tabOf(failed);
    await bringToFront(tab);
    await failed.locator('.sparkMonitor-Finding').first().waitFor();
    await fits(failed, tab, `query-page-failed-${name}`);
  });
}

test('two runs of the same query are compared from the row’s menu, and what differs comes first', async () => {
  await lab.execute('docmanager:open', { path: 'join.ipynb' });
  await lab.startCell(6);
  await lab.cellDone(6, 60_000);
  await until('both runs', async () => (await lab.panel.locator('[data-row^="query/"]', { hasText: 'FROM a JOIN b' }).count()) >= 2);
  await head('SELECT count(*)').click({ button: 'right' });
  await lab.page.getByRole('menuitem', { name: 'Compare Query' }).click();
  const plan = compare.getByRole('group', { name: 'Plan' });
  await plan.getByRole('row', { name: /^SortMergeJoin/ }).waitFor();
  assert.match(await plan.getByRole('row', { name: /^BroadcastHashJoin/ }).innerText(), /only the first$/);
  assert.match(await plan.getByRole('row', { name: /^SortMergeJoin/ }).innerText(), /not there[\s\S]*1 time[\s\S]*only the second$/);
  const names = await plan.locator('tbody tr').allInnerTexts();
  const firstSame = names.findIndex(name => /the same$/.test(name));
  assert.ok(firstSame > 0 && names.slice(firstSame).every(name => !/only the/.test(name)), JSON.stringify(names));
  const numbers = compare.getByRole('group', { name: 'Numbers' });
  assert.match(await numbers.getByRole('row', { name: /^shuffle written/ }).innerText(), /% less|only the|times as much|% more/);
  assert.match(await numbers.getByRole('row', { name: /^state/ }).innerText(), /succeeded\s+succeeded\s+the same/);
  assert.match(await compare.innerText(), /Both ran in the same application/);
  await lab.picture('compare', compare);
});

test('another query is chosen by keyboard, which keeps the focus, and its page opened', async () => {
  const second = compare.getByRole('combobox', { name: 'Second query' });
  await second.focus();
  await second.selectOption({ label: await label(second, 'raise_error') });
  await compare.getByRole('row', { name: /^state/ }).getByText('failed').waitFor();
  assert.equal(await second.evaluate(one => one === document.activeElement), true);
  assert.match(await compare.getByRole('row', { name: /^state/ }).innerText(), /succeeded\s+failed\s+different/);
  await compare.getByRole('region', { name: 'Second' }).getByRole('button', { name: 'Open its page' }).click();
  await failed.waitFor();
  await failed.getByRole('button', { name: 'Compare with another query…' }).click();
  await compare.getByText('No other run of this query is known.').waitFor();
  const first = compare.getByRole('combobox', { name: 'First query' });
  assert.match(await first.evaluate(one => /** @type {HTMLSelectElement} */ (one).selectedOptions[0]?.label ?? ''), /raise_error/);
  await second.selectOption({ label: await label(second, 'FROM a JOIN b') });
  await compare.getByRole('group', { name: 'Numbers' }).waitFor();
});

for (const theme of THEMES) {
  const name = theme.replace('JupyterLab ', '').replaceAll(' ', '-').toLowerCase();

  test(`in ${theme}, at 250 px and wide, nothing of a comparison sticks out and axe finds nothing`, async () => {
    await wear(theme);
    await bringToFront('compare');
    await compare.getByRole('group', { name: 'Numbers' }).waitFor();
    await fits(compare, 'compare', `compare-${name}`);
  });
}

test('the page of a stream lists its newest batches while it runs', async () => {
  await lab.execute('docmanager:open', { path: 'join.ipynb' });
  await lab.startCell(7);
  await lab.cellDone(7, 60_000);
  await lab.running.filter({ hasText: 'orders' }).first().waitFor({ timeout: 60_000 });
  const stream = await open('orders');
  const batches = stream.getByRole('group', { name: 'Batches of the stream' });
  await until('three batches', async () => (await batches.locator('tbody tr').count()) >= 3, { within: 30_000 });
  assert.match(await stream.innerText(), /a batch every \d+(ms|s) · a batch takes \d+(ms|s) \(median\)/);
  const numbers = await batches.locator('tbody th').allInnerTexts();
  assert.deepEqual(numbers.map(Number), numbers.map((_, place) => Number(numbers[0]) - place), 'the newest first');
  await until('the next batch', async () => Number((await batches.locator('tbody th').first().innerText())) > Number(numbers[0]));
  await fits(stream, await tabOf(stream), 'query-page-stream');
  await lab.execute('docmanager:open', { path: 'join.ipynb' });
  await lab.startCell(8);
  await lab.cellDone(8, 60_000);
});

test('a running query of the notebook is stopped from its page, which asks first', async () => {
  await lab.execute('docmanager:open', { path: 'join.ipynb' });
  await lab.startCell(4);
  await lab.running.first().waitFor({ timeout: 60_000 });
  // Spark 4.3 may submit a job that it was told to cancel just before.
  await lab.panel.getByText(/Busy: \d+ tasks? running/).first().waitFor({ timeout: 60_000 });
  await lab.page.waitForTimeout(2_000);
  const running = await open('java_method');
  await running.getByRole('button', { name: 'Stop', exact: true }).click({ timeout: 30_000 });
  await running.getByText('Stop this query?').waitFor();
  await lab.picture('query-page-stop', running);
  await running.getByRole('button', { name: 'Keep it running', exact: true }).click();
  await running.getByRole('button', { name: 'Stop', exact: true }).click();
  await running.getByRole('button', { name: 'Stop it', exact: true }).click();
  await running.getByText('Spark was told to stop it.').waitFor({ timeout: 30_000 });
  await until('its end', async () => /canceled · /.test(await running.innerText()), { within: 60_000 });
  await lab.execute('docmanager:open', { path: 'join.ipynb' });
  await lab.cellDone(4, 60_000);
  assert.equal((await lab.codeCells.nth(4).locator('.jp-OutputArea-output').innerText()).trim(), 'True');
});

test('a reload restores it', async () => {
  await until('a saved layout', async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/default?token=${jupyter.token}`);
    return /berdl-spark-monitor-query:/.test(JSON.stringify(await answer.json()));
  });
  await lab.page.reload();
  await lab.ready();
  // The address names the notebook, which JupyterLab brings to the front once the layout is restored.
  await lab.kernelIdle();
  const tabs = lab.page.locator('.lm-DockPanel-tabBar [data-id^="berdl-spark-monitor:query-"]');
  assert.equal(await tabs.count(), 4);
  assert.equal(await lab.page.locator('.lm-DockPanel-tabBar [data-id="berdl-spark-monitor:compare"]').count(), 1);
  page = lab.page.locator('[id^="berdl-spark-monitor:query-"]:not(.lm-mod-hidden)');
  // A restored tab has its query's id until it is shown and learns the name.
  for (const tab of await tabs.all()) {
    await tab.click();
    await page.getByRole('heading', { level: 2 }).waitFor();
    if (/FROM a JOIN b/.test(await page.getByRole('heading', { level: 2 }).innerText())) {
      break;
    }
  }
  await operator('SortMergeJoin').waitFor();
});

test('the console has no error of ours', () => {
  const ours = lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line));
  assert.deepEqual(ours.filter(line => !line.includes(`${FULL}`)), []);
});

/**
 * Opens the page of the newest query whose name has a text.
 *
 * @param {string} hasText
 */
async function open(hasText) {
  const rows = lab.panel.locator('[data-row^="query/"]');
  await head(hasText).dblclick();
  const visible = lab.page.locator('[id^="berdl-spark-monitor:query-"]:not(.lm-mod-hidden)', { hasText });
  await visible.waitFor().catch(async error => {
    const seen = { pages: await pages.allInnerTexts(), rows: await rows.allInnerTexts(), console: lab.console.slice(-10) };
    throw new Error(`No page of ${hasText}: ${JSON.stringify(seen)}`, { cause: error });
  });
  return lab.page.locator(`[id="berdl-spark-monitor:${await tabOf(visible)}"]`);
}

/**
 * The first line of the newest query whose name has a text. The chip's click may have unfolded the rest.
 *
 * @param {string} hasText
 */
function head(hasText) {
  return lab.panel.locator('[data-row^="query/"]', { hasText }).first().locator('.sparkMonitor-Query-head');
}

/**
 * The label of the first option whose label has a text.
 *
 * @param {import('playwright-core').Locator} list
 * @param {string} text
 */
async function label(list, text) {
  await until(`an option with ${text}`, async () => (await list.locator('option', { hasText: text }).count()) > 0);
  return list.locator('option', { hasText: text }).first().evaluate(one => /** @type {HTMLOptionElement} */ (one).label);
}

/** The text of the file that a button saves. @param {import('playwright-core').Locator} button */
async function saved(button) {
  const [download] = await Promise.all([lab.page.waitForEvent('download'), button.click()]);
  return readFile(await download.path(), 'utf8');
}

/** The name of a tab as `move` takes it. @param {import('playwright-core').Locator} content */
async function tabOf(content) {
  return ((await content.getAttribute('id')) ?? '').replace('berdl-spark-monitor:', '');
}

/** @param {string} theme */
async function wear(theme) {
  await lab.execute('apputils:change-theme', { theme });
  await until('the theme', () => lab.page.evaluate(theme => document.body.dataset['jpThemeName'] === theme, theme));
}

/** @param {string} tab */
async function bringToFront(tab) {
  await lab.page.locator(`.lm-DockPanel-tabBar [data-id="berdl-spark-monitor:${tab}"]`).click();
}

/**
 * Looks at a tab as it is, and beside another one at 250 px.
 *
 * @param {import('playwright-core').Locator} content
 * @param {string} tab
 * @param {string} picture
 */
async function fits(content, tab, picture) {
  await lab.picture(picture, content);
  assert.deepEqual((await check(lab)).findings, []);
  await move(lab, 'split-right', tab);
  await resize(lab, 250, content);
  await lab.picture(`${picture}-250`, content);
  assert.deepEqual(await out(content), []);
  const words = content.locator('p, h2, h3, li');
  const wide = await words.evaluateAll(all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerHTML));
  assert.deepEqual(wide, []);
  assert.deepEqual((await check(lab)).findings, []);
  await move(lab, 'tab-after', tab);
}

/** @param {string} name */
function operator(name) {
  return page.locator('.sparkMonitor-Operator', { has: lab.page.getByText(name, { exact: true }) });
}

/** The text of what has the focus. */
function focused() {
  return lab.page.evaluate(() => /** @type {HTMLElement | null} */ (document.activeElement)?.innerText ?? '');
}
