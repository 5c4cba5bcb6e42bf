// Pictures of the panel alone, in both of JupyterLab's themes.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { untilPanelSays } from './panel-words.mjs';
import { until } from './until.mjs';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

const THEMES = /** @type {const} */ ([
  ['light', 'JupyterLab Light'],
  ['dark', 'JupyterLab Dark']
]);
/** Pixels. */
const WIDTH = 300;
/** What is further down says nothing about the state; pixels. */
const HIGHEST = 560;
/** Below the last line; pixels. */
const MARGIN = 8;

/**
 * Waits for the telling words in the panel and takes its picture, in each theme: `NAME-light.png`, `NAME-dark.png`.
 *
 * @param {LabPage} lab
 * @param {string} folder
 * @param {import('../states/site.mjs').State} state
 */
export async function pictures(lab, folder, { name, telling, themed = (_, change) => change() }) {
  await mkdir(folder, { recursive: true });
  await lab.resizePanel(WIDTH);
  for (const [suffix, theme] of THEMES) {
    await themed(lab, () => changeTheme(lab, theme));
    await untilPanelSays(lab, telling);
    await lab.page.mouse.move(700, 300);
    const clip = await lab.panel.evaluate(clipOf, { highest: HIGHEST, margin: MARGIN });
    await lab.page.screenshot({ path: path.join(folder, `${name}-${suffix}.png`), clip, animations: 'disabled' });
  }
}

/** @param {LabPage} lab @param {string} theme */
async function changeTheme(lab, theme) {
  await lab.page.evaluate(
    theme => /** @type {any} */ (window).jupyterapp.commands.execute('apputils:change-theme', { theme }),
    theme
  );
  const themed = lab.page.locator(`body[data-jp-theme-name="${theme}"]`);
  await until(`the theme ${theme}`, async () => (await themed.count()) === 1);
  // The stylesheet has come, but the colours change a moment later.
  await lab.page.waitForTimeout(300);
}

/**
 * The panel down to its last line. Runs in the page.
 *
 * @param {Element} panel
 * @param {{highest: number, margin: number}} limits
 */
function clipOf(panel, { highest, margin }) {
  const { x, y, width, height } = panel.getBoundingClientRect();
  const lines = [...panel.querySelectorAll('*')].map(part => part.getBoundingClientRect().bottom - y + margin);
  return { x, y, width, height: Math.min(height, highest, Math.max(1, ...lines)) };
}
