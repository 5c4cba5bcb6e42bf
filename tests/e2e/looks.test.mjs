// What chip and panel look like with recorded data: light, dark, narrow; nothing may stick out of the panel.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { until } from './lib/until.mjs';

/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

for (const [name, theme] of /** @type {const} */ ([
  ['light', 'JupyterLab Light'],
  ['dark', 'JupyterLab Dark']
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

    for (const width of [600, 300, 250, 220]) {
      test(`nothing sticks out at ${width} px`, async () => {
        await lab.resizePanel(width);
        await lab.picture(`looks-${name}-${width}`, lab.panel);
        const out = await lab.panel.evaluate(panel => {
          const edge = panel.getBoundingClientRect().right + 0.5;
          const parts = [...panel.querySelectorAll('*')].filter(part => part.getBoundingClientRect().right > edge);
          return { scrolls: panel.scrollWidth > panel.clientWidth, parts: parts.map(part => part.outerHTML.slice(0, 120)) };
        });
        assert.deepEqual(out, { scrolls: false, parts: [] });
      });
    }

    test('a recent query folds out, and a section folds', async () => {
      await lab.resizePanel(300);
      await lab.recent.first().click();
      assert.equal(await lab.recent.first().getAttribute('aria-expanded'), 'true');
      await lab.panel.locator('.sparkMonitor-Recent-details').first().waitFor();
      const cluster = lab.panel.getByRole('button', { name: /^Cluster/ });
      await cluster.click();
      await until('the section to fold', async () => (await cluster.getAttribute('aria-expanded')) === 'false');
      assert.equal(await lab.panel.getByText('Workers', { exact: true }).count(), 0);
      await lab.picture(`looks-${name}-folded`, lab.panel);
    });
  });
}
