// What Jupyter expects of a request from its own page, and a neighbour's page on the same hub cannot know.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { until } from './lib/until.mjs';

const PASSWORD = 'open sesame';
const VIEWS = ['snapshot', 'panel/chip'];

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** Request headers, by route of the sidecar or Jupyter's `api`. @type {Map<string, Record<string, string>[]>} */
const asked = new Map();

before(async () => {
  jupyter = await Lab.start({ baseUrl: '/user/ann/', password: PASSWORD, env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  browser = await launch();
  lab = await LabPage.create(browser);
  lab.page.on('request', request => {
    const route = /\/user\/ann\/(?:berdl\/api\/spark-monitor\/([^?]*)|api\/)/.exec(request.url());
    if (route && request.resourceType() === 'fetch') {
      const name = route[1] ?? 'api';
      asked.set(name, [...(asked.get(name) ?? []), request.headers()]);
    }
  });
  // Another server's cookie on the same host, which the page cannot see.
  const other = { name: '_xsrf', value: 'of-eve', domain: '127.0.0.1', path: '/user/eve/' };
  await lab.page.context().addCookies([other]);
  await lab.signIn(`${jupyter.url}lab`, PASSWORD);
  await lab.openPanel();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('every request to the sidecar carries the XSRF cookie of its path in a header, as JupyterLab\'s own do', async () => {
  await lab.openReport();
  const all = [...VIEWS, 'healthz', 'doctor', 'api'];
  await until('every route', () => all.every(route => asked.has(route)));
  const cookies = await lab.page.context().cookies(jupyter.url);
  const [cookie] = cookies.filter(({ name, path }) => name === '_xsrf' && path === '/user/ann/');
  assert.ok(cookie, `no cookie of this path: ${JSON.stringify(cookies.map(({ name, path }) => [name, path]))}`);
  for (const [route, requests] of asked) {
    for (const headers of requests) {
      assert.equal(headers['x-xsrftoken'], cookie.value, route);
    }
  }
});

test('the value is read for each request, for Jupyter may set another', async () => {
  await lab.page.evaluate(() => {
    document.cookie = '_xsrf=another; path=/user/ann/';
  });
  asked.clear();
  await until('polls', () => VIEWS.every(view => asked.has(view)));
  assert.deepEqual(VIEWS.map(view => asked.get(view)?.at(-1)?.['x-xsrftoken']), VIEWS.map(() => 'another'));
});
