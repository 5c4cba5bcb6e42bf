// Takes a picture of the panel in each of its states, light and dark, for docs/panel.md; `node states.mjs STATE…` only some.
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { pictures } from './lib/panel-picture.mjs';
import { demonstration, withoutMaster, withUsers } from './states/doubles.mjs';
import { realSpark } from './states/real-spark.mjs';

/** @typedef {import('./states/site.mjs').Site} Site */
/** @typedef {import('./states/site.mjs').State} State */

const PICTURES = path.resolve(import.meta.dirname, '../../docs/panel');
const VIEWPORT = { width: 1000, height: 900 };

const only = process.argv.slice(2);
const browser = await launch();
try {
  for (const start of [demonstration, withoutMaster, withUsers, realSpark]) {
    await takeAll(await start());
  }
} finally {
  await browser.close();
}

/** @param {Site} site */
async function takeAll(site) {
  try {
    for (const state of site.states.filter(({ name }) => only.length === 0 || only.includes(name))) {
      await take(site, state);
    }
  } finally {
    await site.stop();
  }
}

/** A failure is told, and the other states go on. @param {Site} site @param {State} state */
async function take({ jupyter, open, heal }, state) {
  const { name, arrange } = state;
  const lab = await LabPage.create(browser, { viewport: VIEWPORT });
  try {
    await heal?.();
    await (open?.(lab) ?? lab.open(`${jupyter.url}lab?token=${jupyter.token}&reset`));
    await arrange(lab);
    await pictures(lab, PICTURES, state);
    console.log(`ok      ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok  ${name}: ${error instanceof Error ? error.message : error}`);
    await lab.picture(`state-${name}-failed`).catch(() => {});
  } finally {
    await lab.close();
  }
}
