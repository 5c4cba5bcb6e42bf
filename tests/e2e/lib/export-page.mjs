// The tab "Export notebook" in a browser: what it shows of a notebook, and what is done with the job.
import { until } from './until.mjs';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

export class ExportPage {
  /** @param {LabPage} lab */
  constructor(lab) {
    this.lab = lab;
    this.page = lab.page;
    this.tab = lab.page.locator('[id^="berdl-spark-monitor:export-"]');
    this.toolbarButton = lab.page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="spark-export"] :is(button, jp-button)').first();
    this.state = this.tab.locator('.sparkMonitor-Export-state');
    this.findings = this.tab.locator('.sparkMonitor-Findings');
    this.cells = this.tab.locator('.sparkMonitor-Export-cells > li');
    this.diff = this.tab.getByRole('table', { name: 'From the notebook to job.py' });
    this.start = this.tab.locator('.sparkMonitor-Export-start');
    this.runs = this.tab.getByRole('region', { name: 'Runs', exact: true }).locator('.sparkMonitor-Run');
  }

  /** @param {string} name */
  button(name) {
    return this.tab.getByRole('button', { name, exact: true });
  }

  /** Waits until nothing is being checked. */
  async checked() {
    await this.tab.locator('[aria-busy=false] .sparkMonitor-Findings').waitFor();
  }

  /** Waits for a text of the head. @param {RegExp} wanted */
  async says(wanted) {
    let seen = '';
    await until(`the state ${wanted}`, async () => wanted.test((seen = await this.state.innerText()))).catch(error => {
      throw new Error(`${error.message}, saw: ${seen}`);
    });
  }

  /** The lines of the difference that are drawn, each as `change text`. */
  async lines() {
    const rows = this.diff.locator('tbody tr:not(.sparkMonitor-Diff-fold)');
    return rows.evaluateAll(rows =>
      rows.map(row => `${row.children[2]?.textContent} ${row.querySelector('code')?.textContent}`.trim())
    );
  }

  /** Does what changes the job, and waits for the answer to it. @param {() => Promise<unknown>} act */
  async changes(act) {
    const answered = this.page.waitForResponse(response => response.url().endsWith('/export/convert'));
    await Promise.all([answered, act()]);
    // From the change until the answer is drawn it is busy.
    await this.checked();
  }

  /** Chooses what to do with the job. @param {string} name */
  async choose(name) {
    await this.tab.getByRole('radio', { name, exact: true }).check();
  }

  /** Runs the job and waits for an end of its newest run. @param {RegExp} end */
  async run(end) {
    const before = await this.runs.count();
    await this.start.getByRole('button', { name: 'Run', exact: true }).click();
    await until('a run', async () => (await this.runs.count()) > before, { within: 30_000 });
    const newest = this.runs.first();
    let seen = '';
    await until(`a run’s end ${end}`, async () => end.test((seen = await newest.innerText())), { within: 40_000 }).catch(
      error => {
        throw new Error(`${error.message}, saw: ${seen}`);
      }
    );
    return newest;
  }
}
