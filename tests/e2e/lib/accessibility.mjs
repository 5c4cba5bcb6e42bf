// What axe finds in the panel, in the chip, in our tabs, and in what we add to a cell's editor.
import axe from 'axe-core';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

const PARTS = [
  '[id="berdl-spark-monitor:panel"]',
  '.sparkMonitor-Chip',
  '.sparkMonitor-Page',
  '.cm-tooltip-lint',
  '.cm-panel-lint'
];

/**
 * The result of one run of axe: how many rules applied, its findings, and what it could not decide.
 *
 * @typedef {{rules: number, findings: string[], undecided: string[]}} Verdict
 */

/** Runs every rule of axe, including best practices. @param {LabPage} lab @returns {Promise<Verdict>} */
export async function check(lab) {
  // The page's policy may forbid our script, but not the debugger's.
  await lab.page.evaluate(`window.axe ?? (() => { ${axe.source} })()`);
  const { passes, violations, incomplete } = await lab.page.evaluate(runAxe, PARTS);
  if (![passes, violations, incomplete].flat().some(({ id }) => id === 'color-contrast')) {
    throw new Error('axe saw no text whose contrast it could measure');
  }
  const told = (/** @type {import('axe-core').Result[]} */ results) =>
    results.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return `${id}: ${why} ${html.slice(0, 200)}`;
    }));
  return { rules: passes.length + violations.length, findings: told(violations), undecided: told(incomplete) };
}

/** Runs in the page. @param {string[]} parts @returns {Promise<import('axe-core').AxeResults>} */
function runAxe(parts) {
  const include = parts.filter(part => document.querySelector(part) !== null).map(part => [part]);
  // JupyterLab's body has no height. What overflows it is visible anyway, but axe would consider it hidden.
  document.body.style.minHeight = '100vh';
  return /** @type {any} */ (window).axe.run({ include });
}
