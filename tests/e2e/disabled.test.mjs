// If the extension is installed but not enabled, nobody notices it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { Lab } from './lib/lab.mjs';

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start();
  browser = await launch();
  lab = await LabPage.create(browser);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  // The launcher appears after all plugins are active.
  await lab.page.locator('.jp-Launcher').waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('there is no chip and no panel', async () => {
  assert.equal(await lab.chip.count(), 0);
  assert.equal(await lab.panel.count(), 0);
  await lab.picture('disabled');
});

test('the command is not in the palette', async () => {
  await lab.search('Spark Monitor', async () => {
    await lab.palette.getByText('No commands found').waitFor({ timeout: 2_000 });
  });
  await lab.page.keyboard.press('Escape');
});

test('a notebook’s toolbar has no button of it', async () => {
  await jupyter.write('empty.ipynb', ['1']);
  await lab.execute('docmanager:open', { path: 'empty.ipynb' });
  await lab.page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="save"]').waitFor();
  assert.equal(await lab.page.locator('[data-jp-item-name="spark-export"]').count(), 0);
});

test('the Settings editor has nothing of it, and the shortcut is free', async () => {
  await lab.page.evaluate(() =>
    /** @type {any} */ (window).jupyterapp.commands.execute('settingeditor:open', { query: 'Spark Monitor' })
  );
  await lab.page.getByText('No items match your search').waitFor();
  await lab.page.keyboard.press('Control+Shift+Y');
  assert.equal(await lab.panel.count(), 0);
});

test('nothing is asked, no process runs, and the console has nothing of ours', () => {
  assert.deepEqual(lab.requests.seen, []);
  assert.deepEqual(jupyter.sidecars(), []);
  assert.deepEqual(lab.console.filter(line => /berdl|spark/i.test(line)), []);
});

test('the route is not there', async () => {
  const answer = await fetch(`${jupyter.url}berdl/api/spark-monitor/panel/chip?token=${jupyter.token}`);
  assert.equal(answer.status, 404);
});

test('the server says so in one line, and warns of nothing', () => {
  const lines = jupyter.group.log.split('\n').filter(line => /berdl|spark[_ -]?monitor/i.test(line));
  // Jupyter Server mentions every extension, and the test's own request.
  const spoken = lines.filter(line => !/Extension package|extension was successfully (linked|loaded)|404 GET/.test(line));
  assert.equal(spoken.length, 1, spoken.join('\n'));
  assert.match(spoken[0] ?? '', /^\[I /);
});
