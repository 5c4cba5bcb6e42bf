// Takes the pictures of running queries and of why they wait for docs/queries.md, with a real Spark.
// `node queries.mjs NAME…` takes only some.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { FaultySpark } from './lib/faulty-spark.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST } from './lib/lab.mjs';
import { untilPanelSays } from './lib/panel-words.mjs';
import { until } from './lib/until.mjs';

/** @typedef {{name: string, cell: string, telling: RegExp, others?: string}} Situation */

const PICTURES = path.resolve(import.meta.dirname, '../../docs/queries');
/** Pixels. */
const WIDTH = 300;
/** Margin around the picture; pixels. */
const MARGIN = 8;

const CONNECT = `import os, time
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()
per_key = spark.range(0, 40, 1, 40).where("java_method('java.lang.Thread', 'sleep', 700L) = 'null'")
per_key = per_key.groupBy((F.col("id") % 7).alias("key")).count()`;
const SLEEPING = `.select(F.expr("java_method('java.lang.Thread', 'sleep', 3000L)")).collect()`;

/** A cell of the notebook each, and optionally another client's query on the same driver. @type {Situation[]} */
const SITUATIONS = [
  { name: 'running', cell: 'per_key.collect()', telling: /Busy: \d[^]*[3-9]\d%[^]* left[^]*cell \[/ },
  {
    name: 'driver',
    cell: `large = spark.range(0, 3_000_000, 1, 2).select((F.col("id") * 2).alias("id"))
spark.range(10).join(F.broadcast(large), "id").count()`,
    telling: /The driver works, no job runs .* for ([2-9]|\d\d)s[^]*cell \[/
  },
  {
    name: 'slots',
    cell: 'spark.sql("select max(id) from range(0, 100, 1, 4)").collect()',
    others: `spark.range(0, 24, 1, 24)${SLEEPING}`,
    telling: /Waiting for task slots[^]*cell \[[^]*Other sessions/
  },
  {
    name: 'last-tasks',
    cell: `spark.range(0, 20, 1, 20).select(F.expr("if(id = 7, java_method('java.lang.Thread', 'sleep', 15000L), cast(id as string))")).collect()`,
    telling: /The last of 20 tasks[^]*cell \[/
  },
  {
    name: 'python',
    cell: `@F.udf("long")
def slow(x):
    time.sleep(6)
    return x
spark.range(0, 8, 1, 8).select(slow(F.col("id"))).collect()`,
    telling: /Tasks wait for Python workers[^]*cell \[/
  },
  { name: 'outside', cell: 'time.sleep(15)', telling: /No query runs: cell \[\d+\] works outside of Spark [^]* for ([5-9]|\d\d)s/ }
];

const only = process.argv.slice(2);
const wanted = (/** @type {string} */ name) => only.length === 0 || only.includes(name);
const spark = await FaultySpark.start();
const jupyter = await spark.watch({ ...FAST, SPARK_REMOTE: spark.spark.cluster.connect_url });
const browser = await launch();
const lab = await LabPage.create(browser, { viewport: { width: 1000, height: 1000 } });
try {
  await mkdir(PICTURES, { recursive: true });
  await jupyter.write('queries.ipynb', [CONNECT, ...SITUATIONS.map(({ cell }) => cell)]);
  await lab.open(`${jupyter.url}lab/tree/queries.ipynb?token=${jupyter.token}&reset`);
  await lab.kernelIdle();
  await lab.openPanel();
  await lab.resizePanel(WIDTH);
  await lab.startCell(0);
  await lab.cellDone(0, 60_000);
  // A kernel is asked for its session a second after its last cell.
  await lab.page.waitForTimeout(3_000);
  for (const [index, situation] of SITUATIONS.entries()) {
    if (wanted(situation.name)) {
      await take(situation.name, () => arrange(index + 1, situation));
      await lab.kernelIdle(120_000);
    }
  }
  if (wanted('cores')) {
    await take('cores', secondApplication);
  }
} finally {
  await browser.close();
  await jupyter.stop();
  await spark.stop();
}

/** Reports a failure and continues with the others. @param {string} name @param {() => Promise<void>} arrange */
async function take(name, arrange) {
  try {
    await arrange();
    await lab.page.mouse.move(700, 300);
    const clip = await lab.panel.evaluate(clipOf, MARGIN);
    await lab.page.screenshot({ path: path.join(PICTURES, `${name}.png`), clip, animations: 'disabled' });
    console.log(`ok      ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok  ${name}: ${error instanceof Error ? error.message : error}`);
    await lab.picture(`queries-${name}-failed`).catch(() => {});
  }
}

/** @param {number} cell @param {Situation} situation */
async function arrange(cell, { others, telling }) {
  if (others !== undefined) {
    spark.query(others);
    await untilPanelSays(lab, /Running queries\s+1/, 30_000);
  }
  await lab.startCell(cell);
  await untilPanelSays(lab, telling, 90_000);
}

async function secondApplication() {
  await spark.secondApplication();
  const picker = lab.panel.getByRole('combobox', { name: 'Application' });
  const option = picker.locator('option', { hasText: 'Nightly import (' });
  const listed = async () => {
    await lab.panel.getByRole('button', { name: 'Refresh' }).click();
    return (await option.count()) > 0;
  };
  await until('the second application to be listed', listed, { within: 40_000, every: 500 });
  await picker.selectOption((await option.getAttribute('value')) ?? '');
  await untilPanelSays(lab, /Waiting for cores: 'Spark Connect server' holds 2 of 2/);
}

/**
 * From the sentence down to the last running query, or to the last line. Runs in the page.
 *
 * @param {Element} panel
 * @param {number} margin
 */
function clipOf(panel, margin) {
  const { x, y, width, height } = panel.getBoundingClientRect();
  const top = (panel.querySelector('.sparkMonitor-Why')?.getBoundingClientRect().top ?? y) - margin;
  const running = panel.querySelector('[id="sparkMonitor-running"]')?.getBoundingClientRect().bottom;
  const last = panel.querySelector('.sparkMonitor-Notice')?.getBoundingClientRect().bottom;
  return { x, y: top, width, height: Math.min(running ?? last ?? y + height, y + height) + margin - top };
}
