// The last ten minutes, recorded by the sidecar and read by keyboard and mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark } from './lib/large-spark.mjs';
import { until, untilText } from './lib/until.mjs';

/** @typedef {{at_ms: number, cores_used?: number, memory_used_mib?: number, active_tasks?: number}} Point */

/** @type {LargeSpark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** The points in the page's last answer. @type {Point[]} */
let points = [];

before(async () => {
  spark = await LargeSpark.start({ executors: 2, ended: 1 });
  // Points are five seconds apart; anything longer than two and a half polls is a gap.
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: spark.url, SPARK_MONITOR_POLL_MS: '3000' } });
  browser = await launch();
  lab = await LabPage.create(browser, { viewport: { width: 1280, height: 1400 } });
  lab.page.on('response', async response => {
    if (response.url().includes('/spark-monitor/snapshot')) {
      const { history } = await response.json().catch(() => ({}));
      points = history?.good.answer.points ?? points;
    }
  });
  spark.coresUsed = 1;
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  // It is hidden until there are three points.
  await slider('Cores in use').waitFor({ timeout: 40_000 });
  await lab.resizePanel(600);
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('each line grows with time, and tells its last value', async () => {
  for (const [index, used] of [2, 0, 1].entries()) {
    await until(`point ${index}`, async () => Number(await cores().getAttribute('aria-valuemax')) >= index + 2, { within: 30_000 });
    spark.coresUsed = used;
    await untilText(`${used} of 2`, () => said(cores()));
  }
  assert.match(await said(slider('Memory in use')), /^1\.0 GB of 4\.0 GB$/);
  assert.match(await said(slider('Active tasks')), /^\d+ of 32$/);
  await lab.picture('history', lab.panel);
});

test('a reload keeps them, oldest first', async () => {
  const before = await pausedPoints();
  await lab.page.reload();
  await lab.ready();
  // It appears after all plugins are active, and takes the focus.
  await lab.page.locator('.jp-Launcher').waitFor();
  await cores().waitFor();
  const after = await pausedPoints();
  assert.ok(before.length >= 3 && after.length >= before.length, `${before.length} points, then ${after.length}`);
  // The newest point lasts for five seconds.
  assert.deepEqual(after.slice(0, before.length - 1), before.slice(0, -1));
});

test('the keyboard walks from value to value, in all lines at once', async () => {
  const seen = await pausedPoints();
  const [first, second, last] = [seen[0], seen[1], seen.at(-1)];
  assert.ok(first && second && last && seen.length >= 3);
  const now = await said(cores());
  await cores().focus();
  for (const [key, index, point] of /** @type {const} */ ([
    ['Home', 0, first],
    ['ArrowRight', 1, second],
    ['ArrowLeft', 0, first],
    ['ArrowLeft', 0, first],
    ['End', seen.length - 1, last],
    ['ArrowRight', seen.length - 1, last],
    ['ArrowDown', seen.length - 2, seen.at(-2) ?? last],
    ['ArrowUp', seen.length - 1, last]
  ])) {
    await lab.page.keyboard.press(key);
    await looksAt(point, index);
  }
  assert.equal(await lab.panel.locator('.sparkMonitor-Spark-cursor').count(), 3);
  await lab.page.keyboard.press('Escape');
  await untilText(now, () => said(cores()));
  assert.equal(await lab.panel.locator('.sparkMonitor-Spark-cursor').count(), 0);
});

test('who leaves the line with the keyboard sees the newest values again', async () => {
  const now = await said(cores());
  await cores().focus();
  await lab.page.keyboard.press('Home');
  await until('the first value', async () => / at /.test(await said(cores())));
  await lab.page.keyboard.press('Tab');
  await untilText(now, () => said(cores()));
});

test('pointing at a moment shows its values, leaving it the newest', async () => {
  const [point] = await pausedPoints();
  const now = await said(cores());
  assert.ok(point);
  // The position of the oldest point, by the drawn line.
  const path = (await cores().locator('.sparkMonitor-Spark-line').getAttribute('d')) ?? '';
  const box = await cores().boundingBox();
  assert.ok(box);
  const x = (Number(/^M(\d+)/.exec(path)?.[1]) / 600) * box.width;
  await cores().hover({ position: { x, y: box.height / 2 } });
  await looksAt(point, 0);
  await lab.picture('history-hover', lab.panel);
  await lab.panel.getByRole('heading', { name: 'Spark Monitor' }).hover();
  await untilText(now, () => said(cores()));
});

test('where nobody looked, nothing is claimed', async () => {
  await cores().hover({ position: { x: 2, y: 10 } });
  await untilText('not known', () => said(cores()));
});

/** @param {string} name */
function slider(name) {
  return lab.panel.getByRole('slider', { name });
}

function cores() {
  return slider('Cores in use');
}

/** The announced value, which is also shown beside the line. @param {import('playwright-core').Locator} line */
async function said(line) {
  return (await line.getAttribute('aria-valuetext')) ?? '';
}

/** Pauses the panel, so that no new point arrives meanwhile; returns the points that it shows. */
async function pausedPoints() {
  const pause = lab.panel.getByRole('button', { name: 'Pause updates' });
  if (await pause.count()) {
    await pause.click();
    await lab.panel.getByText(/^paused/).waitFor();
  }
  // The driver may have answered before the master.
  const known = () => points.filter(({ cores_used }) => cores_used !== undefined);
  await until('as many points as are drawn', async () => known().length - 1 === Number(await cores().getAttribute('aria-valuemax')));
  return known();
}

/** Waits until all lines show the values of a point. @param {Point} point @param {number} index */
async function looksAt({ at_ms, cores_used, active_tasks }, index) {
  const time = await lab.page.evaluate(at_ms => new Date(at_ms).toLocaleTimeString('en-GB'), at_ms);
  await untilText(`${cores_used} of 2 at ${time}`, () => said(cores()));
  assert.equal(Number(await cores().getAttribute('aria-valuenow')), index);
  assert.equal(await said(slider('Memory in use')), `1.0 GB of 4.0 GB at ${time}`);
  const tasks = active_tasks === undefined ? 'not known' : `${active_tasks} of 32 at ${time}`;
  assert.equal(await said(slider('Active tasks')), tasks);
}
