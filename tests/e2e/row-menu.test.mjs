// The context menus of the panel's rows, by mouse and by keyboard, with recorded data.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { until } from './lib/until.mjs';

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  browser = await launch();
  lab = await LabPage.create(browser, { ...CLIPBOARD, viewport: { width: 1280, height: 1400 } });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.openPanel();
  await lab.recent.first().waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('a query offers its details and what can be copied, and the SQL only if there is some', async () => {
  const failed = row('.sparkMonitor-Recent > li', 'select sum');
  // The chip, which opened the panel, led to the query that failed.
  await failed.locator('button[aria-expanded="true"]').waitFor();
  await failed.locator('button[aria-expanded]').click({ button: 'right' });
  assert.deepEqual(await entries(), ['Open Query', 'Compare Query', 'Hide Details', 'Copy Name', 'Copy SQL']);
  await lab.picture('row-menu');
  await choose('Hide Details');
  await failed.locator('button[aria-expanded="false"]').waitFor();
  const unnamed = lab.panel.locator('li[data-menu]:not([data-menu~="copy-sql"])').first();
  await unnamed.locator('button[aria-expanded]').click({ button: 'right' });
  assert.deepEqual(await entries(), ['Open Query', 'Compare Query', 'Show Details', 'Copy Name']);
  await choose('Show Details');
  await unnamed.locator('button[aria-expanded="true"]').waitFor();
});

test('the SQL is copied as it was written, and that is said', async () => {
  const failed = row('.sparkMonitor-Recent > li', 'select sum');
  await failed.locator('button[aria-expanded]').click({ button: 'right' });
  await choose('Copy SQL');
  await lab.panel.getByRole('status').getByText('Copied').waitFor();
  assert.match(await lab.clipboard(), /^select sum/);
});

test('Shift+F10 and the menu key open it on the row with the focus, and the arrow keys walk the executors', async () => {
  const executors = lab.panel.locator('tr[data-row]');
  const focused = () => lab.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.dataset['row']);
  // The menu of the test before gives the focus back when it has closed, which may be now.
  await until('the second executor to have the focus', async () => {
    await executors.first().focus();
    await lab.page.keyboard.press('ArrowDown');
    return (await focused()) === (await executors.nth(1).getAttribute('data-row'));
  });
  for (const key of ['Shift+F10', 'ContextMenu']) {
    await lab.page.keyboard.press(key);
    assert.deepEqual(await entries(), ['Copy Executor'], key);
    await takesKeys();
    await lab.page.keyboard.press('Escape');
    await until('the menu to close', async () => (await menu().count()) === 0);
    const row = await executors.nth(1).getAttribute('data-row');
    await until('the focus to return', async () => (await focused()) === row);
  }
  await lab.page.keyboard.press('ArrowUp');
  await lab.page.keyboard.press('Shift+F10');
  await menu().waitFor();
  await takesKeys();
  await lab.page.keyboard.press('ArrowDown');
  await lab.page.keyboard.press('Enter');
  await until('the executor', async () => /Tasks: \d+\/\d+\nHeap: /.test(await lab.clipboard()));
});

test('the application offers its id and the address of its driver', async () => {
  const app = lab.panel.locator('[data-row="app"]');
  await app.focus();
  await lab.page.keyboard.press('Shift+F10');
  assert.deepEqual(await entries(), ['Copy Application ID', 'Copy Driver Address']);
  await choose('Copy Application ID');
  await until('the id', async () => /^(app|local)-\d+/.test(await lab.clipboard()));
  await app.click({ button: 'right' });
  await choose('Copy Driver Address');
  await until('the address', async () => /^[^\s/]+:\d+$/.test(await lab.clipboard()));
});

test('elsewhere in the panel there is none of it, and axe finds nothing', async () => {
  await lab.panel.getByRole('heading', { name: 'Spark Monitor' }).click({ button: 'right' });
  assert.equal(await lab.page.locator('.lm-Menu [data-command^="berdl-spark-monitor:row-"]').count(), 0);
  await lab.page.keyboard.press('Escape');
  assert.deepEqual((await check(lab)).findings, []);
});

/** @param {string} selector @param {string} text */
function row(selector, text) {
  return lab.panel.locator(selector, { hasText: text }).first();
}

function menu() {
  return lab.page.locator('.lm-Menu');
}

/** Waits for the menu to take the keys, which is a little later than it is there. */
async function takesKeys() {
  await until('the menu to have the focus', () => menu().evaluate(node => node.contains(document.activeElement)));
}

/** The labels of our entries in the open menu. */
async function entries() {
  await menu().waitFor();
  return menu().locator('[data-command^="berdl-spark-monitor:row-"] .lm-Menu-itemLabel').allTextContents();
}

/** @param {string} label */
async function choose(label) {
  await menu().getByRole('menuitem', { name: label }).click();
  await until('the menu to close', async () => (await menu().count()) === 0);
}
