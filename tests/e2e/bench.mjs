// What the extension costs the browser: a line of JSON per figure, for `cargo xtask bench browser`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { Group } from './lib/group.mjs';
import { Lab } from './lib/lab.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { until } from './lib/until.mjs';

const STAGES = 5_000;
const STARTS = 9;
/** Slower pairs of starts that may be chance; more cannot be (sign test, one-sided, 2 %). */
const MOST_SLOWER = 7;
const MOST_CHIP_MS = 50;
const MOST_POLL_MS = 5;
const PAIRS = 5;
/** How long to watch the panel poll, and pause. */
const SECONDS_OF_POLLS = 15;
/** Every view's rate and every lifetime while polls are watched. */
const FAST = {
  SPARK_MONITOR_POLL_MS: '1000',
  SPARK_MONITOR_MASTER_LIFETIME_MS: '500',
  SPARK_MONITOR_EXECUTORS_LIFETIME_MS: '500',
  SPARK_MONITOR_STAGES_LIFETIME_MS: '500'
};
/** Round trips with the panel, and without it. */
const SECONDS_OF_ROUND_TRIPS = 10;

const [bench = ''] = process.argv.slice(2);
const spark = new Group('Spark', bench, ['spark', String(STAGES)], {});
const browser = await launch();
try {
  const url = await spark.ready(() => spark.output.split('\n')[0], 20_000);
  const env = { SPARK_MASTER_UI_URL: url, SPARK_APP_UI_URL: url };
  await withLab(env, async jupyter => {
    await starts(jupyter);
    await roundTrips(jupyter);
  });
  await withLab({ ...env, ...FAST }, polls);
} finally {
  await browser.close();
  await spark.stop();
}

/** @param {Record<string, string>} env @param {(jupyter: Lab) => Promise<void>} measure */
async function withLab(env, measure) {
  const jupyter = await Lab.start({ env });
  try {
    await measure(jupyter);
  } finally {
    await jupyter.stop();
  }
}

/**
 * JupyterLab's start in a browser with an empty cache, alternately with and without the extension.
 *
 * @param {Lab} jupyter
 */
async function starts(jupyter) {
  /** @type {Marks[]} */
  const withIt = [];
  /** @type {Marks[]} */
  const without = [];
  await start(jupyter, true);
  for (let round = 0; round < STARTS; round += 1) {
    for (const enabled of round % 2 ? [false, true] : [true, false]) {
      (enabled ? withIt : without).push(await start(jupyter, enabled));
    }
  }
  const chip = withIt.map(({ chip, module }) => chip - module);
  figure({
    what: 'first paint of the chip after its WebAssembly is there',
    measured: spread(chip),
    holds: median(chip) < MOST_CHIP_MS,
    limit: `under ${MOST_CHIP_MS} ms`
  });
  const [ours, theirs] = [withIt.map(({ ready }) => ready), without.map(({ ready }) => ready)];
  const more = ours.map((ready, pair) => ready - (theirs[pair] ?? NaN));
  const slower = more.filter(longer => longer > 0).length;
  figure({
    what: "the chip's first word after the page was asked for",
    measured: spread(withIt.map(({ chip }) => chip)),
    holds: null,
    limit: 'reported'
  });
  figure({
    what: "JupyterLab's start until it can be used",
    measured: `${spread(ours)}; slower in ${slower} of ${STARTS} pairs, by ${ms(median(more))} in the median`,
    baseline: `without the extension: ${spread(theirs)}`,
    holds: slower <= MOST_SLOWER,
    limit: `slower in at most ${MOST_SLOWER} pairs`
  });
}

/** Milliseconds after the page was requested. @typedef {{module: number, chip: number, ready: number}} Marks */

/** @param {Lab} jupyter @param {boolean} enabled @returns {Promise<Marks>} */
async function start(jupyter, enabled) {
  const config = path.join(jupyter.folder, 'config/labconfig/page_config.json');
  await mkdir(path.dirname(config), { recursive: true });
  await writeFile(config, JSON.stringify({ disabledExtensions: { 'berdl-spark-monitor': !enabled } }));
  const lab = await LabPage.create(browser);
  await lab.page.addInitScript(() => {
    /** @type {Partial<Marks>} */
    const marks = {};
    Object.assign(window, { marks });
    const { instantiateStreaming } = WebAssembly;
    WebAssembly.instantiateStreaming = async (source, imports) => {
      const instance = await instantiateStreaming(source, imports);
      if (Object.keys(imports ?? {}).some(name => name.includes('sidebar_bg'))) {
        marks.module = performance.now();
      }
      return instance;
    };
    /** Runs in the first task after the next frame, when that has been painted. @param {() => void} act */
    const afterPaint = act =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = act;
        port2.postMessage(null);
      });
    let [seen, splash] = [false, false];
    const observer = new MutationObserver(() => {
      if (!seen && document.querySelector('.sparkMonitor-Chip-label')?.textContent) {
        seen = true;
        afterPaint(() => (marks.chip = performance.now()));
      }
      const now = document.getElementById('jupyterlab-splash') !== null;
      if (splash && !now) {
        marks.ready ??= performance.now();
      }
      splash = now;
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
  });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  const marks = await until('the marks', async () => {
    const marks = await lab.page.evaluate(() => /** @type {any} */ (window).marks);
    return marks.ready && (marks.chip || !enabled) && marks;
  });
  if (!enabled && (await lab.chip.count())) {
    throw new Error('the extension is there though it is disabled');
  }
  await lab.close();
  await rm(config);
  return marks;
}

