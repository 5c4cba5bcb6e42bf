// The last minutes as a chart in a tab: what it shows, what it asks for, and what it looks like wide and narrow.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark } from './lib/large-spark.mjs';
import { move, resize } from './lib/split.mjs';
import { until, untilText } from './lib/until.mjs';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];
/** How often all views are polled while nothing works; milliseconds. */
const RATE_MS = 3000;

/** @type {LargeSpark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  spark = await LargeSpark.start({ executors: 2, ended: 1 });
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: spark.url, SPARK_MONITOR_POLL_MS: `${RATE_MS}` } });
  browser = await launch();
  lab = await LabPage.create(browser, { viewport: { width: 1700, height: 1100 } });
  spark.coresUsed = 1;
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  await lab.panel.getByRole('button', { name: 'Show as a chart' }).waitFor({ timeout: 40_000 });
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('it is opened from the panel’s last minutes, with tasks against slots, cores and memory', async () => {
  await lab.panel.getByRole('button', { name: 'Show as a chart' }).click();
  await slider('Active tasks').waitFor();
  assert.equal(await lab.usage.getByRole('slider').count(), 3);
  const seen = await lab.usage.innerText();
  for (const words of ['Task slots', 'Cores of the cluster', 'Memory of the cluster', '10 min ago', 'now']) {
    assert.ok(seen.includes(words), `no ${words}: ${seen}`);
  }
  assert.match(await said(slider('Active tasks')), /^\d+ of 32$/);
  assert.match(await said(slider('Memory in use')), /^1\.0 GB of 4\.0 GB$/);
});

test('its command brings the same tab to the front, and the keyboard walks all charts at once', async () => {
  await lab.execute('berdl-spark-monitor:open-usage');
  assert.equal(await lab.usage.count(), 1);
  await slider('Cores in use').focus();
  await lab.page.keyboard.press('Home');
  await until('a past moment', async () => / at /.test(await said(slider('Memory in use'))));
  assert.equal(await lab.usage.locator('.sparkMonitor-Spark-cursor').count(), 3);
  await lab.page.keyboard.press('Escape');
  await until('now again', async () => !/ at /.test(await said(slider('Memory in use'))));
});

test('the same values are a table', async () => {
  await lab.usage.getByRole('button', { name: 'As a table' }).click();
  const rows = lab.usage.getByRole('row');
  await until('rows', async () => (await rows.count()) > 2);
  assert.match(await rows.first().innerText(), /Time\s+Active tasks\s+Cores in use\s+Memory in use/);
  spark.coresUsed = 2;
  await untilText('2', async () => (await rows.nth(1).getByRole('cell').nth(1).textContent()) ?? '', 30_000);
});

test('alone it asks for all that it shows in one request, and for nothing while it is hidden', async () => {
  await lab.page.keyboard.press('Control+Shift+Y');
  await lab.panel.waitFor({ state: 'hidden' });
  lab.requests.clear();
  await until('several polls', () => lab.requests.count('history') >= 3, { within: 30_000 });
  const asked = lab.requests.of('snapshot');
  assert.deepEqual([...new Set(asked.flatMap(({ views }) => views))].sort(), ['cluster', 'executors', 'history']);
  assert.deepEqual(lab.requests.routes().filter(route => route !== 'panel/chip'), ['snapshot']);
  const points = await table();
  await until('a new value', async () => (await table()) !== points, { within: 20_000 });
  await lab.hideTab(true);
  lab.requests.clear();
  await lab.page.waitForTimeout(2 * RATE_MS);
  assert.equal(lab.requests.count('snapshot'), 0);
  await lab.hideTab(false);
  await until('a poll', () => lab.requests.count('history') > 0);
  assert.deepEqual(lab.requests.of('snapshot')[0]?.views.sort(), ['cluster', 'executors', 'history'], 'all at once');
});

for (const theme of THEMES) {
  test(`in ${theme}, at 250 px and wide, nothing sticks out and axe finds nothing`, async () => {
    await lab.execute('apputils:change-theme', { theme });
    const name = theme.replace('JupyterLab ', '').toLowerCase().replaceAll(' ', '-');
    await until('the theme', () => lab.page.evaluate(theme => document.body.dataset['jpThemeName'] === theme, theme));
    await lab.picture(`usage-${name}-wide`, lab.usage);
    assert.deepEqual(await out(), []);
    await lab.execute('launcher:create');
    await move(lab, 'split-right', 'usage');
    await resize(lab, 250, lab.usage);
    await lab.picture(`usage-${name}-250`, lab.usage);
    assert.deepEqual(await out(), []);
    assert.deepEqual((await check(lab)).findings, []);
    await move(lab, 'tab-after', 'usage');
    await lab.execute('berdl-spark-monitor:open-usage');
  });
}

test('the total and the value are told apart without colour', async () => {
  const { used, total } = await lab.usage.evaluate(tab => {
    const style = (/** @type {string} */ name) => {
      const { stroke, strokeDasharray } = getComputedStyle(/** @type {Element} */ (tab.querySelector(name)));
      return { stroke, strokeDasharray };
    };
    return { used: style('.sparkMonitor-Spark-line'), total: style('.sparkMonitor-Chart-total') };
  });
  assert.equal(used.strokeDasharray, 'none');
  assert.notEqual(total.strokeDasharray, 'none');
});

test('after a reload it is there again', async () => {
  await until('a saved layout', async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/default?token=${jupyter.token}`);
    return JSON.stringify(await answer.json()).includes('berdl-spark-monitor-usage:usage');
  });
  await lab.page.reload();
  await lab.ready();
  await lab.usage.waitFor();
  await slider('Active tasks').waitFor();
});

/** @param {string} name */
function slider(name) {
  return lab.usage.getByRole('slider', { name });
}

/** @param {import('playwright-core').Locator} line */
async function said(line) {
  return (await line.getAttribute('aria-valuetext')) ?? '';
}

function table() {
  return lab.usage.getByRole('table').innerText();
}

/** What is wider than the tab. */
function out() {
  return lab.usage.evaluate(tab => {
    const edge = tab.getBoundingClientRect().right + 0.5;
    const parts = [...tab.querySelectorAll('*')].filter(part => part.getBoundingClientRect().right > edge);
    return parts.map(part => part.outerHTML.slice(0, 120));
  });
}
