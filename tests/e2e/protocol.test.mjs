// How the panel polls: with ETags, one request per view, none while hidden, and more and more rarely while answers
// fail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { forget, inside, LOT, lookInside } from './lib/inside.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark } from './lib/large-spark.mjs';
import { until } from './lib/until.mjs';
import { Wire } from './lib/wire.mjs';

const VIEWS = ['cluster', 'executors', 'stages', 'queries', 'findings', 'history'];
/** Within this lifetime of the sidecar's caches every poll gets the same answer; milliseconds. */
const FOR_GOOD = '600000';
/** Every view's rate while no task runs; milliseconds. */
const POLL_MS = 1_000;

/** @type {LargeSpark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {Wire} */
let wire;

before(async () => {
  spark = await LargeSpark.start({ executors: 3, ended: 3 });
  jupyter = await Lab.start({
    env: {
      ...FAST,
      SPARK_MASTER_UI_URL: spark.url,
      SPARK_MONITOR_POLL_MS: String(POLL_MS),
      // The master is called once, the driver again for each poll.
      SPARK_MONITOR_MASTER_LIFETIME_MS: FOR_GOOD
    }
  });
  browser = await launch();
  lab = await LabPage.create(browser);
  wire = await Wire.listen(lab.page);
  await lookInside(lab.page);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  await lab.recent.first().waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('the same answer is asked for by its tag, answered 304, and not read again', async () => {
  await until('the first answers', () => ['panel/chip', 'cluster'].every(name => wire.of(name, 'answered').length > 0));
  wire.clear();
  await forget(lab.page);
  await until('three polls', () => ['panel/chip', 'cluster'].every(name => wire.of(name, 'answered').length >= 3));
  const polls = wire.of('panel/chip', 'answered');
  assert.deepEqual(polls.map(({ status }) => status), polls.map(() => 304));
  assert.match(polls[0]?.asked ?? '', /^"[0-9a-f]{32}"$/);
  const { reads } = await inside(lab.page);
  assert.deepEqual([reads['panel/chip'] ?? 0, reads['cluster'] ?? 0], [0, 0]);
});

test('an answer that is new in its age alone changes nothing that is shown', async t => {
  wire.clear();
  await forget(lab.page);
  const changes = await changesWhile(async () => {
    await until('three polls', () => ['executors', 'stages'].every(view => wire.of(view, 'answered').length >= 3));
  });
  assert.deepEqual(changes, []);
  const { reads } = await inside(lab.page);
  t.diagnostic(`stages answered ${wire.of('stages', 'answered').length} times, ${reads['stages'] ?? 0} reads`);
});

test('what has changed is read and drawn', async () => {
  const { memoryUsed } = spark.executors[1];
  await forget(lab.page);
  const changes = await changesWhile(async () => {
    spark.change(1, { memoryUsed: memoryUsed + (100 << 20) });
    await lab.panel.locator('.sparkMonitor-Cell-storage', { hasText: '100.0 MB' }).waitFor();
  });
  assert.ok(changes.length > 0);
  assert.ok(((await inside(lab.page)).reads['executors'] ?? 0) > 0);
});

test('the panel has one request in flight, however often one asks', async () => {
  const release = await hold(/snapshot/);
  wire.clear();
  await until('a request that is held', () => wire.of('snapshot', 'flying').length === 1);
  for (let click = 1; click <= 3; click += 1) {
    await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  }
  const before = wire.of('panel/chip').length;
  await until('another poll of the chip', () => wire.of('panel/chip').length > before);
  assert.deepEqual(wire.of('snapshot').map(({ views }) => views), [VIEWS]);
  await release();
  await until('the next poll', () => wire.of('snapshot', 'answered').length >= 2);
});

test('what is in flight when the panel is hidden is aborted, the chip\'s request is not', async () => {
  const release = await hold(/panel|snapshot/);
  wire.clear();
  await until('all held', () => [...VIEWS, 'panel/chip'].every(view => wire.of(view, 'flying').length === 1));
  await lab.toggleByPalette();
  await until('the abort', () => VIEWS.every(view => wire.of(view, 'aborted').length === 1));
  assert.equal(wire.of('panel/chip', 'flying').length, 1);
  await release();
  await until('the chip\'s answer', () => wire.of('panel/chip', 'answered').length >= 1);
  await lab.openPanel();
  await until('answers', () => VIEWS.every(view => wire.of(view, 'answered').length >= 1));
});

test('what is in flight when the tab is hidden is aborted, the chip\'s request too', async () => {
  const all = [...VIEWS, 'panel/chip'];
  const release = await hold(/panel|snapshot/);
  wire.clear();
  await until('all held', () => all.every(view => wire.of(view, 'flying').length === 1));
  await lab.hideTab(true);
  await until('the abort', () => all.every(view => wire.of(view, 'aborted').length === 1));
  await release();
  wire.clear();
  await lab.hideTab(false);
  await until('answers', () => all.every(view => wire.of(view, 'answered').length >= 1));
});

test('while answers fail polls become rarer, spread by lot; one that succeeds brings the old rate back', async () => {
  const snapshot = '**/spark-monitor/snapshot*';
  await lab.page.route(snapshot, route => route.fulfill({ status: 503, contentType: 'text/html', body: 'Starting' }));
  await forget(lab.page);
  // Only failed polls wait for a time other than the rate; the views wait for the same.
  const waits = async () => [...new Set((await inside(lab.page)).waits.filter(wait => wait !== POLL_MS))];
  await until('four failures', async () => (await waits()).length >= 4, { within: 30_000 });
  const spread = 0.8 + 0.4 * LOT;
  assert.deepEqual((await waits()).slice(0, 4), [1, 2, 4, 8].map(times => POLL_MS * times * spread));
  await lab.panel.locator('.sparkMonitor-Stale').first().waitFor();
  assert.ok((await lab.recent.count()) > 0, 'the last good data stays');

  await lab.page.unroute(snapshot);
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  await lab.panel.locator('.sparkMonitor-Stale').first().waitFor({ state: 'detached' });
  wire.clear();
  await forget(lab.page);
  await until('polls at the old rate', () => wire.of('stages', 'answered').length >= 3);
  assert.deepEqual(await waits(), []);
});

test('the first view that succeeds again wakes those that back off', async () => {
  const [views, chip] = [/spark-monitor\/snapshot/, /panel\/chip/];
  const broken = (/** @type {import('playwright-core').Route} */ route) =>
    route.fulfill({ status: 503, contentType: 'text/html', body: 'Starting' });
  await lab.page.route(views, broken);
  await forget(lab.page);
  const longWaits = async () => (await inside(lab.page)).waits.filter(wait => wait > 10 * POLL_MS).length;
  await until('all to wait long', async () => (await longWaits()) >= VIEWS.length, { within: 60_000 });
  const failed = lab.page.waitForResponse(response => chip.test(response.url()) && response.status() === 503);
  await lab.page.route(chip, broken, { times: 1 });
  await failed;
  wire.clear();
  await lab.page.unroute(views);
  const answered = (/** @type {string} */ view) => wire.of(view, 'answered').length;
  await until('all views', () => VIEWS.every(view => answered(view) > 0));
  assert.ok(answered('panel/chip') <= 3, `the chip had asked ${answered('panel/chip')} times before the last`);
});

/** Holds back the requests of routes until the returned function is called. @param {RegExp} routes */
async function hold(routes) {
  const pattern = new RegExp(`/spark-monitor/(${routes.source})`);
  /** @type {() => void} */
  let open = () => {};
  const gate = new Promise(resolve => (open = () => resolve(undefined)));
  await lab.page.route(pattern, async held => {
    await gate;
    // It may have been aborted in the meantime.
    await held.continue().catch(() => {});
  });
  return async () => {
    open();
    await lab.page.unroute(pattern);
  };
}

/** What changes in the panel during `act`, except age and history. @param {() => Promise<void>} act */
async function changesWhile(act) {
  const observed = await lab.panel.evaluateHandle(panel => {
    /** @type {string[]} */
    const changes = [];
    const observer = new MutationObserver(records => {
      for (const { target, type } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        if (!element?.closest('[role="timer"], .sparkMonitor-History')) {
          changes.push(`${type} of ${element?.outerHTML.slice(0, 120)}`);
        }
      }
    });
    observer.observe(panel, { subtree: true, childList: true, attributes: true, characterData: true });
    return { changes, observer };
  });
  await act();
  return observed.evaluate(({ changes, observer }) => {
    observer.disconnect();
    return changes;
  });
}
