// States that a real Spark produces, most of them with a fault between Spark and the sidecar.
import { FaultySpark } from '../lib/faulty-spark.mjs';
import { FAST } from '../lib/lab.mjs';
import { refreshUntilPanelSays, showPanel, untilPanelSays } from '../lib/panel-words.mjs';

/** @typedef {import('../lib/lab-page.mjs').LabPage} LabPage */

/** A driver counts as starting for the first minute of its application; milliseconds. */
const STARTING_MS = 60_000;

/** A busy machine takes its time to start a query; milliseconds. */
const MOVES_WITHIN_MS = 150_000;

const ALL_WELL = /No query is running[^]*Executors/;
const SHUFFLE = `rows = spark.range(0, 24_000_000, numPartitions=60).select(F.sha2(F.col("id").cast("string"), 512).alias("hash"))
rows.groupBy(F.substring("hash", 1, 3)).count().count()`;
const FAILS = `spark.sql("select sum(if(id = 7, raise_error('negative amount in row 7'), id)) from range(100)").collect()`;
const SPILL = `rows = spark.range(0, 16_000_000, numPartitions=2).select(
    "id", F.rand(seed=7).alias("key"), F.sha2(F.col("id").cast("string"), 256).alias("text"))
rows.sortWithinPartitions("key").write.format("noop").mode("overwrite").save()`;

