// Beside another tab, as wide as a person drags it.
import { until } from './until.mjs';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

/**
 * Moves one of our tabs as dragging its handle does.
 *
 * @param {LabPage} lab
 * @param {string} mode JupyterLab's name of the place.
 * @param {string} [tab]
 */
export async function move(lab, mode, tab = 'report') {
  await lab.page.evaluate(([mode, tab]) => {
    const { shell } = /** @type {any} */ (window).jupyterapp;
    const widgets = [...shell.widgets('main')];
    const isOurs = (/** @type {any} */ { id }) => id === `berdl-spark-monitor:${tab}`;
    shell.add(widgets.find(isOurs), 'main', { mode, ref: widgets.find(widget => !isOurs(widget)).id });
  }, /** @type {const} */ ([mode, tab]));
}

/**
 * Gives one of our tabs, at the right of a split, a width; pixels.
 *
 * @param {LabPage} lab
 * @param {number} width
 * @param {import('playwright-core').Locator} [content]
 */
export async function resize(lab, width, content = lab.report) {
  const handle = lab.page.locator('.lm-DockPanel-handle[data-orientation="horizontal"]:not(.lm-mod-hidden)');
  const tab = (await content.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const { x, y, height } = (await handle.boundingBox()) ?? { x: 0, y: 0, height: 0 };
  await lab.page.mouse.move(x + 1, y + height / 2);
  await lab.page.mouse.down();
  await lab.page.mouse.move(x + 1 + tab.width - width, y + height / 2, { steps: 4 });
  await lab.page.mouse.up();
  await until(`a tab ${width} px wide`, async () => Math.abs(((await content.boundingBox())?.width ?? 0) - width) < 2);
}

/**
 * The elements of a tab that stand out at its right; not those in a part that scrolls.
 *
 * @param {import('playwright-core').Locator} tab
 */
export function out(tab) {
  return tab.evaluate(tab => {
    const edge = tab.getBoundingClientRect().right + 0.5;
    const scrolls = '.sparkMonitor-Table-scroll, .sparkMonitor-Plan-scroll, .sparkMonitor-Operator-card';
    const parts = [...tab.querySelectorAll('*')].filter(part => !part.parentElement?.closest(scrolls));
    return parts.filter(part => part.getBoundingClientRect().right > edge).map(part => part.outerHTML.slice(0, 120));
  });
}
