// The panel in each of JupyterLab's themes, and pictures of the panel alone.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { untilPanelSays } from './panel-words.mjs';
import { until } from './until.mjs';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

/** JupyterLab's own themes. @typedef {keyof typeof THEMES} Theme */
export const THEMES = {
  light: 'JupyterLab Light',
  dark: 'JupyterLab Dark',
  'high-contrast': 'JupyterLab Dark High Contrast'
};
/** Pixels. */
const WIDTH = 300;
/** Anything further down says nothing about the state; pixels. */
const HIGHEST = 640;
/** Margin below the last line; pixels. */
const MARGIN = 8;

/**
 * Does something in each theme, once the state's words are in the panel.
 *
 * @param {LabPage} lab
 * @param {import('../states/site.mjs').State} state
 * @param {(theme: Theme) => Promise<void>} act
 */
export async function inEachTheme(lab, { telling, themed = (_, change) => change() }, act) {
  await lab.resizePanel(WIDTH);
  for (const theme of /** @type {Theme[]} */ (Object.keys(THEMES))) {
    await themed(lab, () => changeTheme(lab, THEMES[theme]));
    await untilPanelSays(lab, telling);
    await act(theme);
  }
}

/** Takes a picture of the panel. @param {LabPage} lab @param {string} file */
export async function picture(lab, file) {
  await mkdir(path.dirname(file), { recursive: true });
  await lab.page.mouse.move(700, 300);
  // Whether a frame shows the focus depends on how the panel was opened.
  await lab.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
  const clip = await lab.panel.evaluate(clipOf, { highest: HIGHEST, margin: MARGIN });
  await lab.page.screenshot({ path: file, clip, animations: 'disabled' });
}

/** @param {LabPage} lab @param {string} theme */
export async function changeTheme(lab, theme) {
  await lab.page.evaluate(
    theme => /** @type {any} */ (window).jupyterapp.commands.execute('apputils:change-theme', { theme }),
    theme
  );
  const themed = lab.page.locator(`body[data-jp-theme-name="${theme}"]`);
  await until(`the theme ${theme}`, async () => (await themed.count()) === 1);
  // The stylesheet is loaded, but the colours change a moment later.
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
