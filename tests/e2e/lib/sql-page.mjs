// The tab "Spark SQL" in a browser: its editor, its result and its catalogue.
import { until } from './until.mjs';

/** @typedef {import('./lab-page.mjs').LabPage} LabPage */

export class SqlPage {
  /** @param {LabPage} lab */
  constructor(lab) {
    this.lab = lab;
    this.page = lab.page;
    this.tab = lab.page.locator('[id="berdl-spark-monitor:sql"]');
    this.handle = lab.page.locator('.lm-DockPanel-tabBar [data-id="berdl-spark-monitor:sql"]');
    this.editor = this.tab.locator('.cm-content');
    this.squiggles = this.tab.locator('.sparkMonitor-Squiggle');
    this.state = this.tab.locator('.sparkMonitor-Sql-state');
    this.grid = this.tab.getByRole('grid');
    this.footer = this.tab.locator('.sparkMonitor-Sql-footer');
    this.below = this.tab.locator('.sparkMonitor-Sql-below');
    this.error = this.tab.locator('.sparkMonitor-Error');
    this.tree = this.tab.getByRole('tree');
  }

  /** Opens the tab and waits for its editor. */
  async open() {
    await this.lab.execute('berdl-spark-monitor:open-sql');
    await this.editor.waitFor();
    await until('a session', async () => (await this.button('Run').getAttribute('aria-disabled')) === 'false');
  }

  async close() {
    await this.handle.locator('.lm-TabBar-tabCloseIcon').click();
    await this.tab.waitFor({ state: 'detached' });
  }

  /** @param {string} name */
  button(name) {
    return this.tab.getByRole('button', { name, exact: true });
  }

  /** Replaces the editor's text. @param {string} sql */
  async write(sql) {
    await this.editor.click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(sql);
  }

  /** Runs a statement, and waits for one of these ends. @param {string} sql @param {RegExp} [end] */
  async run(sql, end = /Completed/) {
    await this.write(sql);
    await this.begun(() => this.page.keyboard.press('Shift+Enter'));
    return this.ended(end);
  }

  /**
   * Does what begins a statement, and waits until its state is the one that is shown, not the one of the statement before.
   *
   * @param {() => Promise<unknown>} begin
   */
  async begun(begin) {
    const run = async () => Number((await this.state.getAttribute('data-run')) ?? 0);
    const before = await run();
    await begin();
    await until('another statement', async () => (await run()) > before);
  }

  /** Waits for a state of the last statement. @param {RegExp} end */
  async ended(end) {
    let seen = '';
    const said = async () => {
      seen = await this.state.innerText();
      return end.test(seen) ? seen : null;
    };
    return until(`the state ${end}`, said, { within: 60_000 }).catch(async error => {
      throw new Error(`${error.message}, saw: ${seen}\n${await this.below.innerText()}`);
    });
  }

  /** The texts of the rows that are drawn, each with its number, once they have been fetched. */
  async rows() {
    await this.tab.locator('[role=grid][aria-busy=false] tbody tr[role=row] td').first().waitFor();
    return this.grid.locator('tbody tr[role=row]').evaluateAll(rows =>
      rows.map(row => [...row.children].map(cell => cell.textContent ?? ''))
    );
  }

  /** Shows another view of the statement. @param {string} name */
  async view(name) {
    await this.tab.getByRole('tab', { name, exact: true }).click();
  }
}
