// `cargo xtask verify export-pictures`: the pictures of "Export notebook" in docs/export.md.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { ExportPage } from './lib/export-page.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { freePort } from './lib/ports.mjs';
import { until } from './lib/until.mjs';

const DOCS = path.resolve(import.meta.dirname, '../../docs/export');
const CELLS = [
  '# @pipeline-params\nmonth = "2026-05"\nlimit = 10',
  '%matplotlib inline\nimport datetime as dt\nimport time',
  '!ls data\nfirst = dt.date.fromisoformat(f"{month}-01")',
  '%%sql -o sales\nSELECT * FROM sales WHERE month = :month LIMIT 100',
  '%time time.sleep(limit)\nprint("rows of", first)',
  'if limit > 5:\n    raise ValueError(f"too many: {limit}")'
];
/** What runs without a Spark and without matplotlib. */
const RUNS = CELLS.filter(cell => !cell.startsWith('%%sql')).map(cell => cell.replace(/^(!ls data|%matplotlib inline)\n/, ''));

const browser = await launch();
try {
  for (const [name, theme] of /** @type {const} */ ([['light', 'JupyterLab Light'], ['dark', 'JupyterLab Dark']])) {
    await inLab(theme, async (jupyter, lab, job) => {
      await open(jupyter, lab, job, 'sales.ipynb', CELLS);
      await job.says(/decided first/);
      await take(lab, job, `decision-${name}`, '.sparkMonitor-Export-head', '.sparkMonitor-Export-columns');
      await job.changes(() => job.findings.getByLabel('Command in cell 2, line 1').selectOption({ label: 'Remove it' }));
      await job.says(/Nothing keeps/);
      await take(lab, job, `ready-${name}`, '.sparkMonitor-Export-head', '.sparkMonitor-Export-columns');
      await take(lab, job, `goals-${name}`, '.sparkMonitor-Export fieldset:has(.sparkMonitor-Goals)', '.sparkMonitor-Export-start');
    });
    await inLab(theme, async (jupyter, lab, job) => {
      await open(jupyter, lab, job, 'report.ipynb', RUNS);
      await job.says(/Nothing keeps/);
      const runs = job.tab.getByRole('region', { name: 'Runs', exact: true });
      await job.tab.getByRole('textbox', { name: 'limit whole number' }).fill('8');
      await job.start.getByRole('button', { name: 'Run', exact: true }).click();
      const newest = job.runs.first();
      let seen = '';
      await until('the cell that waits', async () => /cell 3 of 5/.test((seen = await newest.innerText())), { within: 60_000 }).catch(error => {
        throw new Error(`${error.message}, saw: ${seen}`);
      });
      await newest.getByRole('button', { name: 'Details' }).click();
      await until('its cells', async () => (await newest.locator('tbody tr').count()) === 5);
      await shot(lab, `running-${name}`, runs);
      await until('the end', async () => /Failed/.test(await newest.innerText()), { within: 60_000 });
      await shot(lab, `failed-${name}`, runs);
    });
  }
} finally {
  await browser.close();
}

/** @param {string} theme @param {(jupyter: Lab, lab: LabPage, job: ExportPage) => Promise<void>} act */
async function inLab(theme, act) {
  const jupyter = await Lab.start({ theme, env: { ...FAST, SPARK_MASTER_UI_URL: `http://127.0.0.1:${await freePort()}` } });
  try {
    const lab = await LabPage.create(browser, { viewport: { width: 1600, height: 1200 } });
    await act(jupyter, lab, new ExportPage(lab));
    await lab.close();
  } finally {
    await jupyter.stop();
  }
}

/** @param {Lab} jupyter @param {LabPage} lab @param {ExportPage} job @param {string} name @param {string[]} cells */
async function open(jupyter, lab, job, name, cells) {
  await jupyter.write(name, cells);
  await lab.open(`${jupyter.url}lab/tree/${name}?token=${jupyter.token}`);
  await lab.kernelIdle();
  await lab.execute('application:toggle-left-area', {});
  await lab.execute('berdl-spark-monitor:export-notebook', { path: name });
  await job.checked();
}

/** A picture from the top of one part to the end of another. @param {LabPage} lab @param {ExportPage} job @param {string} name @param {string} first @param {string} last */
async function take(lab, job, name, first, last) {
  const [from, to] = [job.tab.locator(first).first(), job.tab.locator(last).first()];
  await from.scrollIntoViewIfNeeded();
  await lab.page.mouse.move(2, 2);
  const [top, end] = [await until('its beginning', () => from.boundingBox()), await until('its end', () => to.boundingBox())];
  const tab = await until('the tab', () => job.tab.boundingBox());
  const height = Math.min(end.y + end.height, tab.y + tab.height) - top.y;
  await picture(lab, name, { x: tab.x, y: top.y, width: tab.width, height });
}

/** @param {LabPage} lab @param {string} name @param {import('playwright-core').Locator} part */
async function shot(lab, name, part) {
  await part.scrollIntoViewIfNeeded();
  await lab.page.mouse.move(2, 2);
  await picture(lab, name, await until('the part', () => part.boundingBox()));
}

/** @param {LabPage} lab @param {string} name @param {{x: number, y: number, width: number, height: number}} clip */
async function picture(lab, name, clip) {
  await mkdir(DOCS, { recursive: true });
  await lab.page.screenshot({ path: path.join(DOCS, `${name}.png`), clip, animations: 'disabled' });
}
