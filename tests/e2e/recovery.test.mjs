// Signed out of Jupyter, and a sidecar that dies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { until } from './lib/until.mjs';

const PASSWORD = 'open sesame';

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start({ password: PASSWORD, env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  browser = await launch();
  lab = await LabPage.create(browser);
  await lab.signIn(`${jupyter.url}lab`, PASSWORD);
  await lab.untilChip('Spark: Ready (1/1)');
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('a sidecar killed with -9 is back on the next poll', async () => {
  const [old] = jupyter.sidecars();
  assert.ok(old, 'no sidecar runs');
  process.kill(old, 'SIGKILL');
  lab.requests.clear();
  const [fresh] = await until('another sidecar', () => {
    const now = jupyter.sidecars();
    return now.length === 1 && now[0] !== old && now;
  });
  assert.notEqual(fresh, old);
  const answer = await lab.page.waitForResponse(response => response.url().endsWith('/panel/chip'));
  assert.ok([200, 304].includes(answer.status()), `the next poll is answered ${answer.status()}`);
  assert.equal(await lab.chipText(), 'Spark: Ready (1/1)');
});

test('signed out with the panel open: the last data stays, and the panel says why it is old', async () => {
  await lab.openPanel();
  await lab.panel.getByText('Executors').first().waitFor();
  await lab.page.context().clearCookies();
  const stale = lab.panel.locator('.sparkMonitor-Stale').first();
  await stale.waitFor();
  assert.match((await stale.textContent()) ?? '', /signed out of Jupyter/);
  assert.ok(await lab.panel.getByText('Executors').first().isVisible());
  await lab.picture('panel-signed-out-old-data', lab.panel);
  await lab.untilChip('Spark', 20_000);
});

test('signed out before the panel was ever opened: the panel says so', async () => {
  const other = await LabPage.create(browser);
  await other.signIn(`${jupyter.url}lab/workspaces/other`, PASSWORD);
  await other.untilChip('Spark: Ready (1/1)');
  await other.page.context().clearCookies();
  await other.openPanel();
  const said = other.panel.getByRole('alert').getByText('You are signed out of Jupyter');
  // Each view learns it from its own answer; once all have, it is said once.
  await until('one alert', async () => (await said.count()) === 1);
  await other.picture('panel-signed-out', other.panel);
  await other.close();
});
