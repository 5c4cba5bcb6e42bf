// Counts the page's requests to the sidecar, and the sidecar's to Spark, at the default rates, and writes
// docs/panel.md.
// Fails if a situation causes more requests than allowed, or so few that nothing was measured.
import { launch } from './lib/browser.mjs';
import { FaultySpark } from './lib/faulty-spark.mjs';
import { generate, table } from './lib/generated.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { showPanel, untilPanelSays } from './lib/panel-words.mjs';
import { Spark } from './lib/spark.mjs';
import { callsOf, routesOf, Traffic } from './lib/traffic.mjs';
import { until } from './lib/until.mjs';

/** @typedef {import('./lib/lab.mjs').Lab} Lab */

/** How long each situation is watched: four times the slowest interval; milliseconds. */
const WATCHED_MS = 120_000;
/** Longer than that, including what must happen before; seconds. */
const BUSY_S = WATCHED_MS / 1000 + 150;
/** A busy machine takes its time to start a query; milliseconds. */
const MOVES_WITHIN_MS = 300_000;
/** A query that runs until it is stopped. */
const BUSY_SPARK = `rows = spark.range(0, 960_000_000, numPartitions=2400)
rows.select(F.max(F.sha2(F.col("id").cast("string"), 512))).collect()`;
const BUSY_KERNEL = `import time
time.sleep(${BUSY_S})`;

/** How often a route may be requested per minute. @typedef {Record<string, number>} Rates */
/** @type {Rates} */
const IDLE = { 'panel/chip': 2, snapshot: 2, cluster: 2, history: 2, executors: 2, stages: 2, queries: 2, findings: 2 };
/** @type {Rates} */
const BUSY = { ...IDLE, 'panel/chip': 12, snapshot: 12, executors: 12, stages: 12, queries: 12, findings: 12 };
/**
 * One attempt per interval, which back-off shortens by up to a fifth at first. The master's and the driver's views fail
 * at their own moments, and need a snapshot each. @type {Rates}
 */
const FAILING = { ...Object.fromEntries(Object.keys(IDLE).map(route => [route, 2.5])), snapshot: 5 };
/** The history takes a sample a minute, whether or not somebody looks. */
const CALLS_OF_HISTORY = 1;
/** The master's and the driver's answers are good for 5 and 4 s: nothing is called more often, whoever asks. */
const CALLS = 15;
/** While tasks run, each of the chip's and the panel's lists of stages comes with executors fetched after it. */
const CALLS_OF_EXECUTORS = 25;
/** Failed calls are tried twice, and each of three views looks for the driver in two places. */
const FAILING_CALLS = 30;

/**
 * A separate JupyterLab for a Spark that others watch too, and a page in it.
 *
 * @typedef {object} Site
 * @property {FaultySpark} upstream
 * @property {Lab} jupyter
 * @property {LabPage} lab
 */
/** @typedef {{situation: string, may: Rates, traffic: Traffic}} Watched */

const browser = await launch();
const spark = await Spark.start();
/** @type {Site[]} */
const sites = [];
/** @type {Watched[]} */
const watched = [];
try {
  const [hiddenPanel, hiddenTab, idle, kernel] = [await open(), await open(), await open(), await open({ cell: BUSY_KERNEL })];
  await hiddenPanel.lab.toggleByPalette();
  await hiddenTab.lab.hideTab(true);
  await startCell(kernel.lab);
  await Promise.all([
    watch('panel hidden', hiddenPanel, { 'panel/chip': IDLE['panel/chip'] ?? 0 }),
    watch('browser tab hidden', hiddenTab, {}),
    watch('idle', idle, IDLE),
    watch('kernel busy, Spark idle', kernel, BUSY)
  ]);
  await Promise.all([close(hiddenTab), close(kernel)]);

  const query = idle.upstream.query(BUSY_SPARK);
  const unfolded = hiddenPanel;
  await unfolded.lab.toggleByPalette();
  await Promise.all([showsWork(idle.lab), showsWork(unfolded.lab)]);
  await unfolded.lab.panel.locator('.sparkMonitor-Query-button').first().click();
  await Promise.all([
    watch('a query runs', idle, BUSY),
    watch('a query runs and is folded out', unfolded, { ...BUSY, query: BUSY['queries'] ?? 0 })
  ]);
  await close(unfolded);

  const never = await open({ fails: true });
  await breaks(idle.upstream);
  await Promise.all([
    watch('Spark broke while a query ran', idle, FAILING),
    watch('Spark never answered', never, FAILING)
  ]);
  await query.stop();
} finally {
  await browser.close();
  await Promise.all(sites.map(({ jupyter }) => jupyter.stop()));
  await Promise.all(sites.map(({ upstream }) => upstream.leave()));
  await spark.stop();
}

await generate('panel.md', 'requests', tables());
console.log(tables());
for (const sentence of watched.flatMap(excesses)) {
  process.exitCode = 1;
  console.log(`not ok  ${sentence}`);
}

