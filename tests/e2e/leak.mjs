// Opens and closes the panel 125 times and counts what stays behind: listeners, nodes, intervals.
import assert from 'node:assert/strict';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { Leftovers } from './lib/leftovers.mjs';

const PANEL = 'berdl-spark-monitor:panel';
/** Late loads happen once; a leak grows in every lap. */
const LAPS = 4;
const ROUNDS = 25;

const browser = await launch();
const jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
try {
  const lab = await LabPage.create(browser);
  // A view that is not cleaned up would leave intervals.
  await lab.page.addInitScript(() => {
    const intervals = new Set();
    const [start, stop] = [window.setInterval.bind(window), window.clearInterval.bind(window)];
    window.setInterval = /** @type {typeof window.setInterval} */ (
      (/** @type {TimerHandler} */ handler, /** @type {number} */ every) => {
        const id = start(handler, every);
        intervals.add(id);
        return id;
      }
    );
    window.clearInterval = id => {
      intervals.delete(id);
      stop(id);
    };
    Object.assign(window, { intervals });
  });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.untilChip('Spark: Ready (1/1)');
  const leftovers = await Leftovers.watch(lab);

  const count = async () => {
    const kept = await leftovers.count();
    const intervals = await lab.page.evaluate(() => /** @type {any} */ (window).intervals.size);
    return { ...kept, intervals };
  };
  const open = async () => {
    await lab.chip.click();
    await lab.recent.first().waitFor();
  };
  const close = async () => {
    await lab.page.evaluate(id => {
      const { shell } = /** @type {any} */ (window).jupyterapp;
      [...shell.widgets('left')].find(widget => widget.id === id).close();
    }, PANEL);
    await lab.panel.waitFor({ state: 'detached' });
  };
  const rounds = async (/** @type {number} */ number) => {
    for (let round = 0; round < number; round += 1) {
      await open();
      await close();
    }
  };

  /** @type {Awaited<ReturnType<typeof count>>[]} */
  const counts = [];
  for (let lap = 0; lap <= LAPS; lap += 1) {
    await rounds(ROUNDS);
    counts.push(await count());
  }
  console.table(counts);
  for (const kind of /** @type {const} */ (['listeners', 'nodes', 'intervals'])) {
    const growth = counts.slice(1).map((after, lap) => after[kind] - (counts[lap]?.[kind] ?? 0));
    assert.ok(Math.min(...growth) < ROUNDS / 2, `${kind} grow with every lap of ${ROUNDS} rounds: ${growth}`);
  }
} finally {
  await jupyter.stop();
  await browser.close();
}
