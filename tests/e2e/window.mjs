// Takes the README's pictures: the whole window, with the panel beside the demo notebook while its query runs on a real
// Spark.
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { Lab } from './lib/lab.mjs';
import { showPanel, untilPanelSays } from './lib/panel-words.mjs';
import { Spark } from './lib/spark.mjs';

const NOTEBOOK = 'demo.ipynb';
const DOCS = path.resolve(import.meta.dirname, '../../docs/window');
/** What the panel says when there is something to see: a sentence, and a query that has got somewhere. */
const RUNNING = /Busy: \d[^]*[3-7]\d%/;
const SPILLED = /spilled/;

const spark = await Spark.start();
const browser = await launch();
try {
  await mkdir(DOCS, { recursive: true });
  for (const [name, theme] of /** @type {const} */ ([['light', 'JupyterLab Light'], ['dark', 'JupyterLab Dark']])) {
    const env = { SPARK_MASTER_UI_URL: spark.cluster.master_ui, SPARK_REMOTE: spark.cluster.connect_url };
    const jupyter = await Lab.start({ theme, env });
    try {
      await copyFile(path.join(import.meta.dirname, NOTEBOOK), path.join(jupyter.folder, 'root', NOTEBOOK));
      await run(`${jupyter.url}lab/tree/${NOTEBOOK}?token=${jupyter.token}&reset`, name);
    } finally {
      await jupyter.stop();
    }
  }
} finally {
  await browser.close();
  await spark.stop();
}

/** Runs all cells, and takes a picture of a running query and of the spill. @param {string} url @param {string} name */
async function run(url, name) {
  const lab = await LabPage.create(browser, { viewport: { width: 1180, height: 720 } });
  await lab.open(url);
  await lab.kernelIdle();
  await showPanel(lab);
  await lab.resizePanel(320);
  await lab.execute('notebook:run-all-cells');
  await untilPanelSays(lab, RUNNING, 90_000);
  await take(lab, `running-${name}`);
  await untilPanelSays(lab, SPILLED, 150_000);
  await take(lab, `spill-${name}`);
  await lab.close();
}

/** @param {LabPage} lab @param {string} name */
async function take(lab, name) {
  await lab.page.mouse.move(900, 700);
  await lab.page.screenshot({ path: path.join(DOCS, `${name}.png`), animations: 'disabled' });
}