/** A site with an open panel. @param {{cell?: string, fails?: boolean}} [options] @returns {Promise<Site>} */
async function open({ cell, fails = false } = {}) {
  const upstream = await FaultySpark.before(spark);
  if (fails) {
    await breaks(upstream);
  }
  const jupyter = await upstream.watch({});
  const lab = await LabPage.create(browser);
  const site = { upstream, jupyter, lab };
  sites.push(site);
  if (cell !== undefined) {
    await jupyter.write('busy.ipynb', [cell]);
  }
  await lab.open(`${jupyter.url}lab${cell === undefined ? '' : '/tree/busy.ipynb'}?token=${jupyter.token}&reset`);
  await showPanel(lab);
  await untilPanelSays(lab, fails ? /No answer/ : /No query is running[^]*Executors/);
  return site;
}

/** @param {Site} site */
async function close({ upstream, jupyter, lab }) {
  await lab.close();
  await jupyter.stop();
  await upstream.leave();
}

/** @param {FaultySpark} upstream */
function breaks({ master, driver }) {
  return Promise.all([master.set('reset'), driver.set('reset')]);
}

/** Waits until chip and panel have noticed a query. @param {LabPage} lab */
async function showsWork(lab) {
  await lab.barMoves(MOVES_WITHIN_MS);
  const tells = async () => /done/.test((await lab.chip.getAttribute('title')) ?? '');
  await until('the chip to tell what runs', tells, { within: 60_000 });
}

/** Starts the only cell; a notebook that has just been opened may miss the keys. @param {LabPage} lab */
async function startCell(lab) {
  await lab.kernelIdle();
  const busy = lab.page.locator('.jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status="busy"]');
  await until('the kernel to be busy', async () => {
    await lab.startCell(0);
    return busy.waitFor({ timeout: 3_000 }).then(() => true, () => false);
  });
}

/** @param {string} situation @param {Site} site @param {Rates} may */
async function watch(situation, { lab, upstream }, may) {
  const watch = { situation, may, traffic: new Traffic(WATCHED_MS) };
  watched.push(watch);
  await watch.traffic.watch(lab, upstream);
  console.log(`watched ${situation}`);
}

/** Requests that were too many or too few; an interval may have started before the watch. @param {Watched} watched */
function excesses({ situation, may, traffic }) {
  const minutes = traffic.perMinute(1) ** -1;
  const seen = new Map([...traffic.routes, ...traffic.views]);
  const names = new Set([...Object.keys(may), ...seen.keys()]);
  const routes = [...names].flatMap(route => {
    const [asked, most] = [seen.get(route)?.asked ?? 0, (may[route] ?? 0) * minutes];
    const least = may === FAILING ? 1 : Math.floor(most / 2);
    const too = asked > (most > 0 ? most + 1 : 0) ? 'more' : asked < least ? 'less' : null;
    return too === null ? [] : [`${situation}: ${route} ${asked} times, ${too} than ${too === 'more' ? most : least}`];
  });
  const mostOf = (/** @type {string} */ call) => {
    const working = call === 'allexecutors' ? CALLS_OF_EXECUTORS : CALLS;
    const most = may === FAILING ? FAILING_CALLS : Object.keys(may).length > 0 ? working : CALLS_OF_HISTORY;
    return most * minutes + 1;
  };
  const calls = [...traffic.calls].filter(([call, { asked }]) => asked > mostOf(call));
  return [...routes, ...calls.map(([call, { asked }]) => `${situation}: ${asked} calls of ${call}, more than ${mostOf(call)}`)];
}

function tables() {
  const traffics = watched.map(({ traffic }) => traffic);
  const [routes, calls] = [routesOf(traffics), callsOf(traffics)];
  const code = (/** @type {string} */ name) => (/ /.test(name) ? name : `\`${name}\``);
  const requests = table(
    ['situation', ...routes.map(code), 'KB'],
    watched.map(({ situation, traffic }) => [
      situation,
      ...routes.map(route => requestCell(traffic, route)),
      (traffic.bytesPerMinute / 1024).toFixed(1)
    ])
  );
  const upstream = table(
    ['situation', ...calls.map(code), 'all'],
    watched.map(({ situation, traffic }) => [
      situation,
      ...calls.map(call => number(traffic.perMinute(traffic.calls.get(call)?.asked ?? 0))),
      number(traffic.perMinute([...traffic.calls.values()].reduce((sum, { asked }) => sum + asked, 0)))
    ])
  );
  return `A page of the sidecar, with the answers' statuses, then the views of its snapshots:\n\n${requests}\n\nThe sidecar of master (\`json\`) and driver:\n\n${upstream}`;
}

/** @param {Traffic} traffic @param {string} route */
function requestCell(traffic, route) {
  const count = traffic.routes.get(route) ?? traffic.views.get(route);
  if (count === undefined) {
    return '-';
  }
  const ends = [...count.ended].sort().map(([end, times]) => [number(traffic.perMinute(times)), end].filter(Boolean).join(' × '));
  return ends.length === 1 ? ends.join() : `${number(traffic.perMinute(count.asked))}: ${ends.join(', ')}`;
}

/** @param {number} value */
function number(value) {
  return value === 0 ? '-' : String(Number(value.toFixed(1)));
}
