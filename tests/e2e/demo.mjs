// Drives the demo notebook in a browser and checks what chip and panel show; Jupyter and Spark are already running.
import process from 'node:process';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { until } from './lib/until.mjs';

const notebook = process.env['NOTEBOOK'] ?? 'demo.ipynb';
const given = new URL(process.env['LAB_URL'] ?? fail('LAB_URL is the address of JupyterLab, with its token'));
const address = new URL(given.pathname.replace(/\/lab(\/.*)?$|\/?$/, `/lab/workspaces/demo-check/tree/${notebook}`), given);
address.search = new URLSearchParams({ token: given.searchParams.get('token') ?? '', reset: '' }).toString();

/** A quiet machine needs less than a minute for all of it, a busy one some minutes; milliseconds. */
const PATIENCE = 300_000;

const browser = await launch();
const lab = await LabPage.create(browser);
try {
  await check('the address that is printed opens with the panel beside the notebook', async () => {
    await lab.open(given.href);
    await lab.panel.waitFor();
    await lab.codeCells.first().waitFor();
  });
  await check('JupyterLab opens the notebook', async () => {
    await lab.open(address.href);
    await lab.kernelIdle();
  });
  await check('the chip says Spark: Ready (1/1)', async () => {
    await lab.untilChip('Spark: Ready (1/1)', 60_000);
    await lab.picture('chip', lab.chip);
  });
  await check('a click on the chip opens the panel', async () => {
    await lab.openPanel();
    await lab.panel.getByText('Executors').first().waitFor();
  });
  await check('all cells are started', () => runAll(lab));
  await check('the query that runs is listed', async () => {
    await lab.running.first().waitFor({ timeout: 90_000 });
    return (await lab.running.first().innerText()).replaceAll('\n', ', ');
  });
  await check('the bar of an active stage moves', async () => {
    const { stage, from, to } = await lab.barMoves(PATIENCE);
    await lab.picture('panel-running');
    return `${stage}: ${from} to ${to}`;
  });
  await check('the spill is reported', async () => {
    const spill = lab.findings.filter({ hasText: /wrote .* to disk/ });
    const reported = async () => {
      await lab.noCellFailed();
      return (await spill.count()) > 0;
    };
    await until('the warning', reported, { within: PATIENCE, every: 200 });
    await lab.picture('panel-spill');
    return (await spill.first().innerText()).split('\n').find(line => line.includes('to disk'))?.trim();
  });
  await check('a click on the chip leads to it', async () => {
    await lab.chip.locator('[data-part="findings"]').waitFor({ timeout: PATIENCE });
    await lab.toggleByPalette();
    await lab.panel.waitFor({ state: 'hidden' });
    await lab.openPanel();
    await until('the focus on the findings', () =>
      lab.page.evaluate(() => document.activeElement?.id === 'sparkMonitor-findings')
    );
  });
  await check('all cells end without an error', async () => {
    const last = (await lab.codeCells.count()) - 1;
    for (let number = 0; number <= last; number++) {
      await lab.cellDone(number, PATIENCE);
    }
  });
  await check('nothing runs any more, and the short query is listed', async () => {
    await until('no running query and no active stage', async () => (await lab.bars.count()) === 0, { within: 45_000 });
    const newest = await until('the short query to be the newest', () => lab.newestRecent(/aggregate, range/), { within: 45_000 });
    await lab.picture('final');
    return `${await lab.recent.count()} queries, the newest is “${newest}”`;
  });
  await check('the browser console holds no error of ours', async () => {
    const ours = lab.console.filter(line => line.startsWith('error') && /spark[-_]?monitor/i.test(line));
    if (ours.length > 0) {
      throw new Error(ours.join('\n'));
    }
  });
} catch {
  process.exitCode = 1;
  await lab.picture('failed').catch(() => {});
} finally {
  await browser.close();
}

/**
 * Runs one check and reports its result and how long it took.
 *
 * @param {string} name
 * @param {() => Promise<string | void>} run
 */
async function check(name, run) {
  const begin = Date.now();
  const seconds = () => `${((Date.now() - begin) / 1000).toFixed(1)} s`;
  try {
    const detail = await run();
    console.log(`ok      ${name}${detail ? ` (${detail})` : ''}, ${seconds()}`);
  } catch (error) {
    console.log(`not ok  ${name}, ${seconds()}: ${error instanceof Error ? error.message : error}`);
    throw error;
  }
}

/** @param {LabPage} lab */
async function runAll(lab) {
  await lab.page.getByRole('menuitem', { name: 'Run', exact: true }).click();
  await lab.page.getByRole('menuitem', { name: /^Run All Cells/ }).first().click();
}

/** @param {string} reason @returns {never} */
function fail(reason) {
  console.error(reason);
  process.exit(2);
}
