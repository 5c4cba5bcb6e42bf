// A tab in the main area, using the example of the connection report: opened, moved, restored and closed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Leftovers } from './lib/leftovers.mjs';
import { showPanel } from './lib/panel-words.mjs';
import { move } from './lib/split.mjs';
import { until } from './lib/until.mjs';

/** What the layout calls it. */
const RESTORED = 'berdl-spark-monitor-report:report';
const SIDECAR = '**/berdl/api/spark-monitor/**';
const HOPS = 6;
/** Late loads happen once; a leak grows in every lap. */
const LAPS = 3;
const ROUNDS = 10;

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  await jupyter.write('one.ipynb', ['1 + 1']);
  browser = await launch();
  lab = await LabPage.create(browser);
  await lab.page.addInitScript(() => {
    const { instantiateStreaming } = WebAssembly;
    Object.assign(window, { bundles: [] });
    WebAssembly.instantiateStreaming = (source, imports) => {
      /** @type {any} */ (window).bundles.push(...Object.keys(imports ?? {}));
      return instantiateStreaming(source, imports);
    };
  });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.openPanel();
  await lab.recent.first().waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('before the first tab is opened its WebAssembly is not loaded, and nothing of it is asked for', async () => {
  assert.equal(await loads('sidebar'), 1);
  assert.deepEqual([await loads('workbench'), await loads('desk'), await loads('ship')], [0, 0, 0]);
  assert.equal(asked(), 0);
});

test('it is opened from the launcher, in whose place it comes', async () => {
  const card = lab.page.locator('.jp-LauncherCard[data-category="Spark"]', { hasText: 'Connection report' });
  await card.waitFor();
  assert.equal(await card.locator('svg').count(), 1);
  await card.click();
  await all();
  assert.equal(await lab.page.locator('.jp-Launcher').count(), 0);
  await lab.closeReport();
});

test('it is opened from the panel, by a button that is there whatever the panel shows', async () => {
  const button = lab.panel.getByRole('button', { name: 'Connection report' });
  await button.click();
  await all();
  await lab.closeReport();
  await lab.page.route(SIDECAR, route => route.abort());
  await lab.page.reload();
  await lab.ready();
  // The last layout may have been saved before the panel was in it.
  await showPanel(lab);
  await lab.panel.getByText('Jupyter does not answer.').waitFor();
  await button.click();
  await lab.report.getByText('Jupyter does not answer.').waitFor();
  assert.equal(await lab.hops.count(), 2);
  await lab.page.unroute(SIDECAR);
  await lab.report.getByRole('button', { name: 'Check again' }).click();
  await all();
  await lab.closeReport();
});

test('it is opened from the palette, and has the focus', async () => {
  await lab.search('connection report', async () => {
    await lab.palette.locator('[data-command="berdl-spark-monitor:open-report"]').click({ timeout: 2_000 });
  });
  await all();
  await until('the focus', () => lab.page.evaluate(() => document.activeElement?.className.includes('sparkMonitor-Page')));
  await lab.page.keyboard.press('Tab');
  assert.equal(await lab.page.evaluate(() => document.activeElement?.textContent), 'Check again');
});

test('opened and closed many times, it leaves no listener and no element behind', async () => {
  await lab.closeReport();
  const leftovers = await Leftovers.watch(lab);
  /** @type {Awaited<ReturnType<Leftovers['count']>>[]} */
  const counts = [];
  for (let lap = 0; lap <= LAPS; lap += 1) {
    for (let round = 0; round < ROUNDS; round += 1) {
      await lab.openReport();
      await lab.closeReport();
    }
    counts.push(await leftovers.count());
  }
  for (const kind of /** @type {const} */ (['listeners', 'nodes'])) {
    const growth = counts.slice(1).map((after, lap) => after[kind] - (counts[lap]?.[kind] ?? 0));
    assert.ok(Math.min(...growth) < ROUNDS / 2, `${kind} grow with every lap of ${ROUNDS} rounds: ${growth}`);
  }
});

test('opened again, it is the same tab, which comes to the front and checks again', async () => {
  await lab.execute('docmanager:open', { path: 'one.ipynb' });
  await lab.report.waitFor({ state: 'hidden' });
  lab.requests.clear();
  await lab.execute('berdl-spark-monitor:open-report');
  await lab.report.waitFor();
  await until('another report', () => lab.requests.count('doctor') === 1);
  await Promise.all([1, 2, 3].map(() => lab.execute('berdl-spark-monitor:open-report')));
  assert.equal(await lab.report.count(), 1);
  assert.equal(await loads('workbench'), 1, 'its WebAssembly is loaded once in a page');
  assert.equal(await loads('desk'), 0, 'that of other tabs is not loaded');
});

test('moved into a split and back it is what it was, and its buttons work', async () => {
  await all();
  const before = await lab.report.innerText();
  lab.requests.clear();
  await move(lab, 'split-right');
  await until('half the width', async () => ((await lab.report.boundingBox())?.width ?? 1280) < 600);
  assert.equal(await lab.report.innerText(), before);
  await move(lab, 'tab-after');
  assert.equal(await lab.report.innerText(), before);
  assert.equal(asked(), 0);
  await lab.report.getByRole('button', { name: 'Check again' }).click();
  await until('another report', () => lab.requests.count('doctor') === 1);
});

