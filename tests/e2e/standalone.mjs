// `cargo xtask verify standalone`: a notebook is submitted to a real standalone master from the tab "Export notebook", and
// followed; takes the picture in docs/export.md.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { ExportPage } from './lib/export-page.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Standalone } from './lib/standalone.mjs';
import { until } from './lib/until.mjs';

const DOCS = path.resolve(import.meta.dirname, '../../docs/export');
const CELLS = [
  '# @pipeline-params\nlimit = 10',
  'print("rows", spark.range(limit).count())',
  'if limit > 50:\n    raise ValueError(f"too many: {limit}")'
];

const folder = await mkdtemp(path.join(os.tmpdir(), 'e2e-standalone-'));
const shared = path.join(folder, 'shared');
await mkdir(shared);
const spark = await Standalone.start(folder);
const jupyter = await Lab.start({
  env: {
    ...FAST,
    SPARK_MASTER_UI_URL: spark.webUrl,
    SPARK_MONITOR_EXPORT_MASTER_REST_URL: spark.restUrl,
    SPARK_MONITOR_EXPORT_MASTER_URL: spark.url,
    SPARK_MONITOR_EXPORT_MASTER_FOLDER: shared
  }
});
const browser = await launch();
try {
  await jupyter.write('sales.ipynb', CELLS);
  const lab = await LabPage.create(browser, { viewport: { width: 1600, height: 1200 } });
  const job = new ExportPage(lab);
  await lab.open(`${jupyter.url}lab/tree/sales.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
  await lab.execute('application:toggle-left-area', {});
  await lab.execute('berdl-spark-monitor:export-notebook', { path: 'sales.ipynb' });
  await job.checked();
  await job.changes(() => job.choose('Spark cluster, standalone'));
  await job.tab.getByText(/takes jobs/).waitFor({ timeout: 30_000 });

  /** Looks at what would be submitted, and submits it. @param {string} limit */
  const submit = async limit => {
    await job.tab.getByRole('textbox', { name: 'limit whole number' }).fill(limit);
    await job.button('Show what would change').click();
    const plan = job.tab.getByRole('region', { name: 'What would be written and submitted' });
    const asks = new RegExp(`limit\\\\": ?${limit}\\b`);
    await until('the request', async () => asks.test(await plan.innerText()), { within: 30_000 });
    assert.ok((await plan.innerText()).includes(spark.restUrl), await plan.innerText());
    await take(lab, job, 'cluster-plan', job.tab.locator('fieldset:has(.sparkMonitor-Goals)'), plan);
    assert.deepEqual((await check(lab)).findings, []);
    await plan.getByRole('button', { name: 'Submit', exact: true }).click();
  };
  const newest = job.tab.getByRole('region', { name: 'Shipments' }).locator('.sparkMonitor-Run').first();
  /** @param {RegExp} end */
  const ends = async end => {
    let seen = '';
    await until(`the job’s end ${end}`, async () => end.test((seen = await newest.innerText())), { within: 200_000 }).catch(error => {
      throw new Error(`${error.message}, saw: ${seen}`);
    });
    return seen;
  };

  await submit('7');
  const done = await ends(/Done\s*done/);
  const [, driver = ''] = /Driver (driver-\S+)/.exec(done) ?? [];
  assert.match(await readFile(path.join(folder, 'work', driver, 'stdout'), 'utf8'), /rows 7/);
  assert.ok(!done.includes('waits for a worker'), done);
  const log = newest.getByRole('link', { name: 'Log of the driver' });
  assert.match((await log.getAttribute('href')) ?? '', /^http/);
  assert.match(await log.evaluate(link => getComputedStyle(link).textDecorationLine), /underline/);

  await submit('60');
  assert.match(await ends(/too many: 60/), /in cell 2|Cell 2, line 2/);
  await take(lab, job, 'cluster-failed', newest, newest);
  assert.deepEqual((await check(lab)).findings, []);
  console.log('two jobs were submitted in a browser: one has ended, one failed with its cell');
} finally {
  await browser.close();
  await jupyter.stop();
  await spark.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/**
 * A picture from the top of one part to the end of another.
 *
 * @param {LabPage} lab @param {ExportPage} job @param {string} name
 * @param {import('playwright-core').Locator} first @param {import('playwright-core').Locator} last
 */
async function take(lab, job, name, first, last) {
  await mkdir(DOCS, { recursive: true });
  await last.scrollIntoViewIfNeeded();
  await lab.page.mouse.move(2, 2);
  const [top, end] = [await until('its beginning', () => first.boundingBox()), await until('its end', () => last.boundingBox())];
  const tab = await until('the tab', () => job.tab.boundingBox());
  const y = Math.max(top.y, tab.y);
  const height = Math.min(end.y + end.height, tab.y + tab.height) - y;
  const clip = { x: tab.x, y, width: tab.width, height };
  await lab.page.screenshot({ path: path.join(DOCS, `${name}.png`), clip, animations: 'disabled' });
}
