// The chip's words for every state of the cluster, as reported by the cluster manager.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Manager } from './lib/manager.mjs';
import { until } from './lib/until.mjs';

const NONE = { exists: false };
const UP = { exists: true, ready: 1, wanted: 1 };

/** @type {Manager} */
let manager;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  manager = await Manager.start();
  jupyter = await Lab.start({
    env: { ...FAST, SPARK_CLUSTER_MANAGER_API_URL: manager.url, SPARK_MASTER_UI_URL: manager.url }
  });
  browser = await launch();
  lab = await LabPage.create(browser);
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await manager?.stop();
});

test('Spark: ... until the first answer, then Spark without a session token', async () => {
  /** @type {() => void} */
  let letThrough = () => {};
  const gate = new Promise(resolve => (letThrough = () => resolve(undefined)));
  await lab.page.route('**/panel/chip', async route => {
    await gate;
    await route.continue();
  });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.untilChip('Spark: ...');
  await lab.picture('chip-loading', lab.chip);
  letThrough();
  await lab.untilChip('Spark');
  await lab.picture('chip-unknown', lab.chip);
  await lab.page.unroute('**/panel/chip');
});

test('the session token of the browser reaches the cluster manager', async () => {
  manager.says(UP, { exists: true, ready: 4, wanted: 4 });
  await lab.page.context().addCookies([{ name: 'kbase_session', value: 'TOKEN123', url: jupyter.url }]);
  await lab.page.reload();
  await lab.ready();
  await lab.untilChip('Spark: Ready (4/4)');
  assert.deepEqual([...manager.authorizations], ['Bearer TOKEN123']);
});

/** @type {[string, string, () => void][]} */
const TABLE = [
  ['no-cluster', 'Spark: No Cluster', () => manager.says(NONE, NONE, true)],
  ['starting-0-0', 'Spark: Starting (0/0)', () => manager.says({ exists: true, ready: 0, wanted: 1 }, { exists: true })],
  ['starting-0-4', 'Spark: Starting (0/4)', () => manager.says(UP, { exists: true, ready: 0, wanted: 4 })],
  ['starting-1-4', 'Spark: Starting (1/4)', () => manager.says(UP, { exists: true, ready: 1, wanted: 4 })],
  ['ready', 'Spark: Ready (4/4)', () => manager.says(UP, { exists: true, ready: 4, wanted: 4 })],
  ['error', 'Spark: Error', () => manager.says(UP, { exists: true, ready: 4, wanted: 4 }, true)],
  ['no-master', 'Spark: No Cluster', () => manager.says(NONE, { exists: true, ready: 4, wanted: 4 })]
];

for (const [picture, label, change] of TABLE) {
  test(`${label} (${picture})`, async () => {
    change();
    await lab.untilChip(label, 6_000);
    await lab.picture(`chip-${picture}`, lab.chip);
  });
}

test('one failed poll keeps the last word, the second in a row says Spark', async () => {
  manager.says(UP, { exists: true, ready: 2, wanted: 2 });
  await lab.untilChip('Spark: Ready (2/2)', 6_000);
  manager.fails();
  lab.requests.clear();
  await until('a failed poll', () => lab.requests.count('panel/chip') === 1, { within: 6_000 });
  await until('the tooltip to say it', async () => (await tooltip()).includes('Not updated since'));
  assert.equal(await lab.chipText(), 'Spark: Ready (2/2)');
  await lab.untilChip('Spark', 6_000);
  assert.equal(lab.requests.count('panel/chip'), 2);
});

test('the next good answer brings the chip back', async () => {
  manager.says(UP, { exists: true, ready: 2, wanted: 2 });
  await lab.untilChip('Spark: Ready (2/2)', 6_000);
  assert.doesNotMatch(await tooltip(), /Not updated/);
});

test('what one session was told is not shown beneath the failure of another', async () => {
  assert.match(await tooltip(), /2 of 2 workers are ready/);
  manager.fails();
  await lab.page.context().addCookies([{ name: 'kbase_session', value: 'TOKEN456', url: jupyter.url }]);
  await lab.untilChip('Spark', 6_000);
  assert.match(await tooltip(), /^The state of your Spark cluster is not known\.$/m);
  assert.doesNotMatch(await tooltip(), /workers are ready|Not updated since/);
  manager.says(UP, { exists: true, ready: 2, wanted: 2 });
  await lab.untilChip('Spark: Ready (2/2)', 6_000);
});

test('a cluster without an application: the panel says how to start one', async () => {
  await lab.openPanel();
  await lab.panel.getByText('No active Spark session').waitFor();
  await lab.picture('panel-no-session', lab.panel);
});

async function tooltip() {
  return (await lab.chip.getAttribute('title')) ?? '';
}
