// Integration into JupyterLab: commands, shortcut, badge, settings applied live, the layout after a reload.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { SettingsEditor } from './lib/settings-editor.mjs';
import { until } from './lib/until.mjs';

const OPEN = 'berdl-spark-monitor:open';
const NAMES = ['refresh', 'pause', 'open-usage', 'open-charts', 'open-my-queries', 'open-application', 'open-report', 'copy-report'];
const COMMANDS = [OPEN, ...NAMES.map(name => `berdl-spark-monitor:${name}`)];
/** As saved when the connection report was still a section of the panel. */
const OLD_SETTINGS = { openSections: { report: true, executors: false } };
const SHORTCUT = 'Control+Shift+Y';
/** The executors' rate while nothing is running, as set in these tests; milliseconds. */
const SIDECAR_MS = 1500;

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** @type {SettingsEditor} */
let settings;

before(async () => {
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  const folder = path.join(jupyter.folder, 'settings/berdl-spark-monitor');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'plugin.jupyterlab-settings'), JSON.stringify(OLD_SETTINGS));
  browser = await launch();
  lab = await LabPage.create(browser, CLIPBOARD);
  settings = new SettingsEditor(lab);
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.untilChip('Spark: Ready (1/1)');
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('all commands are in the palette and in the View menu', async () => {
  await lab.search('spark', async () => {
    for (const command of COMMANDS) {
      await lab.palette.locator(`[data-command="${command}"]`).waitFor({ timeout: 2_000 });
    }
  });
  await lab.page.keyboard.press('Escape');
  await lab.page.getByRole('menuitem', { name: 'View', exact: true }).click();
  for (const command of COMMANDS) {
    await lab.page.locator(`.lm-Menu [data-command="${command}"]`).waitFor();
  }
  await lab.page.keyboard.press('Escape');
});

test('the shortcut is nobody else’s, opens the panel and hides it', async () => {
  const owners = await lab.page.evaluate(() => {
    const { keyBindings } = /** @type {any} */ (window).jupyterapp.commands;
    const ours = keyBindings.filter((/** @type {any} */ binding) => binding.keys[0] === 'Ctrl Shift Y');
    return ours.map((/** @type {any} */ binding) => binding.command);
  });
  assert.deepEqual(owners, [OPEN]);
  await lab.page.keyboard.press(SHORTCUT);
  await lab.panel.waitFor();
  await lab.page.keyboard.press(SHORTCUT);
  await lab.panel.waitFor({ state: 'hidden' });
  await lab.page.keyboard.press(SHORTCUT);
  await lab.panel.waitFor();
});

test('settings that name a section of an older version hold', async () => {
  await lab.panel.getByRole('button', { name: /^Executors/, expanded: false }).waitFor();
  await lab.panel.getByRole('button', { name: /^Recent queries/, expanded: true }).waitFor();
});

test('the panel’s tab has a badge that says the cluster’s state in a colour, a shape and words', async () => {
  await until('the badge', async () => /\bsparkMonitor-mod-good\b/.test((await lab.tab.getAttribute('class')) ?? ''));
  assert.equal(await lab.tab.getAttribute('title'), 'Spark Monitor (Spark: Ready (1/1))');
});

test('paused by its command, nothing is asked, and refreshing asks once', async () => {
  await lab.panel.getByText('Executors', { exact: true }).waitFor();
  await lab.execute('berdl-spark-monitor:pause');
  await lab.panel.getByRole('button', { name: 'Resume updates' }).waitFor();
  assert.equal(await isToggled('berdl-spark-monitor:pause'), true);
  // Requests in flight have ended.
  await lab.page.waitForTimeout(500);
  lab.requests.clear();
  await lab.page.waitForTimeout(2 * SIDECAR_MS);
  assert.deepEqual(lab.requests.routes(), ['panel/chip']);
  lab.requests.clear();
  await lab.execute('berdl-spark-monitor:refresh');
  await until('everything to be asked', () => lab.requests.count('snapshot') > 0);
  assert.deepEqual(lab.requests.of('snapshot').map(({ views }) => views), [['cluster', 'executors', 'stages', 'queries', 'findings', 'history']]);
  await lab.execute('berdl-spark-monitor:pause');
  await lab.panel.getByRole('button', { name: 'Pause updates' }).waitFor();
});

