// Where an administrator says that the browser reaches Spark's own pages, a click on a name opens the page of a real
// Spark.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { FaultySpark } from './lib/faulty-spark.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST } from './lib/lab.mjs';

const NAME = 'hashes for the links';
const QUERY = `spark.addTag("${NAME}")
rows = spark.range(0, 2_000_000, numPartitions=4).select(F.sha2(F.col("id").cast("string"), 256).alias("hash"))
rows.groupBy(F.substring("hash", 1, 3)).count().collect()`;

/** @type {FaultySpark} */
let spark;
/** @type {import('./lib/lab.mjs').Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  spark = await FaultySpark.start();
  jupyter = await spark.watch({ ...FAST, SPARK_MONITOR_LINKS: spark.spark.cluster.driver_ui });
  browser = await launch();
  lab = await LabPage.create(browser, { viewport: { width: 1280, height: 1400 } });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  spark.query(QUERY);
  await query().waitFor({ timeout: 120_000 });
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('the name of the application opens its page', async () => {
  const { title, address } = await opened(lab.panel.locator('.sparkMonitor-App-name a'));
  assert.match(title, /Spark Jobs/);
  assert.match(address, /\/jobs\/$/);
});

test('the name of a query opens the page of its session, which lists the query', async () => {
  const { title, address, text } = await opened(query().getByRole('link', { name: NAME, exact: true }));
  assert.match(title, /Spark Connect Session/);
  assert.match(address, /\/connect\/session\/\?id=[0-9a-f-]{36}&userId=/);
  assert.ok(text.includes(NAME), text);
});

test('an expanded query has the link too, and the name of a stage opens its page', async () => {
  await query().locator('button[aria-expanded="false"]').click();
  const session = await opened(query().getByRole('link', { name: 'Spark UI' }));
  assert.match(session.title, /Spark Connect Session/);
  const { title, address } = await opened(query().locator('.sparkMonitor-Stage-name a').first());
  const number = /\/stages\/stage\/\?id=(\d+)&attempt=0$/.exec(address)?.[1];
  assert.match(title, new RegExp(`Details for Stage ${number} \\(Attempt 0\\)`));
});

function query() {
  return lab.panel.locator('.sparkMonitor-Recent > li', { hasText: NAME });
}

/** Clicks on a link; what the tab shows that opens. @param {import('playwright-core').Locator} link */
async function opened(link) {
  const [page] = await Promise.all([lab.page.context().waitForEvent('page'), link.click()]);
  await page.waitForLoadState();
  const shown = { title: await page.title(), address: page.url(), text: await page.locator('body').innerText() };
  await page.close();
  return shown;
}
