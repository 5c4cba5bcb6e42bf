// `cargo xtask verify export`: a notebook given to a real jupyter-scheduler, with a value for a parameter.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { ExportPage } from './lib/export-page.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { freePort } from './lib/ports.mjs';
import { until } from './lib/until.mjs';

const CELLS = ['# @pipeline-params\nlimit = 3\nname = "x"', 'raise ValueError("left out")', 'print("seen", limit, name)'];

/** @typedef {{job_id: string, name: string, status: string, parameters: Record<string, string>, status_message?: string}} Job */

const site = { SPARK_MASTER_UI_URL: `http://127.0.0.1:${await freePort()}` };
const jupyter = await Lab.start({ env: { ...FAST, ...site } });
const browser = await launch();
try {
  await jupyter.write('sales.ipynb', CELLS);
  const lab = await LabPage.create(browser, { viewport: { width: 1500, height: 1000 } });
  const job = new ExportPage(lab);
  await lab.open(`${jupyter.url}lab/tree/sales.ipynb?token=${jupyter.token}`);
  await lab.kernelIdle();
  await job.toolbarButton.click();
  await job.checked();
  await job.changes(() => job.tab.getByLabel('Cell 1 is part of the job').uncheck());
  await job.choose('Run here, by jupyter-scheduler');
  await job.tab.getByRole('textbox', { name: 'limit whole number' }).fill('7');
  await job.tab.getByRole('textbox', { name: 'name text' }).fill('it\'s "é"\\n');
  assert.deepEqual((await check(lab)).findings, []);
  await lab.picture('scheduler');
  await job.button('Give it to jupyter-scheduler').click();
  await job.start.getByText('jupyter-scheduler has taken the notebook').waitFor({ timeout: 30_000 });

  const listed = /** @type {{jobs: Job[]}} */ (await (await ask('scheduler/jobs')).json()).jobs;
  assert.equal(listed.length, 1);
  const [{ job_id: id = '', name = '', parameters = {} } = {}] = listed;
  assert.deepEqual([name, parameters['limit'], Object.keys(parameters).length], ['sales', '7', 2]);
  /** @type {Job | undefined} */
  let ended;
  await until('the job to end', async () => {
    ended = /** @type {Job} */ (await (await ask(`scheduler/jobs/${id}`)).json());
    return ['COMPLETED', 'FAILED'].includes(ended.status);
  }, { within: 90_000 });
  assert.equal(ended?.status, 'COMPLETED', ended?.status_message);
  await ask(`scheduler/jobs/${id}/download_files`);
  // It writes beneath the folder that JupyterLab was started in, not beneath that of the notebooks.
  const output = await until('the output', async () => {
    const files = await readdir(jupyter.folder, { recursive: true }).catch(() => []);
    return files.find(file => /(^|\/)jobs\/(.*\/)?sales-[^/]*\.ipynb$/.test(file));
  });
  const text = await readFile(path.join(jupyter.folder, output), 'utf8');
  assert.ok(text.includes('seen 7 it\'s \\"é\\"\\\\n'), text);
  assert.ok(!text.includes('left out'), text);
  const beside = await readdir(path.join(jupyter.folder, 'root'));
  assert.deepEqual(beside.filter(file => file.endsWith('.ipynb')), ['sales.ipynb'], 'its copy is gone');
  console.log(`jupyter-scheduler ran the notebook ${name} with limit = ${parameters['limit']}`);
} finally {
  await browser.close();
  await jupyter.stop();
}

/** @param {string} route */
async function ask(route) {
  const answer = await fetch(`${jupyter.url}${route}?token=${jupyter.token}`);
  assert.ok(answer.ok, `${route}: ${answer.status}`);
  return answer;
}
