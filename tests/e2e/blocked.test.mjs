// Sites with their own Content-Security-Policy, or without the WebAssembly: the panel says so, and JupyterLab works.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { showPanel } from './lib/panel-words.mjs';
import { until } from './lib/until.mjs';

/** What JupyterLab itself needs. 'unsafe-eval' allows WebAssembly too. */
const NEEDED_BY_JUPYTERLAB = "script-src 'self' 'unsafe-inline' 'unsafe-eval'";
const WITHOUT_WEBASSEMBLY = "script-src 'self' 'unsafe-inline'";
const WASM = '**/*.wasm*';

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const settings = { headers: { 'Content-Security-Policy': `${NEEDED_BY_JUPYTERLAB}; frame-ancestors 'self'` } };
  jupyter = await Lab.start({
    env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' },
    args: [`--ServerApp.tornado_settings=${JSON.stringify(settings)}`]
  });
  await jupyter.write('sum.ipynb', ['1 + 1']);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('the policy that JupyterLab needs is enough', async () => {
  const lab = await LabPage.create(browser);
  const page = await lab.page.goto(address());
  assert.match((await page?.headerValue('content-security-policy')) ?? '', /^script-src (?!.*wasm)/);
  await lab.ready();
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.openPanel();
  await lab.recent.first().waitFor();
  await lab.close();
});

test('where a policy forbids WebAssembly the panel says what it must allow', async () => {
  const lab = await LabPage.create(browser);
  // JupyterLab does not start under this policy, so it is added after JupyterLab's start and before the WebAssembly.
  /** @type {() => void} */
  let open = () => {};
  const gate = new Promise(resolve => (open = () => resolve(undefined)));
  await lab.page.route(WASM, async held => {
    await gate;
    await held.continue();
  });
  await lab.open(address());
  await lab.page.locator('.jp-Launcher').waitFor();
  await lab.toggleByPalette();
  await lab.page.evaluate(policy => {
    const meta = document.createElement('meta');
    meta.httpEquiv = 'Content-Security-Policy';
    meta.content = policy;
    document.head.append(meta);
  }, WITHOUT_WEBASSEMBLY);
  open();
  const text = await alertOf(lab);
  assert.match(text, /its script-src must allow 'wasm-unsafe-eval'/);
  // The browser's own message.
  assert.match(text, /CompileError: .*Content Security Policy/i);
  await lab.picture('blocked-by-policy');
  await isStillJupyterLab(lab);
  await lab.close();
});

test('where the WebAssembly is not there the panel says so, and a notebook runs', async () => {
  const lab = await LabPage.create(browser);
  await lab.page.route(WASM, route => route.fulfill({ status: 404, contentType: 'text/html', body: 'Not Found' }));
  await lab.open(address('/tree/sum.ipynb'));
  await lab.kernelIdle();
  // A notebook that has just been opened may miss the first key.
  await until('the cell to run', async () => {
    await lab.startCell(0);
    return lab.cellDone(0, 2_000).then(() => true, () => false);
  }, { within: 40_000 });
  assert.match((await lab.codeCells.locator('.jp-OutputArea-output').first().textContent()) ?? '', /^2/);
  // The restored layout may have the panel open.
  await showPanel(lab);
  assert.match(await alertOf(lab), /Spark Monitor could not be loaded\..*reload the page/);
  await isStillJupyterLab(lab);
  await lab.page.unroute(WASM);
  await lab.close();
});

test('WebAssembly that failed once is loaded by the next try, without a click', async () => {
  const lab = await LabPage.create(browser);
  await lab.page.route(WASM, route => route.fulfill({ status: 503, body: 'Starting' }), { times: 1 });
  await lab.open(address('/workspaces/once'));
  await lab.untilChip('Spark: Ready (1/1)', 30_000);
  await lab.close();
});

test('a click tries at once: the panel comes in place of its message, and the chip with it', async () => {
  const lab = await LabPage.create(browser);
  await lab.page.route(WASM, route => route.fulfill({ status: 503, body: 'Starting' }));
  await lab.open(address('/workspaces/click'));
  await showPanel(lab);
  await alertOf(lab);
  await lab.picture('not-loaded', lab.panel);
  assert.equal(await lab.chip.count(), 0);
  await lab.page.unroute(WASM);
  await lab.panel.getByRole('button', { name: 'Try again' }).click();
  await lab.recent.first().waitFor();
  assert.equal(await lab.panel.locator('.sparkMonitor-LoadError').count(), 0);
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.close();
});

/** @param {string} [place] */
function address(place = '') {
  return `${jupyter.url}lab${place}?token=${jupyter.token}`;
}

/** @param {LabPage} lab */
async function alertOf(lab) {
  const alert = lab.panel.getByRole('alert');
  await alert.waitFor();
  return (await alert.textContent()) ?? '';
}

/** Its menu works, the status bar has no chip, and nothing calls the sidecar. @param {LabPage} lab */
async function isStillJupyterLab(lab) {
  await lab.page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await lab.page.locator('.lm-Menu-itemLabel', { hasText: /^Spark Monitor$/ }).waitFor();
  await lab.page.keyboard.press('Escape');
  assert.equal(await lab.chip.count(), 0);
  assert.deepEqual(lab.requests.seen, []);
}
