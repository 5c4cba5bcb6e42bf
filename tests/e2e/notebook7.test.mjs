// Notebook 7: the parts of Spark Monitor that its shell has a place for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { SettingsEditor } from './lib/settings-editor.mjs';
import { until } from './lib/until.mjs';

const SHORTCUT = 'Control+Shift+Y';
/** The pages of a notebook and of the files, and what each shows once it is loaded. */
const PAGES = [['notebooks/one.ipynb', '.jp-Notebook'], ['tree', '.jp-FileBrowser']];

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start({ app: 'notebook', env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  await jupyter.write('one.ipynb', ['1 + 1']);
  browser = await launch();
  lab = await LabPage.create(browser);
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

for (const [page = '', part = ''] of PAGES) {
  test(`the panel opens by its shortcut on ${page}, and has its commands in the View menu`, async () => {
    await visit(page, part);
    await openByShortcut();
    await lab.recent.first().waitFor();
    await lab.page.keyboard.press(SHORTCUT);
    await lab.panel.waitFor({ state: 'hidden' });
    await lab.page.getByRole('menuitem', { name: 'View', exact: true }).click();
    await until('all commands', async () => (await lab.page.locator('.lm-Menu [data-command^="berdl-"]').count()) === 11);
    await lab.page.keyboard.press('Escape');
    assert.equal(await lab.chip.count(), 0, 'there is no status bar');
  });
}

test('the connection report opens below the notebook, and closes', async () => {
  await visit('notebooks/one.ipynb', '.jp-Notebook');
  await lab.openReport();
  await until('every hop', async () => (await lab.hops.count()) === 6);
  await lab.picture('notebook7-report');
  await lab.execute('berdl-spark-monitor:open-report');
  assert.equal(await lab.report.count(), 1);
  assert.ok(((await lab.report.boundingBox())?.height ?? 0) >= 200);
  await lab.page.locator('.lm-TabBar-tab', { hasText: 'Connection report' }).locator('.lm-TabBar-tabCloseIcon').click();
  await lab.report.waitFor({ state: 'detached' });
});

test('after a reload the panel is closed, because this shell restores no layout', async () => {
  await visit('tree', '.jp-FileBrowser');
  await openByShortcut();
  await visit('tree', '.jp-FileBrowser');
  await openByShortcut();
});

test('a setting holds at once on the page of the editor, and on others when they are loaded', async () => {
  const settings = new SettingsEditor(lab);
  await visit('tree', '.jp-FileBrowser');
  await openByShortcut();
  await lab.unfold('Cluster');
  assert.equal(await memoryIsRed(), false);
  await settings.open();
  await settings.fill('red above', '1');
  await until('memory in red', memoryIsRed);
  await visit('notebooks/one.ipynb', '.jp-Notebook');
  await openByShortcut();
  await lab.unfold('Cluster');
  await until('memory in red here too', memoryIsRed);
});

/** @param {string} page @param {string} part */
async function visit(page, part) {
  await lab.page.goto(`${jupyter.url}${page}?token=${jupyter.token}`);
  await lab.page.locator(part).first().waitFor({ timeout: 40_000 });
  await lab.panel.waitFor({ state: 'attached' });
  assert.equal(await lab.panel.isVisible(), false);
}

async function memoryIsRed() {
  return ((await lab.panel.textContent()) ?? '').includes('very high');
}

/** The shortcut hides an open panel, but a page that is still loading ignores it. */
async function openByShortcut() {
  await until('the panel', async () => {
    await lab.page.keyboard.press(SHORTCUT);
    return lab.panel.waitFor({ timeout: 2_000 }).then(() => true, () => false);
  });
}
