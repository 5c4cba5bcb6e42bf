// A sidecar that does not answer, and a server that a hub has stopped: nothing stays green.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { until } from './lib/until.mjs';
import { Wire } from './lib/wire.mjs';

const PASSWORD = 'open sesame';
const READY = 'Spark: Ready (1/1)';
const VIEWS = ['cluster', 'executors', 'stages', 'queries', 'findings', 'history'];
/** Two polls that time out after 15 s each, and the waits for them; milliseconds. */
const TWO_POLLS_MS = 60_000;

/** @type {Lab | null} */
let jupyter;
/** @type {import('node:http').Server | null} */
let hub = null;
/** @type {number | null} */
let frozen = null;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {Wire} */
let wire;

before(async () => {
  jupyter = await Lab.start({ baseUrl: '/user/ann/', password: PASSWORD, env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  browser = await launch();
  lab = await LabPage.create(browser);
  wire = await Wire.listen(lab.page);
  await lab.signIn(`${jupyter.url}lab`, PASSWORD);
  await lab.untilChip(READY);
  await lab.openPanel();
  await lab.recent.first().waitFor();
});

after(async () => {
  thaw();
  await browser?.close();
  await jupyter?.stop();
  hub?.close();
  hub?.closeAllConnections();
});

test('while the sidecar is frozen the chip does not stay green', async () => {
  const [sidecar] = jupyter?.sidecars() ?? [];
  assert.ok(sidecar, 'no sidecar runs');
  frozen = sidecar;
  process.kill(sidecar, 'SIGSTOP');
  await lab.untilChip('Spark', TWO_POLLS_MS);
  const tip = await tooltip();
  assert.match(tip, /No answer came in time\./);
  const [, observed] = /As of (.*)\./.exec(tip) ?? [];
  assert.ok(observed && tip.includes(`Not updated since ${observed}.`), `not since the last data: ${tip}`);
  await lab.picture('frozen-chip', lab.chip);
  const stale = lab.panel.locator('.sparkMonitor-Stale').first();
  await stale.waitFor();
  assert.match((await stale.textContent()) ?? '', /^\s*Not updated since .*No answer came in time\./);
  assert.ok(await lab.panel.getByText('Executors').first().isVisible(), 'the last data stays');
  await lab.picture('frozen-panel', lab.panel);
});

test('Refresh replaces a request that hangs', async () => {
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  await until('requests that hang', () => VIEWS.every(view => wire.of(view, 'flying').length === 1));
  wire.clear();
  await lab.page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 5_001;
  });
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  await until('other requests in their place', () =>
    VIEWS.every(view => wire.of(view, 'flying').length === 1 && wire.exchanges.size >= 2)
  );
});

test('once the sidecar goes on, so do chip and panel', async () => {
  thaw();
  await lab.untilChip(READY, 30_000);
  await lab.panel.locator('.sparkMonitor-Stale').first().waitFor({ state: 'detached' });
});

test('a server that a hub has stopped is told as that or signed out, for nobody can tell them apart', async () => {
  assert.ok(jupyter);
  const { port } = new URL(jupyter.url);
  await jupyter.stop();
  jupyter = null;
  // In place of a stopped server, JupyterHub's proxy leads to the hub, which redirects to its own page.
  hub = createServer((request, response) => {
    const stopped = request.url?.startsWith('/hub/');
    response.writeHead(stopped ? 424 : 302, stopped ? {} : { Location: `/hub${request.url}` }).end();
  });
  hub.listen(Number(port), '127.0.0.1');
  await once(hub, 'listening');
  await lab.panel.getByRole('button', { name: 'Refresh' }).click();
  const both = /You are signed out of Jupyter, or your Jupyter server has stopped\./;
  await until('the panel to say so', async () => both.test((await lab.panel.textContent()) ?? ''));
  await lab.picture('stopped-panel', lab.panel);
  await lab.untilChip('Spark', 20_000);
  assert.match(await tooltip(), both);
});

function thaw() {
  // It may have ended with its Jupyter.
  if (frozen !== null && jupyter?.sidecars().includes(frozen)) {
    process.kill(frozen, 'SIGCONT');
  }
  frozen = null;
}

async function tooltip() {
  return (await lab.chip.getAttribute('title')) ?? '';
}