test('behind another tab it rests: what is in flight is aborted, and asked for when it is in front again', async () => {
  await all();
  const held = await hold('doctor');
  await lab.report.getByRole('button', { name: 'Check again' }).click();
  await held.arrived();
  await lab.execute('docmanager:open', { path: 'one.ipynb' });
  await held.aborted();
  await lab.page.unroute('**/doctor');
  lab.requests.clear();
  await lab.page.waitForTimeout(1_000);
  assert.equal(asked(), 0);
  await lab.reportHandle.click();
  await until('another report', () => lab.requests.count('doctor') === 1);
});

test('when another person is answered, the report of the one before is gone', async () => {
  await all();
  let session = '1';
  await lab.page.route(/spark-monitor\/(panel|snapshot)/, async route => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'x-spark-monitor-session': session } });
  });
  await lab.execute('berdl-spark-monitor:refresh');
  await lab.page.waitForTimeout(1_000);
  lab.requests.clear();
  const held = await hold('doctor');
  session = '2';
  await lab.execute('berdl-spark-monitor:refresh');
  await held.arrived();
  assert.equal(await lab.hops.count(), 0);
  assert.match(await lab.report.innerText(), /Checking…/);
  await lab.unroute();
  await lab.closeReport();
  await lab.openReport();
});

test('closed while it is being made, the request is aborted, and nothing is left or asked any more', async () => {
  await all();
  const held = await hold('doctor');
  await lab.report.getByRole('button', { name: 'Check again' }).click();
  await held.arrived();
  await lab.closeReport();
  await held.aborted();
  await lab.page.unroute('**/doctor');
  lab.requests.clear();
  await lab.page.waitForTimeout(1_500);
  assert.equal(asked(), 0);
  assert.equal(await lab.page.locator('.sparkMonitor-Page, .sparkMonitor-Report').count(), 0);
});

test('after a reload it is where it was, and asks nothing before it is seen', async () => {
  await lab.openReport();
  await lab.execute('docmanager:open', { path: 'one.ipynb' });
  await saved('one.ipynb');
  await lab.page.reload();
  await lab.ready();
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.reportHandle.waitFor();
  lab.requests.clear();
  await lab.page.waitForTimeout(1_500);
  assert.deepEqual([asked(), await loads('workbench')], [0, 0]);
  await lab.reportHandle.click();
  await all();
  await saved(RESTORED);
  await lab.page.reload();
  await lab.ready();
  await all();
  assert.equal(await lab.report.count(), 1);
});

test('where its WebAssembly cannot be loaded, the tab says so and tries again, but not when it is closed', async () => {
  await lab.closeReport();
  await saved('one.ipynb', false);
  let tries = 0;
  await lab.page.route('**/*.wasm', async route => {
    const bytes = await (await route.fetch()).body();
    if (!bytes.includes('workbench_bg')) {
      await route.fulfill({ body: bytes, contentType: 'application/wasm' });
      return;
    }
    tries += 1;
    await route.abort();
  });
  await lab.page.reload();
  await lab.ready();
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.execute('berdl-spark-monitor:open-report');
  await lab.report.getByRole('alert').getByText('Spark Monitor could not be loaded.').waitFor();
  await lab.report.getByRole('button', { name: 'Try again' }).click();
  await until('another try', () => tries > 1);
  await lab.closeReport();
  const before = tries;
  await lab.page.waitForTimeout(5_000);
  assert.equal(tries, before);
  await lab.unroute();
  await lab.openReport();
});

test('nothing of all this is an error in the console', () => {
  const errors = lab.console.filter(line => /^error/.test(line) && /sparkMonitor|berdl|panicked|unreachable/i.test(line));
  assert.deepEqual(errors.filter(line => !/net::ERR_FAILED/.test(line)), []);
});

/** Waits until the report is complete. */
async function all() {
  await until('every hop', async () => (await lab.hops.count()) === HOPS);
  await until('the result', async () => !/Checking…/.test(await lab.report.innerText()));
}

/** How many requests of the report were sent. */
function asked() {
  return lab.requests.count('healthz') + lab.requests.count('doctor');
}

/** How often the page has made a bundle's WebAssembly ready. @param {string} bundle */
async function loads(bundle) {
  const bundles = await lab.page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (window).bundles));
  return bundles.filter(name => name.includes(`${bundle}_bg`)).length;
}

/** Holds back the next requests for a route. @param {string} route */
async function hold(route) {
  /** @type {import('playwright-core').Request[]} */
  const held = [];
  await lab.page.route(`**/${route}`, route => void held.push(route.request()));
  const isAborted = () => /ABORTED/.test(held[0]?.failure()?.errorText ?? '');
  return {
    arrived: () => until(`a request for ${route}`, () => held.length > 0),
    aborted: () => until(`the end of the request for ${route}`, isAborted)
  };
}

/**
 * Waits until JupyterLab has saved its layout: which tab is in front, and whether ours is open.
 *
 * @param {string} front
 * @param {boolean} [open]
 */
async function saved(front, open = true) {
  await until(`a saved layout with ${front} in front`, async () => {
    const answer = await fetch(`${jupyter.url}lab/api/workspaces/default?token=${jupyter.token}`);
    const { data } = /** @type {any} */ (await answer.json());
    const { current, dock } = data?.['layout-restorer:data']?.main ?? {};
    return `${current}`.endsWith(front) && JSON.stringify(dock).includes(RESTORED) === open && RESTORED in data === open;
  });
}
