// `cargo xtask verify query-pictures`: panel and page of a query that is skewed, one that spills and one that fails, in
// docs/query/, on a real Spark.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { changeTheme, THEMES } from './lib/panel-picture.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

const DOCS = path.resolve(import.meta.dirname, '../../docs/query');
const CONNECT = `import os
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()`;
/** Eight of ten rows have the same key. */
const SKEWED = `key = F.when(F.col("id") % 10 < 8, 7).otherwise(F.col("id") % 1000)
orders = spark.range(0, 2_500_000, 1, 8).select(key.alias("customer"), F.sha2(F.col("id").cast("string"), 512).alias("note"))
orders.repartition(16, "customer").sortWithinPartitions("note").write.format("noop").mode("overwrite").save()`;
/** A sort that does not fit into an executor with 1 GiB. */
const SPILLING = `rows = spark.range(0, 8_000_000, 1, 2).select("id", F.rand(7).alias("k"), F.sha2(F.col("id").cast("string"), 256).alias("t"))
rows.sortWithinPartitions("k").write.format("noop").mode("overwrite").save()`;
const FAILING = `try:
    spark.range(0, 20, 1, 4).select(F.udf(lambda x: 10 // (x - 3), "long")("id")).collect()
except Exception:
    pass`;
/** What panel and page say of each. @type {[string, number, RegExp][]} */
const QUERIES = [['skewed', 1, /One task has/], ['spilling', 2, /spill/i], ['failed', 3, /ZeroDivisionError|failed/i]];
const WIDE = { width: 1500, height: 1000 };
/** Beside JupyterLab's own bars, 320 px are left for the page. */
const NARROW = { width: 386, height: 900 };

const browser = await launch();
const spark = await Spark.start();
const { master_ui, connect_url } = spark.cluster;
const site = { ...FAST, SPARK_MASTER_UI_URL: master_ui, SPARK_REMOTE: connect_url, SPARK_CONNECT_URL: connect_url };
const jupyter = await Lab.start({ env: site });
try {
  await jupyter.write('slow.ipynb', [CONNECT, SKEWED, SPILLING, FAILING]);
  await mkdir(DOCS, { recursive: true });
  const lab = await LabPage.create(browser, { viewport: WIDE });
  await lab.open(`${jupyter.url}lab/tree/slow.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
  await lab.openPanel();
  await lab.resizePanel(320);
  await lab.startCell(0);
  await lab.cellDone(0, 120_000);
  for (const [name, cell, said] of QUERIES) {
    await lab.startCell(cell);
    await lab.cellDone(cell, 300_000);
    await lab.panel.locator('[data-row^="query/"] .sparkMonitor-Query-head').first().dblclick();
    const page = lab.page.locator('[id^="berdl-spark-monitor:query-"]:not(.lm-mod-hidden)');
    await page.locator('.sparkMonitor-Operator').first().waitFor({ timeout: 60_000 });
    const isExamined = async () => said.test(await page.innerText()) && !/not measured yet/.test(await page.innerText());
    await until('what the page says', isExamined, { within: 90_000 });
    await until('what the panel says', async () => said.test(await lab.panel.innerText()), { within: 60_000 });
    await inBoth(lab, theme => take(lab, lab.panel, `panel-${name}-${theme}`));
    await inBoth(lab, theme => take(lab, page, `page-${name}-${theme}`));
    const plan = page.locator('.sparkMonitor-Plan-scroll');
    await plan.scrollIntoViewIfNeeded();
    if (name === 'skewed') {
      await inBoth(lab, theme => take(lab, plan, `plan-${theme}`));
    }
    await lab.execute('application:toggle-left-area', {});
    await lab.page.setViewportSize(NARROW);
    await page.evaluate(page => page.querySelector('h2')?.scrollIntoView());
    await inBoth(lab, theme => take(lab, page, `page-${name}-narrow-${theme}`));
    await lab.page.setViewportSize(WIDE);
    await lab.execute('application:close', {});
    await lab.openPanel();
  }
  await lab.close();
} finally {
  await jupyter.stop();
  await browser.close();
  await spark.stop();
}

/** @param {LabPage} lab @param {(theme: string) => Promise<void>} act */
async function inBoth(lab, act) {
  for (const theme of /** @type {const} */ (['dark', 'light'])) {
    await changeTheme(lab, THEMES[theme]);
    await act(theme);
  }
}

/** @param {LabPage} lab @param {import('playwright-core').Locator} part @param {string} name */
async function take(lab, part, name) {
  const box = await until('the part', () => part.boundingBox());
  await lab.page.mouse.move(box.x + box.width - 2, box.y + box.height - 2);
  await lab.page.screenshot({ path: path.join(DOCS, `${name}.png`), clip: box, animations: 'disabled' });
}