test('the connection report is made and copied by one command, whether its tab is open or not', async () => {
  for (const round of ['not open', 'open']) {
    await lab.page.evaluate(() => navigator.clipboard.writeText(''));
    lab.requests.clear();
    await lab.execute('berdl-spark-monitor:copy-report');
    await until('the copy', async () => (await lab.clipboard()) !== '');
    assert.match(await lab.clipboard(), /^Spark Monitor connection report, .*\nSidecar .*\n\[OK\] Browser, through Jupyter/);
    await lab.report.getByRole('status').getByText('Copied').waitFor();
    assert.equal(lab.requests.count('doctor'), 1, round);
  }
  await lab.closeReport();
});

test('the Settings editor shows every setting with what it means', async () => {
  await settings.open();
  for (const label of ['status bar', 'Sidebar', 'open at start', 'updates of queries', 'amber above', 'Ask kernels']) {
    await settings.form.getByText(label).first().waitFor();
  }
});

test('the chip goes and comes with its setting, and the badge stays', async () => {
  await settings.check("Show the cluster's state in the status bar", false);
  await lab.chip.waitFor({ state: 'detached' });
  assert.match((await lab.tab.getAttribute('class')) ?? '', /sparkMonitor-mod-good/);
  await settings.check("Show the cluster's state in the status bar", true);
  await lab.untilChip('Spark: Ready (1/1)');
});

test('a section folds with its setting, and unfolds', async () => {
  const cluster = lab.panel.getByRole('button', { name: /^Cluster/ });
  assert.equal(await cluster.getAttribute('aria-expanded'), 'false', 'it is one line at first');
  await settings.check('Cluster', true);
  await until('the section to unfold', async () => (await cluster.getAttribute('aria-expanded')) === 'true');
  await settings.check('Cluster', false);
  await until('the section to fold', async () => (await cluster.getAttribute('aria-expanded')) === 'false');
});

test('the colours begin where a person wants them', async () => {
  await lab.unfold('Cluster');
  const memory = lab.panel.getByRole('meter', { name: 'Memory' });
  const level = async () => (await memory.getAttribute('aria-valuetext'))?.split(', ').at(-1);
  const before = await level();
  await settings.fill('red above', '1');
  await until('very high', async () => (await level()) === 'very high');
  await settings.fill('red above', '90');
  await until('what it was', async () => (await level()) === before);
});

test('a person may ask less often, and more often again', async () => {
  const asked = () => lab.requests.of('executors').length;
  await settings.fill('updates of queries', '60');
  // The setting arrives a moment later.
  await lab.page.waitForTimeout(4_000);
  lab.requests.clear();
  // At its own rate the panel asks five times in this while.
  await lab.page.waitForTimeout(8_000);
  assert.ok(asked() <= 1, `${asked()} requests`);
  await settings.fill('updates of queries', '1');
  await until('three requests', () => asked() >= 3, { within: 20_000 });
  await settings.fill('updates of queries', '0');
});

test('the panel moves to the other side, is there after a reload, and moves back', async () => {
  await settings.choose('Sidebar', 'Right');
  await lab.page.locator('#jp-right-stack').locator(lab.panel).waitFor();
  // The layout is saved a moment after it has changed.
  await lab.page.waitForTimeout(2_000);
  await lab.page.reload();
  await lab.ready();
  await lab.page.locator('#jp-right-stack').locator(lab.panel).waitFor();
  await lab.panel.getByText('Executors', { exact: true }).waitFor();
  await settings.open();
  await settings.choose('Sidebar', 'Left');
  await lab.page.locator('#jp-left-stack').locator(lab.panel).waitFor();
});

test('what JupyterLab’s own Switch Sidebar Side says holds, whatever the setting', async () => {
  const switchSide = async () => {
    await lab.tab.click({ button: 'right' });
    await lab.page.getByRole('menuitem', { name: 'Switch Sidebar Side' }).click();
  };
  const onTheRight = () => lab.page.locator('#jp-right-stack').locator(lab.panel).waitFor({ state: 'attached' });
  await switchSide();
  await onTheRight();
  await settings.open();
  await settings.choose('Sidebar', 'Right');
  await settings.choose('Sidebar', 'Left');
  await lab.page.waitForTimeout(2_000);
  await onTheRight();
  await lab.page.reload();
  await lab.ready();
  await lab.untilChip('Spark: Ready (1/1)');
  await onTheRight();
  await switchSide();
  await lab.page.locator('#jp-left-stack').locator(lab.panel).waitFor({ state: 'attached' });
});

/** @param {string} command */
function isToggled(command) {
  return lab.page.evaluate(command => /** @type {any} */ (window).jupyterapp.commands.isToggled(command), command);
}
