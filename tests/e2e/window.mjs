// Takes the README's pictures: the whole window, with the panel beside the demo notebook while its query runs on a real
// Spark, and when data has been spilled; and for docs/tabs.md the chart of these minutes.
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { Lab } from './lib/lab.mjs';
import { showPanel, untilPanelSays } from './lib/panel-words.mjs';
import { Spark } from './lib/spark.mjs';
import { until } from './lib/until.mjs';

const NOTEBOOK = 'demo.ipynb';
const DOCS = path.resolve(import.meta.dirname, '../../docs/window');
const TABS = path.resolve(DOCS, '../tabs');
const LOOKS = /** @type {const} */ ([['dark', 'JupyterLab Dark'], ['light', 'JupyterLab Light']]);
/** A busy machine runs the demo notebook in some minutes; milliseconds. */
const PATIENCE = 300_000;

const spark = await Spark.start();
const env = { SPARK_MASTER_UI_URL: spark.cluster.master_ui, SPARK_REMOTE: spark.cluster.connect_url };
const jupyter = await Lab.start({ env });
const browser = await launch();
try {
  await mkdir(DOCS, { recursive: true });
  await copyFile(path.join(import.meta.dirname, NOTEBOOK), path.join(jupyter.folder, 'root', NOTEBOOK));
  const lab = await LabPage.create(browser, { viewport: { width: 1180, height: 720 } });
  await lab.open(`${jupyter.url}lab/tree/${NOTEBOOK}?token=${jupyter.token}&reset`);
  await lab.kernelIdle();
  await showPanel(lab);
  await lab.resizePanel(320);
  // The command would end with the last cell, so nothing waits for it.
  await lab.page.evaluate(
    () => void (/** @type {any} */ (window).jupyterapp.commands.execute('notebook:run-all-cells'))
  );
  await until('a query that has got somewhere', () => hasProgress(lab), { within: PATIENCE, every: 200 });
  await take(lab, 'running');
  await untilPanelSays(lab, /wrote [\d.]+ .B to disk/, PATIENCE);
  await take(lab, 'spill');
  await lab.execute('berdl-spark-monitor:open-usage');
  await lab.usage.getByRole('slider', { name: 'Active tasks' }).waitFor();
  await inLooks(lab, look => {
    const file = path.join(TABS, `usage-${look}.png`);
    return lab.usage.screenshot({ path: file, animations: 'disabled' });
  });
} finally {
  await browser.close();
  await jupyter.stop();
  await spark.stop();
}

/** Whether a bar of the panel shows a part, neither nothing nor nearly all. @param {LabPage} lab */
async function hasProgress(lab) {
  await lab.noCellFailed();
  const shares = await lab.bars.evaluateAll(bars => bars.map(bar => Number(bar.getAttribute('aria-valuenow'))));
  return shares.some(share => share >= 30 && share <= 80);
}

/** Takes the window in both themes, the notebook from its first cell. @param {LabPage} lab @param {string} name */
async function take(lab, name) {
  await lab.page.mouse.move(900, 700);
  await lab.page.locator('.jp-NotebookPanel .jp-WindowedPanel-outer').evaluate(notebook => notebook.scrollTo(0, 0));
  await inLooks(lab, look =>
    lab.page.screenshot({ path: path.join(DOCS, `${name}-${look}.png`), animations: 'disabled' })
  );
}

/** @param {LabPage} lab @param {(look: string) => Promise<unknown>} act */
async function inLooks(lab, act) {
  for (const [look, theme] of LOOKS) {
    await lab.execute('apputils:change-theme', { theme });
    await lab.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
    await act(look);
  }
}
