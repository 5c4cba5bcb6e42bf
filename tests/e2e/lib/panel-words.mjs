// The panel's words as a person reads them: only what is visible.
import { until } from './until.mjs';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

/** How long one attempt may take before the next; milliseconds. */
const ANSWER_MS = 2_000;

/** Shows the panel even if there is no chip to click on. @param {LabPage} lab */
export async function showPanel(lab) {
  await lab.page.evaluate(
    () => /** @type {any} */ (window).jupyterapp.shell.activateById('berdl-spark-monitor:panel')
  );
  await lab.panel.waitFor();
}

/** Waits for words in the panel. @param {LabPage} lab @param {RegExp} telling @param {number} [within] Milliseconds. */
export async function untilPanelSays(lab, telling, within = 20_000) {
  let seen = '';
  const says = async () => telling.test((seen = await lab.panel.innerText()));
  await until(`the panel to say ${telling}`, says, { within }).catch(error => {
    throw new Error(`${error.message}; it says:\n${seen}`);
  });
}

/**
 * The same, but refreshes again and again, because a view that has failed waits long.
 *
 * @param {LabPage} lab
 * @param {RegExp} telling
 * @param {number} [within] Milliseconds.
 */
export async function refreshUntilPanelSays(lab, telling, within = 45_000) {
  const deadline = Date.now() + within;
  for (;;) {
    await lab.panel.getByRole('button', { name: 'Refresh' }).click();
    try {
      return await untilPanelSays(lab, telling, ANSWER_MS);
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
  }
}
