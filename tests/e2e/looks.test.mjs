// The look of chip, panel and tabs with recorded data: light, dark, high contrast, narrow, zoomed; nothing may
// overflow.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { move, resize } from './lib/split.mjs';
import { until } from './lib/until.mjs';

/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

for (const [name, theme] of /** @type {const} */ ([
  ['light', 'JupyterLab Light'],
  ['dark', 'JupyterLab Dark'],
  ['contrast', 'JupyterLab Dark High Contrast']
])) {
  describe(`in the ${name} theme`, () => {
    /** @type {Lab} */
    let jupyter;
    /** @type {LabPage} */
    let lab;

    before(async () => {
      jupyter = await Lab.start({ theme, env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
      lab = await LabPage.create(browser, { viewport: { width: 1000, height: 1600 } });
      await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
      await lab.untilChip('Spark: Ready (1/1)');
      await lab.openPanel();
      await lab.recent.first().waitFor();
    });

    after(async () => {
      await lab?.close();
      await jupyter?.stop();
    });

    test('the theme is on, and the panel says that its data is recorded', async () => {
      assert.equal(await lab.page.locator('body').getAttribute('data-jp-theme-light'), String(name === 'light'));
      assert.match((await lab.panel.getByRole('note').textContent()) ?? '', /^Demonstration/);
      await lab.picture(`looks-${name}-chip`, lab.chip);
    });

    for (const width of [600, 420, 300, 250, 220]) {
      test(`nothing sticks out at ${width} px`, async () => {
        await lab.resizePanel(width);
        await lab.picture(`looks-${name}-${width}`, lab.panel);
        assert.deepEqual(await out(lab.panel), { scrolls: false, parts: [] });
      });
    }

    test('in a tab, wide or in a narrow split, nothing sticks out and axe finds nothing', async () => {
      await lab.page.locator('.jp-Launcher').waitFor();
      await lab.openReport();
      await move(lab, 'split-right');
      for (const width of [400, 250]) {
        await resize(lab, width);
        await lab.picture(`looks-${name}-report-${width}`, lab.report);
        assert.deepEqual(await out(lab.report), { scrolls: false, parts: [] });
        assert.deepEqual((await check(lab)).findings, []);
      }
      await lab.closeReport();
    });

    test('a recent query folds out, and a section folds', async () => {
      await lab.resizePanel(300);
      // The chip, which opened the panel, led to the query that failed.
      assert.equal(await lab.recent.first().getAttribute('aria-expanded'), 'true');
      await lab.recent.first().click();
      await until('the query to fold', async () => (await lab.recent.first().getAttribute('aria-expanded')) === 'false');
      await lab.recent.first().click();
      await lab.panel.locator('.sparkMonitor-Recent-details').first().waitFor();
      const executors = lab.panel.getByRole('button', { name: /^Executors/ });
      await executors.click();
      await until('the section to fold', async () => (await executors.getAttribute('aria-expanded')) === 'false');
      assert.equal(await lab.panel.getByRole('table').count(), 0);
      await lab.picture(`looks-${name}-folded`, lab.panel);
    });
  });
}

describe('for those who need it larger, calmer or with colours of their own', () => {
  /** @type {Lab} */
  let jupyter;

  before(async () => {
    jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  });

  after(() => jupyter?.stop());

  /** @param {import('playwright-core').BrowserContextOptions} options */
  async function panel(options) {
    const lab = await LabPage.create(browser, options);
    await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
    await lab.untilChip('Spark: Ready (1/1)');
    await lab.openPanel();
    await lab.recent.first().waitFor();
    return lab;
  }

  test('at 200 % zoom everything is there, and scrolls in one direction only', async () => {
    // This is what zooming does to a window of 1280 × 800.
    const lab = await panel({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    assert.deepEqual(await out(lab.panel), { scrolls: false, parts: [] });
    await lab.openReport();
    assert.deepEqual(await out(lab.report), { scrolls: false, parts: [] });
    await lab.picture('looks-zoomed');
    await lab.close();
  });

  test('a finding that a person has dismissed is there again when the chip leads to it', async () => {
    const lab = await LabPage.create(browser);
    await lab.page.route('**/panel/chip', async route => {
      const response = await route.fetch();
      const body = await response.json();
      const attention = body.attention.filter((/** @type {string[]} */ [part]) => part === 'findings');
      await route.fulfill({ response, json: { ...body, attention } });
    });
    await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
    await lab.chip.locator('[data-part="findings"]').waitFor();
    const atFindings = () => lab.page.evaluate(() => document.activeElement?.id === 'sparkMonitor-findings');
    await lab.openPanel();
    await until('the focus on the findings', atFindings);
    const dismiss = lab.findings.getByRole('button', { name: 'Dismiss' });
    const before = await dismiss.count();
    while ((await dismiss.count()) > 0) {
      await dismiss.first().click();
    }
    await lab.chip.click();
    await until('the focus on the findings again', atFindings);
    assert.equal(await dismiss.count(), before);
    await lab.close();
  });

  test('whoever goes elsewhere, before what the chip tells is drawn, is not led there any more', async () => {
    const lab = await LabPage.create(browser);
    await lab.page.route('**/panel/chip', async route => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), attention: [['later', 'Something is wrong', '']] } });
    });
    await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
    await lab.chip.locator('[data-part="later"]').waitFor();
    const draw = () =>
      lab.panel.evaluate(panel => {
        panel.querySelector('#sparkMonitor-later')?.remove();
        panel.firstElementChild?.insertAdjacentHTML('beforeend', '<p id="sparkMonitor-later" tabindex="-1">Drawn.</p>');
      });
    const isLed = () => lab.page.evaluate(() => document.activeElement?.id === 'sparkMonitor-later');
    await lab.openPanel();
    await lab.recent.first().waitFor();
    await draw();
    await until('the focus on it', isLed);
    await lab.panel.evaluate(panel => panel.querySelector('#sparkMonitor-later')?.remove());
    await lab.chip.click();
    await lab.page.locator('.jp-Launcher').click({ position: { x: 5, y: 5 } });
    await draw();
    // Longer than the search for it takes.
    await lab.page.waitForTimeout(500);
    assert.ok(!(await isLed()));
    await lab.close();
  });

  test('the chip marks what failed, and a click leads to its reason', async () => {
    const lab = await LabPage.create(browser);
    await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
    await lab.chip.locator('[data-part^="query-"]').waitFor();
    assert.match((await lab.chip.getAttribute('title')) ?? '', /A query failed: select sum/);
    await lab.openPanel();
    await lab.panel.getByText('USER_RAISED_EXCEPTION').first().waitFor();
    const focused = () => lab.page.evaluate(() => document.activeElement?.closest('li')?.id ?? '');
    await until('the focus on the query', async () => (await focused()).startsWith('sparkMonitor-query-'));
    // Whoever folds it again is not led there once more.
    await lab.recent.first().click();
    await lab.page.waitForTimeout(500);
    assert.equal(await lab.recent.first().getAttribute('aria-expanded'), 'false');
    // A panel that was only hidden has it drawn already, before JupyterLab activates it.
    await lab.toggleByPalette();
    await lab.panel.waitFor({ state: 'hidden' });
    await lab.openPanel();
    await lab.page.waitForTimeout(500);
    assert.match(await focused(), /^sparkMonitor-query-/);
    await lab.close();
  });

  test('who wants less motion sees bars jump', async () => {
    const lab = await panel({ reducedMotion: 'reduce' });
    const moving = await lab.panel.evaluate(panel =>
      [panel, ...panel.querySelectorAll('*')].filter(part => {
        const { transitionDuration, animationName } = getComputedStyle(part);
        return parseFloat(transitionDuration) > 0 || animationName !== 'none';
      }).map(part => part.className)
    );
    assert.deepEqual(moving, []);
    await lab.close();
  });

  test('with the system’s own colours bars keep an edge and a filling', async () => {
    const lab = await panel({ forcedColors: 'active' });
    await lab.unfold('Cluster');
    const bar = lab.panel.getByRole('meter', { name: 'Memory', exact: true });
    const { border, filling, background } = await bar.evaluate(bar => ({
      border: getComputedStyle(bar).borderTopStyle,
      filling: getComputedStyle(/** @type {Element} */ (bar.firstElementChild)).backgroundColor,
      background: getComputedStyle(bar).backgroundColor
    }));
    assert.equal(border, 'solid');
    assert.notEqual(filling, background);
    await lab.picture('looks-forced-colours', lab.panel);
    await lab.close();
  });
});

/** What is wider than the panel or the tab that it is in. @param {import('playwright-core').Locator} widget */
function out(widget) {
  return widget.evaluate(widget => {
    const edge = widget.getBoundingClientRect().right + 0.5;
    const parts = [...widget.querySelectorAll('*')].filter(part => part.getBoundingClientRect().right > edge);
    const scrolls = [widget, ...widget.querySelectorAll('.sparkMonitor-Page')].some(part => part.scrollWidth > part.clientWidth);
    return { scrolls, parts: parts.map(part => part.outerHTML.slice(0, 120)) };
  });
}
