// The cluster's numbers over time, from the history: what is drawn and said, zooming, files, and what it looks like.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark } from './lib/large-spark.mjs';
import { writePast } from './lib/past-cluster.mjs';
import { move, resize } from './lib/split.mjs';
import { until } from './lib/until.mjs';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];
const COMMAND = 'berdl-spark-monitor:open-charts';
const API = 'berdl/api/spark-monitor';
const CHARTS = ['Cores in use', 'Memory in use', 'Workers alive', 'Applications running'];

/** @type {LargeSpark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {string} */
let state;

before(async () => {
  spark = await LargeSpark.start({ executors: 2, ended: 1 });
  state = await mkdtemp(path.join(os.tmpdir(), 'e2e-state-'));
  const env = { ...FAST, SPARK_MASTER_UI_URL: spark.url, XDG_STATE_HOME: state, SPARK_MONITOR_HISTORY_SAMPLE_MS: '2000' };
  jupyter = await Lab.start({ env });
  // Once a first sample is there, the database has all that the past belongs to.
  await until('a sample', async () => ((await ask('history/cluster')).points ?? []).length > 0, { within: 30_000, every: 300 });
  writePast(state, Date.now());
  browser = await launch();
  lab = await LabPage.create(browser, { viewport: { width: 1500, height: 1000 } });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.execute(COMMAND);
  await slider('Cores in use').waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
  await rm(state, { recursive: true, force: true });
});

test('the last twelve hours are four charts, and three hours without a sample are a gap in each', async () => {
  assert.deepEqual(await names(), CHARTS);
  assert.match(await status(), /, samples$/);
  for (const line of await lab.charts.locator('.sparkMonitor-Chart-line').all()) {
    assert.equal((await line.getAttribute('d'))?.match(/M/g)?.length, 2);
  }
  await lab.picture('charts-12h', lab.charts);
});

test('the arrow keys walk through all charts at once, and say the value and its time', async () => {
  await slider('Workers alive').focus();
  await lab.page.keyboard.press('Home');
  await until('a past moment', async () => /^\d+ of \d+ cores at /.test(await said(slider('Cores in use'))));
  assert.match(await said(slider('Memory in use')), /^[\d.]+ G?B of [\d.]+ GB at /);
  assert.match(await said(slider('Workers alive')), /^[34] alive at /);
  assert.match(await said(slider('Applications running')), /^\d running, \d waiting at /);
  assert.equal(await lab.charts.locator('.sparkMonitor-Spark-cursor').count(), 4);
  const first = await said(slider('Cores in use'));
  await lab.page.keyboard.press('ArrowRight');
  await until('the next moment', async () => (await said(slider('Cores in use'))) !== first);
});

test('Shift and the arrows select a part in all charts, Enter shows it more finely, and Escape goes back', async () => {
  await button('7 days').click();
  await untilStatus(/hourly means/);
  await lab.picture('charts-7d', lab.charts);
  await slider('Cores in use').focus();
  await lab.page.keyboard.press('End');
  await until('a mean and its range', async () => /\d+ of \d+ cores.*hour from /.test(await said(slider('Cores in use'))));
  for (let hour = 0; hour < 6; hour += 1) {
    await lab.page.keyboard.press('Shift+ArrowLeft');
  }
  await until('a part', async () => (await lab.charts.locator('.sparkMonitor-Chart-part').count()) === 4);
  await lab.picture('charts-selected', lab.charts);
  await lab.page.keyboard.press('Enter');
  await untilStatus(/, samples$/);
  assert.equal(await button('7 days').getAttribute('aria-pressed'), 'false');
  await lab.picture('charts-zoomed', lab.charts);
  await lab.page.keyboard.press('Escape');
  await untilStatus(/hourly means/);
  assert.equal(await button('7 days').getAttribute('aria-pressed'), 'true');
});

test('dragging across a chart shows that part, and the button goes back', async () => {
  const box = await slider('Memory in use').boundingBox();
  assert.ok(box);
  await lab.page.mouse.move(box.x + box.width * 0.9, box.y + 40);
  await lab.page.mouse.down();
  await lab.page.mouse.move(box.x + box.width * 0.93, box.y + 60, { steps: 4 });
  await lab.page.mouse.up();
  await untilStatus(/, samples$/);
  await button('Back').click();
  await untilStatus(/hourly means/);
});

test('a year is daily means, and says since when there is anything', async () => {
  await button('1 year').click();
  await untilStatus(/daily means/);
  await lab.charts.getByText(/^The history begins \d/).waitFor();
  await lab.picture('charts-1y', lab.charts);
  await button('30 days').click();
  await untilStatus(/hourly means/);
  await lab.picture('charts-30d', lab.charts);
});

test('the values are a table and files, complete and with the time zone', async () => {
  await lab.charts.getByRole('button', { name: 'As a table' }).click();
  const rows = lab.charts.getByRole('row');
  await until('rows', async () => (await rows.count()) > 600);
  const count = await rows.count();
  assert.match(await rows.nth(1).innerText(), /\d+ of \d+ cores/);
  await lab.charts.getByRole('button', { name: 'As a table' }).click();
  const [name, csv] = await saved('Download CSV');
  assert.match(name, /^spark-charts-\d{4}-\d\d-\d\d\.csv$/);
  const lines = csv.trim().split('\r\n');
  assert.equal(lines.length, count);
  assert.match(lines[0] ?? '', /^time,step_s,recorded_s,apps_running_mean,apps_running_min,apps_running_max,/);
  assert.match(lines[1] ?? '', /^\d{4}-\d\d-\d\dT\d\d:00:00[+-]\d\d:\d\d,3600,3600,\d/);
  const [, svg] = await saved('Download SVG');
  const isWhole = await lab.page.evaluate(svg => {
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    return parsed.querySelector('parsererror') === null && parsed.querySelectorAll('path[vector-effect]').length === 12;
  }, svg);
  assert.ok(isWhole, svg.slice(0, 300));
  const [pngName, , png] = await saved('Download PNG');
  assert.match(pngName, /^spark-charts-\d{4}-\d\d-\d\d\.png$/);
  const [width, height, colours] = await lab.page.evaluate(seenOf, png.toString('base64'));
  assert.ok(width === 1800 && height > 600 && colours > 3, `${width} by ${height}, ${colours} colours`);
});

