// `cargo xtask verify pictures`: the pictures of docs/settings.md, docs/accessibility.md and docs/tabs.md, with
// recorded data.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { SettingsEditor } from './lib/settings-editor.mjs';

const DOCS = path.resolve(import.meta.dirname, '../../docs');
/** Anything further down shows nothing new; pixels. */
const HIGHEST = 720;

/** @type {[string, import('playwright-core').BrowserContextOptions, Parameters<typeof Lab.start>[0]][]} */
const LOOKS = [
  ['german', { locale: 'de-DE' }, { locale: 'de_DE' }],
  ['high-contrast', {}, { theme: 'JupyterLab Dark High Contrast' }],
  ['system-colours', { forcedColors: 'active' }, {}]
];

const browser = await launch();
try {
  for (const [name, context, options] of LOOKS) {
    await inLab(context, options, async lab => {
      await lab.resizePanel(300);
      await take(lab, `at-home/${name}`, lab.panel);
    });
  }
  for (const [name, locale] of /** @type {const} */ ([['settings', 'en'], ['settings-german', 'de_DE']])) {
    await inLab({}, { locale }, async lab => {
      const settings = new SettingsEditor(lab);
      await settings.open(locale === 'en' ? 'Spark Monitor' : 'Spark-Monitor');
      await take(lab, `at-home/${name}`, lab.page.locator('.jp-SettingsPanel'));
    });
  }
  for (const [name, theme] of /** @type {const} */ ([['light', 'JupyterLab Light'], ['dark', 'JupyterLab Dark']])) {
    await inLab({ viewport: { width: 1100, height: 800 } }, { theme }, async lab => {
      await lab.openReport();
      await take(lab, `tabs/connection-report-${name}`, lab.report.locator('.sparkMonitor-Report'));
    });
  }
} finally {
  await browser.close();
}

/**
 * @param {import('playwright-core').BrowserContextOptions} context
 * @param {Parameters<typeof Lab.start>[0]} options
 * @param {(lab: LabPage) => Promise<void>} act
 */
async function inLab(context, options, act) {
  const jupyter = await Lab.start({ ...options, env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  try {
    const lab = await LabPage.create(browser, { viewport: { width: 1000, height: 1000 }, ...context });
    await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
    await lab.chip.waitFor();
    await lab.openPanel();
    await lab.recent.first().waitFor();
    await act(lab);
    await lab.close();
  } finally {
    await jupyter.stop();
  }
}

/** @param {LabPage} lab @param {string} name @param {import('playwright-core').Locator} part */
async function take(lab, name, part) {
  await lab.page.mouse.move(990, 500);
  const { x, y, width, height } = (await part.boundingBox()) ?? { x: 0, y: 0, width: 1, height: 1 };
  const clip = { x, y, width, height: Math.min(height, HIGHEST) };
  const file = path.join(DOCS, `${name}.png`);
  await mkdir(path.dirname(file), { recursive: true });
  await lab.page.screenshot({ path: file, clip, animations: 'disabled' });
}