/**
 * Round trips of kernel messages in a notebook, with the panel alternately open and hidden.
 *
 * @param {Lab} jupyter
 */
async function roundTrips(jupyter) {
  await jupyter.write('bench.ipynb', ['']);
  const lab = await LabPage.create(browser);
  await lab.open(`${jupyter.url}lab/tree/bench.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
  /** The rounds' times. @type {number[][]} */
  const open = [];
  /** @type {number[][]} */
  const hidden = [];
  const measure = () =>
    lab.page.evaluate(async seconds => {
      const { kernel } = /** @type {any} */ (window).jupyterapp.shell.currentWidget.sessionContext.session;
      const [times, end] = [/** @type {number[]} */ ([]), performance.now() + seconds * 1000];
      while (performance.now() < end) {
        const begin = performance.now();
        await kernel.requestKernelInfo();
        times.push(performance.now() - begin);
        // Like a person who types and runs cells: with pauses.
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      return times;
    }, SECONDS_OF_ROUND_TRIPS);
  for (let pair = 0; pair < PAIRS; pair += 1) {
    await lab.openPanel();
    await lab.recent.first().waitFor();
    open.push(await measure());
    await lab.toggleByPalette();
    await lab.panel.waitFor({ state: 'hidden' });
    hidden.push(await measure());
  }
  await lab.close();
  const ratio = median(open.map((round, pair) => mean(round) / mean(hidden[pair] ?? [])));
  const told = (/** @type {number[][]} */ rounds) =>
    `mean ${ms(median(rounds.map(mean)))}, p99 ${ms(median(rounds.map(round => quantile(round, 0.99))))}`;
  figure({
    what: `kernel round trips from the browser while the panel is open, ${STAGES} stages upstream`,
    measured: `${told(open)}; ${ratio.toFixed(2)} times`,
    baseline: `panel hidden: ${told(hidden)}`,
    holds: null,
    limit: 'reported'
  });
}

/**
 * Load of the page's main thread while the panel polls, beyond that while the panel is paused.
 *
 * @param {Lab} jupyter
 */
async function polls(jupyter) {
  const lab = await LabPage.create(browser);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  await lab.recent.first().waitFor();
  const devtools = await lab.page.context().newCDPSession(lab.page);
  await devtools.send('Performance.enable');
  /** Time of all tasks of the main thread, and of scripts within them; milliseconds. */
  const spent = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (/** @type {string} */ name) => (metrics.find(metric => metric.name === name)?.value ?? 0) * 1000;
    return { tasks: of('TaskDuration'), script: of('ScriptDuration') };
  };
  const watch = async () => {
    await lab.page.evaluate(() => {
      performance.setResourceTimingBufferSize(10_000);
      performance.clearResourceTimings();
    });
    const before = await spent();
    await lab.page.waitForTimeout(SECONDS_OF_POLLS * 1000);
    const after = await spent();
    // The chip continues while the panel is paused.
    const answers = await lab.page.evaluate(() => {
      const ours = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/spark-monitor/snapshot'));
      return ours.length;
    });
    return { tasks: after.tasks - before.tasks, script: after.script - before.script, answers };
  };
  const toggle = (/** @type {string} */ name) => lab.panel.getByRole('button', { name }).click();
  /** @type {{tasks: number, script: number, answers: number}[]} */
  const pairs = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const polling = await watch();
    await toggle('Pause');
    await lab.page.waitForTimeout(1_000);
    const paused = await watch();
    await toggle('Resume');
    await lab.page.waitForTimeout(1_000);
    const answers = polling.answers - paused.answers;
    const each = (/** @type {'tasks' | 'script'} */ kind) => (polling[kind] - paused[kind]) / answers;
    pairs.push({ tasks: each('tasks'), script: each('script'), answers });
  }
  await lab.close();
  const tasks = median(pairs.map(({ tasks }) => tasks));
  figure({
    what: `main thread for one answer, decoded and drawn, ${STAGES} stages upstream`,
    measured: `${ms(tasks)}, ${ms(median(pairs.map(({ script }) => script)))} of it script; ${pairs[0]?.answers} answers in ${SECONDS_OF_POLLS} s`,
    baseline: 'panel paused',
    holds: tasks < MOST_POLL_MS,
    limit: `under ${MOST_POLL_MS} ms`
  });
}

/** @param {{what: string, measured: string, baseline?: string, holds: boolean | null, limit: string}} line */
function figure(line) {
  console.log(JSON.stringify({ area: 'Browser', baseline: '-', ...line }));
}

/** @param {number[]} values */
function spread(values) {
  return `${ms(median(values))}, median of ${values.length} (${ms(Math.min(...values))} to ${ms(Math.max(...values))})`;
}

/** @param {number[]} values */
function median(values) {
  return quantile(values, 0.5);
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.min(Math.floor(values.length * share), values.length - 1)] ?? NaN;
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param {number} value */
function ms(value) {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}
