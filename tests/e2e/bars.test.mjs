// The bars of what runs, measured on the pixels of a screenshot: what is done stands out from the track in every theme,
// and more than what is running.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { THEMES } from './lib/panel-picture.mjs';

/** WCAG's least contrast of a graphical object. */
const LEAST = 3;

/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

for (const theme of Object.values(THEMES)) {
  describe(`in ${theme}`, () => {
    /** @type {Lab} */
    let jupyter;
    /** @type {LabPage} */
    let lab;

    before(async () => {
      jupyter = await Lab.start({ theme, env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
      lab = await LabPage.create(browser, { viewport: { width: 1000, height: 1600 }, reducedMotion: 'reduce' });
      await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
      await lab.openPanel();
      await lab.recent.first().waitFor();
    });

    after(async () => {
      await lab?.close();
      await jupyter?.stop();
    });

    test('what is done has three times the contrast of the track, and more than what is running', async () => {
      const { done, running, track } = await colours('');
      assert.ok(contrast(done, track) >= LEAST, `done ${contrast(done, track)}`);
      assert.ok(contrast(done, track) > contrast(running, track) + 1, `running ${contrast(running, track)}`);
      assert.ok(contrast(running, track) > 1.2, `running ${contrast(running, track)}`);
    });

    test('what waits is striped even when all tasks are done, so that it does not look finished', async () => {
      const { row } = await colours('sparkMonitor-mod-waits');
      const ends = row.slice(8, -8).map(colour => contrast(colour, row[0] ?? colour));
      assert.ok(new Set(row.map(String)).size > 2 && Math.max(...ends) > 2, String(ends));
    });

    /** The colours of a bar that is half done and a quarter running. @param {string} more */
    async function colours(more) {
      // Narrower than the panel, which hides what is beyond it.
      const width = 200;
      const [done, running] = more === '' ? [50, 25] : [100, 0];
      await lab.panel.evaluate((panel, { more, done, running, width }) => {
        const bar = document.createElement('div');
        bar.id = 'bar-to-measure';
        bar.className = `sparkMonitor-Bar ${more}`;
        bar.style.cssText = `position: fixed; z-index: 9; top: 50px; left: 0; width: ${width}px; margin: 0`;
        for (const [part, percent] of Object.entries({ done, running })) {
          const piece = bar.appendChild(document.createElement('div'));
          piece.className = `sparkMonitor-Bar-${part}`;
          piece.style.width = `${percent}%`;
        }
        panel.append(bar);
      }, { more, done, running, width });
      const png = await lab.page.locator('#bar-to-measure').screenshot();
      await lab.page.locator('#bar-to-measure').evaluate(bar => bar.remove());
      const row = await pixels(png);
      const at = (/** @type {number} */ percent) => /** @type {number[]} */ (row[Math.round((row.length * percent) / 100)]);
      return { done: at(25), running: at(62), track: at(88), row };
    }

    /** The middle row of a picture. @param {Buffer} png @returns {Promise<number[][]>} */
    function pixels(png) {
      return lab.page.evaluate(async base64 => {
        const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const canvas = new OffscreenCanvas(picture.width, picture.height);
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
        context.drawImage(picture, 0, 0);
        const { data } = context.getImageData(0, Math.floor(picture.height / 2), picture.width, 1);
        return Array.from({ length: picture.width }, (_, x) => [...data.slice(4 * x, 4 * x + 3)]);
      }, png.toString('base64'));
    }
  });
}

/** WCAG's contrast of two colours. @param {number[]} one @param {number[]} other */
function contrast(one, other) {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {number[]} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = colour.map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