for (const theme of THEMES) {
  test(`in ${theme}, at 250 px and wide, nothing sticks out and axe finds nothing`, async () => {
    await lab.execute('apputils:change-theme', { theme });
    const name = theme.replace('JupyterLab ', '').toLowerCase().replaceAll(' ', '-');
    await until('the theme', () => lab.page.evaluate(theme => document.body.dataset['jpThemeName'] === theme, theme));
    await button('12 hours').click();
    await untilStatus(/, samples$/);
    await slider('Cores in use').hover({ position: { x: 300, y: 40 } });
    await lab.picture(`charts-${name}-wide`, lab.charts);
    assert.deepEqual(await out(), []);
    await lab.execute('launcher:create');
    await move(lab, 'split-right', 'charts');
    await resize(lab, 250, lab.charts);
    await lab.picture(`charts-${name}-250`, lab.charts);
    assert.deepEqual(await out(), []);
    assert.deepEqual((await check(lab)).findings, []);
    await move(lab, 'tab-after', 'charts');
    await lab.execute(COMMAND);
  });
}

test('the total and the value are told apart without colour', async () => {
  const dashes = (/** @type {string} */ name) =>
    lab.charts.locator(name).first().evaluate(line => getComputedStyle(line).strokeDasharray);
  assert.equal(await dashes('.sparkMonitor-Chart-line'), 'none');
  assert.notEqual(await dashes('.sparkMonitor-Chart-total'), 'none');
  await lab.page.emulateMedia({ forcedColors: 'active' });
  await slider('Cores in use').hover({ position: { x: 300, y: 40 } });
  await lab.picture('charts-forced-colours', lab.charts);
  await lab.page.emulateMedia({ forcedColors: null });
});

test('hidden and shown again it asks for nothing that is current, and after a reload it is there again', async () => {
  await lab.page.waitForTimeout(500);
  lab.requests.clear();
  await lab.hideTab(true);
  await lab.hideTab(false);
  await lab.page.waitForTimeout(500);
  assert.equal(lab.requests.count('history/cluster'), 0);
  await until('a saved layout', async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/default?token=${jupyter.token}`);
    return JSON.stringify(await answer.json()).includes('berdl-spark-monitor-charts:charts');
  });
  await lab.page.reload();
  await lab.ready();
  await slider('Cores in use').waitFor();
});

test('without a history it says in one sentence why and what to set, and asks for nothing', async () => {
  const env = { ...FAST, SPARK_MASTER_UI_URL: spark.url, XDG_STATE_HOME: state, SPARK_MONITOR_HISTORY: 'off' };
  const off = await Lab.start({ env });
  const page = await LabPage.create(browser);
  try {
    await page.open(`${off.url}lab?token=${off.token}`);
    await page.execute(COMMAND);
    await page.charts.getByText('Set SPARK_MONITOR_HISTORY=on where Jupyter starts').waitFor();
    assert.equal(await page.charts.getByRole('button').count(), 0);
    assert.equal(page.requests.count('history/cluster'), 0);
  } finally {
    await page.close();
    await off.stop();
  }
});

/** @param {string} route */
async function ask(route) {
  const answer = await fetch(`${jupyter.url}${API}/${route}?token=${jupyter.token}`);
  return answer.json().catch(() => ({}));
}

/** @param {string} name */
function slider(name) {
  return lab.charts.getByRole('slider', { name });
}

/** @param {string} name */
function button(name) {
  return lab.charts.getByRole('button', { name, exact: true });
}

async function names() {
  const sliders = await lab.charts.getByRole('slider').all();
  return Promise.all(sliders.map(slider => slider.getAttribute('aria-label')));
}

/** @param {import('playwright-core').Locator} line */
async function said(line) {
  return (await line.getAttribute('aria-valuetext')) ?? '';
}

async function status() {
  return (await lab.charts.locator('p.sparkMonitor-Muted').first().innerText()).trim();
}

/** @param {RegExp} words */
function untilStatus(words) {
  return until(`${words}`, async () => words.test(await status()));
}

/** The name and the text of a file that a button saves. @param {string} name */
async function saved(name) {
  const [download] = await Promise.all([lab.page.waitForEvent('download'), button(name).click()]);
  const file = await readFile(await download.path());
  return /** @type {const} */ ([download.suggestedFilename(), file.toString(), file]);
}

/**
 * The width and height of a PNG file, in pixels, and how many colours it has.
 * @param {string} base64
 */
async function seenOf(base64) {
  const picture = new Image();
  picture.src = `data:image/png;base64,${base64}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  const context = canvas.getContext('2d');
  context?.drawImage(picture, 0, 0);
  const pixels = new Uint32Array(context?.getImageData(0, 0, canvas.width, canvas.height).data.buffer ?? []);
  return /** @type {const} */ ([canvas.width, canvas.height, new Set(pixels).size]);
}

/** What is wider than the tab. */
function out() {
  return lab.charts.evaluate(tab => {
    const edge = tab.getBoundingClientRect().right + 0.5;
    const parts = [...tab.querySelectorAll('*')].filter(part => part.getBoundingClientRect().right > edge);
    return parts.map(part => part.outerHTML.slice(0, 120));
  });
}
