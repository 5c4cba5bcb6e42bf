// The connection report: every hop with its verdict, and a copy of it that may be shown to anybody.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark } from './lib/large-spark.mjs';
import { Manager } from './lib/manager.mjs';
import { until } from './lib/until.mjs';

const SESSION = 'SESSION123TOKEN';
const USER = 'zebedee';
const HOPS = ['Browser, through Jupyter', 'Sidecar', 'Identity', 'Cluster manager', 'Spark Master', 'Spark driver'];

/** Auth2, which knows one session. */
const auth2 = createServer((request, response) => {
  const known = request.headers.authorization === SESSION;
  const body = known ? { user: USER } : { error: { httpcode: 401, appcode: 10020, message: '10020 Invalid token' } };
  response.writeHead(known ? 200 : 401, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});

/** @type {LargeSpark} */
let spark;
/** @type {Manager} */
let manager;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  spark = await LargeSpark.start({ executors: 2, ended: 1 });
  manager = await Manager.start();
  manager.says({ exists: true, ready: 1, wanted: 1 }, { exists: true, ready: 4, wanted: 4 });
  await once(auth2.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (auth2.address());
  jupyter = await Lab.start({
    baseUrl: `/user/${USER}/`,
    env: {
      ...FAST,
      SPARK_MASTER_UI_URL: spark.url,
      SPARK_CLUSTER_MANAGER_API_URL: manager.url,
      SPARK_MONITOR_IDENTITY: 'auth2',
      // The report must not come from a cache.
      SPARK_MONITOR_STATUS_LIFETIME_MS: '1',
      KBASE_AUTH_URL: `http://127.0.0.1:${port}/`
    }
  });
  browser = await launch();
  lab = await LabPage.create(browser, CLIPBOARD);
  await lab.page.context().addCookies([{ name: 'kbase_session', value: SESSION, url: jupyter.url }]);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  await lab.recent.first().waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  auth2.close();
  auth2.closeAllConnections();
  await manager?.stop();
  await spark?.stop();
});

test('while it is not open nobody is asked for it', () => {
  assert.equal(lab.requests.count('doctor'), 0);
  assert.equal(lab.requests.count('healthz'), 0);
});

test('open, it shows every hop with its verdict, its time and what was found', async () => {
  await lab.openReport();
  const seen = await all();
  assert.deepEqual(seen.map(({ name }) => name), HOPS);
  for (const { name, verdict, time, found } of seen) {
    assert.equal(verdict, 'OK', `${name}: ${verdict}`);
    // The sidecar's own line has no time, because nothing was called for it.
    assert.match(time, name === 'Sidecar' ? /^$/ : /^\d+m?s$/, name);
    assert.match(found, /\.$/, name);
  }
  await result('All well').waitFor();
  assert.deepEqual([lab.requests.count('healthz'), lab.requests.count('doctor')], [1, 1]);
  await lab.picture('report');
});

test('"Check again" finds a hop that has failed since, and says what to do about it', async () => {
  manager.fails();
  await button('Check again').click();
  await result('Degraded').waitFor();
  const failed = (await all()).filter(({ verdict }) => verdict !== 'OK');
  assert.deepEqual(failed.map(({ name, verdict }) => [name, verdict]), [['Cluster manager', 'Failed']]);
  assert.match((await lab.hops.nth(3).locator('.sparkMonitor-Hop-fix').textContent()) ?? '', /\w{3,}.*\.$/);
  await lab.picture('report-degraded');
});

test('"Copy report" copies all of it, and no token and no cookie', async () => {
  await button('Copy report').click();
  await result('Copied').waitFor();
  const text = await lab.clipboard();
  assert.match(text, /^Spark Monitor connection report, .*\nSidecar \d+\.\d+\.\d+, frontend \d+\.\d+\.\d+\n/);
  const lines = (await all()).map(({ name, verdict, time, found }) => `[${verdict}] ${name}${time ? ` (${time})` : ''}: ${found}`);
  for (const line of lines) {
    assert.ok(text.split('\n').includes(line), `“${line}” is not in:\n${text}`);
  }
  for (const secret of [SESSION, jupyter.token, 'kbase_session', '_xsrf', 'token=']) {
    assert.ok(!text.includes(secret), `“${secret}” is in:\n${text}`);
  }
});

test('it says what is remembered and where, and forgets it only after a question', async () => {
  const stored = lab.report.getByRole('region', { name: 'What is remembered' });
  assert.match(await stored.innerText(), /remembers usage[\s\S]*SPARK_MONITOR_HISTORY=off[\s\S]*history\.db \(/);
  await stored.scrollIntoViewIfNeeded();
  await stored.getByRole('button', { name: 'Forget it…' }).click();
  await stored.getByRole('alert').waitFor();
  await lab.picture('report-forget');
  const removals = () => lab.requests.seen.filter(({ route }) => route === 'history').length;
  await stored.getByRole('button', { name: 'Forget it…' }).click();
  await stored.getByRole('alert').waitFor({ state: 'detached' });
  assert.equal(removals(), 0);
  await stored.getByRole('button', { name: 'Forget it…' }).click();
  await stored.getByRole('button', { name: 'Forget it all' }).click();
  await stored.getByText('It is forgotten.').waitFor({ timeout: 40_000 });
  assert.equal(removals(), 1);
});

/** @param {string} name */
function button(name) {
  return lab.report.getByRole('button', { name });
}

/** What is read out. @param {string} words */
function result(words) {
  return lab.report.getByRole('status').getByText(words, { exact: true });
}

/** The words of each hop. */
async function all() {
  await until('the report to be complete', async () => (await lab.hops.count()) === HOPS.length);
  return lab.hops.evaluateAll(hops =>
    hops.map(hop => {
      const text = (/** @type {string} */ part) => hop.querySelector(part)?.textContent ?? '';
      return {
        name: text('.sparkMonitor-Hop-name'),
        verdict: text('.sparkMonitor-Hop-verdict'),
        time: text('.sparkMonitor-Stage-elapsed'),
        found: text('p:not(.sparkMonitor-Hop-fix)')
      };
    })
  );
}