/** @type {import('./site.mjs').StartSite} */
export async function realSpark() {
  const spark = await FaultySpark.start();
  const startedAt = Date.now();
  // The history keeps a point every five seconds, and a line must not break between two of them.
  const jupyter = await spark.watch({ ...FAST, SPARK_MONITOR_POLL_MS: '4000' });

  /** Resolves when a Connect server has started again. @type {Promise<void>} */
  let connected = Promise.resolve();

  /** Resets what the sidecar knows: Jupyter starts another one. */
  const forget = () => jupyter.sidecars().forEach(pid => process.kill(pid, 'SIGKILL'));

  /** @param {LabPage} lab @param {RegExp} telling */
  const until = async (lab, telling) => {
    await showPanel(lab);
    await refreshUntilPanelSays(lab, telling);
  };

  /** Chooses a second application, which waits. */
  const pickSecond = async (/** @type {LabPage} */ lab) => {
    await spark.secondApplication();
    await showPanel(lab);
    await refreshUntilPanelSays(lab, /Nightly import \(/);
    const picker = lab.panel.getByRole('combobox', { name: 'Application' });
    const option = picker.locator('option', { hasText: 'Nightly import (' });
    await picker.selectOption((await option.getAttribute('value')) ?? '');
    await untilPanelSays(lab, /Waiting for cores: /);
  };

  /** Runs a query from a notebook's second cell. @param {LabPage} lab */
  const queryOfNotebook = async lab => {
    const remote = JSON.stringify(spark.spark.cluster.connect_url);
    const session = `from pyspark.sql import SparkSession, functions as F\nspark = SparkSession.builder.remote(${remote}).getOrCreate()`;
    await jupyter.write('hashes.ipynb', [session, SHUFFLE]);
    await lab.open(`${jupyter.url}lab/tree/hashes.ipynb?token=${jupyter.token}&reset`);
    await lab.kernelIdle();
    await lab.startCell(0);
    await lab.cellDone(0, 60_000);
    await showPanel(lab);
    // Cells that follow each other closely cannot be distinguished, and the kernel is asked only after it has been
    // idle.
    await lab.page.waitForTimeout(4_000);
    await lab.startCell(1);
    await untilPanelSays(lab, /This notebook[^]*cell \[2\]/, 90_000);
  };

  return {
    jupyter,
    heal: () => spark.heal(),
    stop: async () => {
      await jupyter.stop();
      await spark.stop();
    },
    states: [
      {
        name: 'loading',
        chip: 'loading',
        telling: /Loading…/,
        arrange: async lab => {
          await lab.page.route(/\/(snapshot|panel\/)/, () => {});
          await lab.page.reload();
          await lab.ready();
          await showPanel(lab);
        }
      },
      {
        name: 'application-waiting',
        telling: /Waiting for cores: /,
        arrange: pickSecond
      },
      {
        name: 'application-gone',
        telling: /This application has ended/,
        arrange: async lab => {
          await pickSecond(lab);
          await spark.endSecond();
          await refreshUntilPanelSays(lab, /This application has ended/);
        }
      },
      {
        name: 'master-unreachable',
        telling: /Executors[^]*last seen alive/,
        arrange: async lab => {
          await until(lab, ALL_WELL);
          await spark.master.set('refuse');
          await refreshUntilPanelSays(lab, /last seen alive/);
          await lab.panel.getByRole('button', { name: /^Cluster/ }).click();
        }
      },
      {
        name: 'stale',
        telling: /updated [^j][^]*Not updated since[^]*Executors/,
        arrange: async lab => {
          await until(lab, ALL_WELL);
          await Promise.all([spark.master.set('refuse'), spark.driver.set('refuse')]);
          await refreshUntilPanelSays(lab, /updated [^j][^]*Not updated since/);
        }
      },
      {
        name: 'driver-unreachable',
        telling: /No answer[^]*\d worker/,
        arrange: async lab => {
          await lab.page.waitForTimeout(Math.max(0, startedAt + STARTING_MS - Date.now()));
          await spark.driver.set('refuse');
          forget();
          // Not from the sidecar, which Jupyter restarts first.
          await until(lab, /No answer[^]*\d worker/);
        }
      },
      {
        name: 'master-never-reached',
        chip: 'no-cluster',
        telling: /No answer[^]*Spark Master could not be reached/,
        arrange: async lab => {
          await spark.master.set('refuse');
          forget();
          await until(lab, /Spark Master could not be reached/);
        }
      },
      {
        name: 'forbidden',
        telling: /No permission/,
        arrange: async lab => {
          await spark.master.set(403);
          forget();
          await until(lab, /No permission/);
        }
      },
      {
        name: 'master-standby',
        telling: /standby/,
        arrange: async lab => {
          spark.standBy();
          await until(lab, /standby/);
        }
      },
      {
        name: 'running',
        chip: 'ready',
        telling: /Running queries[^]*[1-9]\d* of \d+ tasks/,
        arrange: async lab => {
          spark.query(SHUFFLE);
          await showPanel(lab);
          await lab.barMoves(MOVES_WITHIN_MS);
        }
      },
      {
        name: 'query-folded-out',
        telling: /This notebook[^]*cell \[2\][^]*\d of \d stages?[^]*tasks/,
        arrange: async lab => {
          await queryOfNotebook(lab);
          await lab.panel.locator('.sparkMonitor-Query-button').first().click();
        }
      },
      {
        name: 'query-failed',
        telling: /✕ Failed[^]*negative amount in row 7/,
        arrange: async lab => {
          spark.query(FAILS);
          await showPanel(lab);
          const failed = lab.recent.filter({ hasText: 'select sum' }).first();
          await failed.waitFor({ timeout: MOVES_WITHIN_MS });
          await failed.click();
          // The chip asks less often than the panel.
          await lab.chip.locator('[data-part^="query-"]').waitFor({ timeout: MOVES_WITHIN_MS });
        },
        chip: 'attention'
      },
      {
        name: 'executor-dead',
        telling: /Executors[^]*Gone at [^]*driver/,
        arrange: async lab => {
          spark.query(SHUFFLE);
          await showPanel(lab);
          await lab.barMoves(MOVES_WITHIN_MS);
          spark.killExecutor();
          await refreshUntilPanelSays(lab, /Gone at /);
          await lab.barMoves(MOVES_WITHIN_MS);
        }
      },
      {
        name: 'spill',
        telling: /wrote [\d.]+ .B to disk/,
        arrange: async lab => {
          spark.query(SPILL);
          await showPanel(lab);
          await lab.findings.filter({ hasText: /to disk/ }).first().waitFor({ timeout: 300_000 });
        }
      },
      {
        name: 'empty',
        telling: /No active Spark session/,
        arrange: async lab => {
          await spark.spark.order('connect stop');
          await until(lab, /No active Spark session/);
        }
      },
      {
        name: 'driver-starting',
        telling: /The driver is starting/,
        arrange: async lab => {
          await spark.driver.set('refuse');
          // The state ends a minute after the application's start, whether or not the server is up.
          connected = spark.spark.order('connect start');
          await showPanel(lab);
          await refreshUntilPanelSays(lab, /The driver is starting/, 120_000);
        }
      },
      {
        name: 'workers-dead',
        chip: 'error',
        telling: /All workers are dead/,
        arrange: async lab => {
          await connected;
          await spark.spark.order('connect stop');
          await spark.spark.order('worker kill');
          await until(lab, /All workers are dead/);
        }
      }
    ]
  };
}
