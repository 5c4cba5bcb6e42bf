// JupyterLab's Settings editor, as a person uses it.

export class SettingsEditor {
  /** @param {import('./lab-page.mjs').LabPage} lab */
  constructor(lab) {
    this.lab = lab;
    this.form = lab.page.locator('.jp-SettingsPanel');
  }

  /** Opens it at our settings. @param {string} [query] Their title. */
  async open(query = 'Spark Monitor') {
    await this.lab.page.evaluate(
      query => /** @type {any} */ (window).jupyterapp.commands.execute('settingeditor:open', { query }),
      query
    );
    await this.lab.page.locator('.jp-PluginList-entry[data-id="berdl-spark-monitor:plugin"]').click();
    await this.form.locator('input').first().waitFor();
  }

  /** Sets a checkbox by its label. @param {string} label @param {boolean} on */
  async check(label, on) {
    await this.form.getByRole('checkbox', { name: label, exact: true }).setChecked(on);
  }

  /** @param {string} label A part of it. @param {string} value */
  async fill(label, value) {
    const input = this.field(label).locator('input');
    await input.fill(value);
    await input.press('Tab');
  }

  /** @param {string} label A part of it. @param {string} option */
  async choose(label, option) {
    await this.field(label).locator('select').selectOption({ label: option });
  }

  /** @param {string} label A part of it. */
  field(label) {
    return this.form.locator('.small-field', { has: this.lab.page.locator('h3', { hasText: label }) });
  }
}
