// Foreign names are shown as text in a real page, and never run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark } from './lib/large-spark.mjs';
import { until } from './lib/until.mjs';

/** Loads at once if it is interpreted as markup. */
const EVIL = `<img src=x onerror="window.evil=1">'`;

/** @type {LargeSpark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  spark = await LargeSpark.start({ executors: 2, gone: 1, ended: 8, active: 2 });
  spark.app.name = EVIL;
  for (const [list, text] of Object.entries(spark.written)) {
    spark.written[list] = JSON.stringify(JSON.parse(text).map(withEvilNames));
  }
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: spark.url } });
  browser = await launch();
  lab = await LabPage.create(browser);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('a query, an application, an executor and a reason named with markup are shown with it', async () => {
  await lab.recent.first().click();
  for (const section of ['Running queries', 'Executors', 'Recent queries']) {
    await lab.panel.getByRole('region', { name: section }).getByText(EVIL).first().waitFor();
  }
  const names = () => lab.panel.getByText(EVIL).count();
  await until('the names', async () => (await names()) > 5);
  assert.equal(await lab.panel.locator('img[src="x"]').count(), 0);
  assert.equal(await lab.page.evaluate(() => 'evil' in window), false);
  await lab.picture('foreign-text', lab.panel);
});

/** @param {Record<string, any>} row */
function withEvilNames(row) {
  const quoted = EVIL.replaceAll('"', '\\"');
  const evil = {
    name: EVIL,
    description: EVIL,
    failureReason: EVIL,
    detail: EVIL,
    hostPort: EVIL,
    removeReason: EVIL,
    statement: `sql { query: "${quoted}" }`,
    details: `Spark Connect - session_id: "s" plan { root { sql { query: "${quoted}" } } }`
  };
  return { ...row, ...Object.fromEntries(Object.entries(evil).filter(([field]) => row[field])) };
}
