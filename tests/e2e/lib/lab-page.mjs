// JupyterLab in a browser tab: its notebooks and palette, our chip, panel and tabs.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { OUT } from './environment.mjs';
import { Requests } from './requests.mjs';
import { until, untilText } from './until.mjs';

/** The narrowest width to which a sidebar can be dragged; pixels. */
const JUPYTERLAB_MINIMUM = 250;

/** A busy machine takes its time to load JupyterLab; milliseconds. */
const LOADED_MS = 120_000;

/** Permissions for a page that copies, and a test that reads the clipboard. */
export const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };

export class LabPage {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.requests = new Requests(page);
    /** The messages of the browser's console. @type {string[]} */
    this.console = [];
    page.on('console', message => this.console.push(`${message.type()} ${message.text()} ${message.location().url}`));
    page.on('pageerror', error => this.console.push(`error ${error}`));
    /** The style that makes the panel narrow. @type {import('playwright-core').ElementHandle | null} */
    this.narrow = null;
    this.chip = page.locator('.sparkMonitor-Chip');
    this.chipLabel = page.locator('.sparkMonitor-Chip-label');
    this.panel = page.locator('[id="berdl-spark-monitor:panel"]');
    this.tab = page.locator('.lm-TabBar-tab[data-id="berdl-spark-monitor:panel"]');
    /** Of running queries and their active stages. */
    this.bars = this.panel.getByRole('progressbar');
    this.running = this.panel.locator('.sparkMonitor-Query-button');
    this.findings = this.panel.locator('.sparkMonitor-PanelFinding');
    this.recent = this.panel.locator('.sparkMonitor-Recent-button');
    /** The tab with the connection report, and its handle for choosing, dragging and closing it. */
    this.report = page.locator('[id="berdl-spark-monitor:report"]');
    this.reportHandle = page.locator('.lm-DockPanel-tabBar [data-id="berdl-spark-monitor:report"]');
    /** The tab with the last minutes as a chart. */
    this.usage = page.locator('[id="berdl-spark-monitor:usage"]');
    this.charts = page.locator('[id="berdl-spark-monitor:charts"]');
    this.hops = this.report.locator('.sparkMonitor-Hop');
  }

  /**
   * A new tab with its own cookies.
   *
   * @param {import('playwright-core').Browser} browser
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async create(browser, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return new LabPage(page);
  }

  /**
   * Opens a URL of JupyterLab and waits until it is loaded.
   *
   * @param {string} url
   */
  async open(url) {
    await this.page.goto(url, { timeout: LOADED_MS });
    await this.ready();
  }

  /**
   * Opens JupyterLab with a password, so that the page has no token with which it could sign in again.
   *
   * @param {string} url
   * @param {string} password
   */
  async signIn(url, password) {
    await this.page.goto(url, { timeout: LOADED_MS });
    await this.page.locator('input[name="password"]').fill(password);
    await this.page.keyboard.press('Enter');
    await this.ready();
  }

  async ready() {
    await this.page.locator('#jp-main-dock-panel').waitFor({ timeout: LOADED_MS });
    await this.page.locator('#jupyterlab-splash').waitFor({ state: 'detached', timeout: LOADED_MS });
  }

  /** @param {string} wanted @param {number} [within] */
  async untilChip(wanted, within = 30_000) {
    await untilText(wanted, () => this.chipText(), within);
  }

  async chipText() {
    return (await this.chipLabel.count()) ? ((await this.chipLabel.textContent()) ?? '') : '(no chip)';
  }

  /** Clicks on the chip and waits for the panel. */
  async openPanel() {
    await this.chip.click();
    await this.panel.waitFor();
  }

  /** Unfolds a section of the panel. @param {string} name */
  async unfold(name) {
    const button = this.panel.getByRole('button', { name: new RegExp(`^${name}`) });
    if ((await button.getAttribute('aria-expanded')) === 'false') {
      await button.click();
    }
  }

  /** Runs a command of JupyterLab's. @param {string} command @param {object} [args] */
  execute(command, args = {}) {
    // The result may be a widget, which cannot leave the page.
    return this.page.evaluate(
      async ([command, args]) => void (await /** @type {any} */ (window).jupyterapp.commands.execute(command, args)),
      /** @type {const} */ ([command, args])
    );
  }

  /** Opens the connection report and waits for its first hop. */
  async openReport() {
    await this.execute('berdl-spark-monitor:open-report');
    await this.hops.first().waitFor();
  }

  /** Closes the connection report as a person does. */
  async closeReport() {
    await this.reportHandle.locator('.lm-TabBar-tabCloseIcon').click();
    await this.report.waitFor({ state: 'detached' });
  }

  /** The last copied text; the page needs the permissions of `CLIPBOARD`. */
  clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Opens or hides the panel by its command in the palette. */
  async toggleByPalette() {
    await this.search('Spark Monitor', async () => {
      // The list is filtered a moment after the last key, so Enter might run another command.
      await this.palette.locator('[data-command="berdl-spark-monitor:open"]').click({ timeout: 2_000 });
    });
    await this.palette.waitFor({ state: 'hidden' });
  }

  /**
   * Opens the command palette, types, and acts on the matches.
   *
   * A notebook that has just been opened takes the focus when it is loaded, which closes the palette; then we try
   * again.
   *
   * @param {string} text
   * @param {() => Promise<void>} act
   */
  async search(text, act) {
    await until('the command palette to stay', async () => {
      try {
        await this.page.keyboard.press('Control+Shift+C');
        await this.palette.waitFor({ timeout: 2_000 });
        await this.palette.locator('input').fill(text, { timeout: 2_000 });
        await act();
        return true;
      } catch (error) {
        if (await this.palette.isVisible()) {
          throw error;
        }
        return false;
      }
    });
  }

  get palette() {
    return this.page.locator('.lm-CommandPalette');
  }

  /** Waits until the open notebook's kernel is running and idle. @param {number} [within] */
  async kernelIdle(within = 100_000) {
    // The toolbar's indicator says "idle" before there is a kernel, and a cell run then would not run at all.
    const kernel = () => {
      const { sessionContext } = /** @type {any} */ (window).jupyterapp.shell.currentWidget ?? {};
      const { connectionStatus, status } = sessionContext?.session?.kernel ?? {};
      return connectionStatus === 'connected' && status === 'idle';
    };
    await this.page.waitForFunction(kernel, undefined, { timeout: within });
  }

  /** Runs one code cell of the open notebook, without waiting for it. @param {number} number */
  async startCell(number) {
    await this.codeCells.nth(number).locator('.cm-content').click();
    await this.page.keyboard.press('Control+Enter');
  }

  /** Waits until a code cell has run. @param {number} number @param {number} within */
  async cellDone(number, within) {
    const prompt = this.codeCells.nth(number).locator('.jp-InputPrompt').first();
    await until(`cell ${number} to end`, async () => /\[\d+\]/.test((await prompt.textContent()) ?? ''), { within });
    await this.noCellFailed();
  }

  /** Fails with the error that a cell of the open notebook reports. */
  async noCellFailed() {
    const error = this.codeCells.locator('[data-mime-type="application/vnd.jupyter.error"]').first();
    if (await error.count()) {
      throw new Error(`a cell failed: ${(await error.textContent())?.trim().split('\n').at(-1)}`);
    }
  }

  /** Of the notebook in front. */
  get codeCells() {
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell');
  }

  /**
   * Waits until the bar of a query or of one of its stages has moved between two samples; returns both values.
   *
   * @param {number} within Milliseconds.
   */
  async barMoves(within) {
    /** The first value of each bar, by its name and number of tasks. @type {Map<string, number>} */
    const first = new Map();
    return until(
      'the bar of an active stage to move',
      async () => {
        await this.noCellFailed();
        for (const { stage, now } of await this.barValues()) {
          const before = first.get(stage);
          if (before === undefined) {
            first.set(stage, now);
          } else if (now > before) {
            return { stage, from: before, to: now };
          }
        }
        return null;
      },
      { within, every: 200 }
    );
  }

  barValues() {
    return this.bars.evaluateAll(bars =>
      bars.map(bar => ({
        stage: `${bar.getAttribute('aria-label')}, ${bar.getAttribute('aria-valuemax')} tasks`,
        now: Number(bar.getAttribute('aria-valuenow'))
      }))
    );
  }

  /** The name of the newest ended query, if it matches `pattern`. @param {RegExp} pattern */
  async newestRecent(pattern) {
    const name = (await this.recent.count()) ? await this.recent.first().getAttribute('title') : null;
    return name !== null && pattern.test(name) ? name : null;
  }

  /** Makes the page believe that its tab is hidden or visible. @param {boolean} hidden */
  async hideTab(hidden) {
    await this.page.evaluate(hidden => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  }

  /** Sets the panel's width, even below what JupyterLab allows by dragging. @param {number} width */
  async resizePanel(width) {
    await this.narrow?.evaluate(style => /** @type {Element} */ (style).remove());
    this.narrow = null;
    if (width < JUPYTERLAB_MINIMUM) {
      const rule = `width: ${width}px !important; min-width: 0 !important;`;
      this.narrow = await this.page.addStyleTag({ content: `[id="berdl-spark-monitor:panel"] { ${rule} }` });
    } else {
      await this.dragSidebar(width);
    }
    await until(`a panel ${width} px wide`, async () => Math.abs((await this.panelWidth()) - width) < 1);
  }

  /** @param {number} width */
  async dragSidebar(width) {
    const handle = this.page.locator('#jp-main-split-panel > .lm-SplitPanel-handle:not(.lm-mod-hidden)').first();
    const { x, y, height } = (await handle.boundingBox()) ?? { x: 0, y: 0, height: 0 };
    const [startX, startY] = [x + 1, y + height / 2];
    await this.page.mouse.move(startX, startY);
    await this.page.mouse.down();
    await this.page.mouse.move(startX + width - (await this.panelWidth()), startY, { steps: 4 });
    await this.page.mouse.up();
  }

  async panelWidth() {
    return (await this.panel.boundingBox())?.width ?? 0;
  }

  /**
   * Takes a picture of the page, or of one part of it.
   *
   * @param {string} name
   * @param {import('playwright-core').Locator} [part]
   */
  async picture(name, part) {
    await mkdir(OUT, { recursive: true });
    await (part ?? this.page).screenshot({ path: path.join(OUT, `${name}.png`), animations: 'disabled' });
  }

  /** Ends all routes; the errors of one that is still at work are nobody's any more. */
  async unroute() {
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
  }

  async close() {
    // A route that is still at work would fail with the page.
    await this.unroute();
    await this.page.context().close();
  }
}
