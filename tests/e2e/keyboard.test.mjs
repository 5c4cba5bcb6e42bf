// The keyboard walk of docs/accessibility.md: everything without a mouse, with a focus that is always visible.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { CLIPBOARD, LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { until } from './lib/until.mjs';

const SHORTCUT = 'Control+Shift+Y';

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  await jupyter.write('walk.ipynb', ['1 + 1']);
  browser = await launch();
  lab = await LabPage.create(browser, CLIPBOARD);
  await lab.open(`${jupyter.url}lab/tree/walk.ipynb?token=${jupyter.token}`);
  await lab.untilChip('Spark: Ready (1/1)');
  await lab.kernelIdle();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('1. the shortcut opens the panel and takes the focus there', async () => {
  await lab.page.keyboard.press(SHORTCUT);
  await lab.panel.waitFor();
  await until('the focus', async () => (await focused()).name === 'Spark Monitor');
  await lab.recent.first().waitFor();
});

test('2. Refresh asks, and Pause pauses and goes on', async () => {
  await tabTo('Refresh');
  lab.requests.clear();
  await lab.page.keyboard.press('Enter');
  await until('a request', () => lab.requests.count('cluster') > 0);
  await tabTo('Pause updates');
  await lab.page.keyboard.press('Space');
  await until('paused', async () => (await focused()).name === 'Resume updates');
  await lab.page.keyboard.press('Space');
  await until('goes on', async () => (await focused()).name === 'Pause updates');
});

test('3. a section folds and unfolds, and says which it is', async () => {
  await tabTo(/^Running queries/);
  await lab.page.keyboard.press('Enter');
  await until('folded', async () => (await focused()).expanded === 'false');
  await lab.page.keyboard.press('Enter');
  await until('unfolded', async () => (await focused()).expanded === 'true');
});

test('4. a running query folds out', async () => {
  await tabTo(/^project, range/);
  await lab.page.keyboard.press('Enter');
  await until('the query to fold out', async () => (await focused()).expanded === 'true');
  await lab.page.keyboard.press('Enter');
  await until('the query to fold', async () => (await focused()).expanded === 'false');
});

test('5. a query that ended folds out, with the reason of its failure', async () => {
  await tabTo(/^Recent queries/);
  await tabTo(/select sum/);
  await lab.page.keyboard.press('Enter');
  await lab.panel.getByText('USER_RAISED_EXCEPTION').first().waitFor();
  await lab.page.keyboard.press('Enter');
});

test('6. executors are sorted by a column', async () => {
  await tabTo('Tasks');
  const column = lab.panel.getByRole('columnheader', { name: 'Tasks' });
  await lab.page.keyboard.press('Enter');
  await until('sorted', async () => (await column.getAttribute('aria-sort')) === 'descending');
  await lab.page.keyboard.press('Enter');
  await until('the other way round', async () => (await column.getAttribute('aria-sort')) === 'ascending');
});

test('7. the last minutes are walked by arrow keys', async () => {
  // The history starts with the sidecar, and is polled at the slow rate.
  await until('two samples', async () => Number(await slider().getAttribute('aria-valuemax')) > 0, { within: 40_000 });
  await tabTo('Cores in use');
  const now = await slider().getAttribute('aria-valuetext');
  await lab.page.keyboard.press('ArrowLeft');
  await until('an earlier moment', async () => / at /.test((await slider().getAttribute('aria-valuetext')) ?? ''));
  await lab.page.keyboard.press('Escape');
  await until('now again', async () => (await slider().getAttribute('aria-valuetext')) === now);
});

test('8. the cluster’s line unfolds, the master’s address is copied, and that is said', async () => {
  await tabTo(/^Cluster/);
  await lab.page.keyboard.press('Enter');
  await until('unfolded', async () => (await focused()).expanded === 'true');
  await tabTo('Copy master URL');
  await lab.page.keyboard.press('Enter');
  await lab.panel.getByRole('status').getByText('Copied').waitFor();
  assert.match(await lab.clipboard(), /^spark:/);
});

test('9. Shift+Tab walks back, and the shortcut hides the panel and gives the focus back', async () => {
  await lab.page.keyboard.press('Shift+Tab');
  assert.match((await focused()).name, /^Cluster/);
  await lab.page.keyboard.press(SHORTCUT);
  await lab.panel.waitFor({ state: 'hidden' });
  await until('the focus in the notebook', inNotebook);
});

test('10. the chip is a button that opens the panel and leads to what it tells', async () => {
  await lab.chip.focus();
  await lab.page.keyboard.press('Shift+Tab');
  await lab.page.keyboard.press('Tab');
  assert.match((await focused()).name, /^Spark: Ready/);
  await visiblyFocused();
  await lab.page.keyboard.press('Enter');
  await lab.panel.waitFor();
  await until('the focus on the query that failed', async () => /boom.*Failed/.test((await focused()).name));
  await visiblyFocused();
});

test('12. the connection report is opened in a tab, made again, copied and closed', async () => {
  await tabTo('Connection report');
  await lab.page.keyboard.press('Enter');
  await until('the focus in the tab', async () => (await focused()).name === 'Connection report' && !(await focused()).inPanel);
  await visiblyFocused();
  await lab.hops.nth(5).waitFor();
  for (const name of ['Check again', 'Copy report']) {
    await lab.page.keyboard.press('Tab');
    assert.equal((await focused()).name, name);
    await visiblyFocused();
    lab.requests.clear();
    await lab.page.keyboard.press('Enter');
    await until(name, async () =>
      name === 'Check again'
        ? lab.requests.count('doctor') === 1
        : (await lab.clipboard()).startsWith('Spark Monitor connection report')
    );
  }
  assert.equal((await focused()).name, 'Copy report', 'the focus stays');
  await lab.page.keyboard.press('Alt+w');
  await lab.report.waitFor({ state: 'detached' });
});

test('nothing is read out while only numbers change', async () => {
  await lab.panel.evaluate(panel => {
    const said = /** @type {string[]} */ ([]);
    Object.assign(window, { said });
    const regions = [...panel.querySelectorAll('[role="status"], [role="alert"], [aria-live]')];
    const options = { characterData: true, childList: true, subtree: true };
    for (const region of regions) {
      // Removed text is not announced.
      const hear = () => region.textContent && said.push(region.textContent);
      new MutationObserver(hear).observe(region, options);
    }
  });
  lab.requests.clear();
  await until('several polls', () => lab.requests.count('queries') >= 4, { within: 30_000 });
  assert.deepEqual(await lab.page.evaluate(() => /** @type {any} */ (window).said), []);
});

function inNotebook() {
  return lab.page.evaluate(() => !!document.activeElement?.closest('.jp-Notebook'));
}

function slider() {
  return lab.panel.getByRole('slider', { name: 'Cores in use' });
}

/** Presses Tab until an element of this name has the focus; each stop must be visible. @param {string | RegExp} name */
async function tabTo(name) {
  const stops = [];
  for (let stop = 0; stop < 60; stop++) {
    await lab.page.keyboard.press('Tab');
    const seen = await focused();
    stops.push(seen.name);
    assert.ok(seen.inPanel, `out of the panel after ${stops.join(' > ')}`);
    await visiblyFocused();
    if (typeof name === 'string' ? seen.name === name : name.test(seen.name)) {
      return;
    }
  }
  throw new Error(`no ${name}: ${stops.join(' > ')}`);
}

/** The focused element. */
function focused() {
  return lab.page.evaluate(() => {
    const element = document.activeElement;
    return {
      name: (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim(),
      expanded: element?.getAttribute('aria-expanded'),
      inPanel: !!element?.closest('.sparkMonitor-Panel')
    };
  });
}

/** The focus has an outline and is visible. */
async function visiblyFocused() {
  const seen = await lab.page.evaluate(() => {
    const element = /** @type {Element} */ (document.activeElement);
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const inSight = box.height > 0 && box.top >= 0 && box.bottom <= window.innerHeight;
    return { outline: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, inSight, html: element.outerHTML.slice(0, 100) };
  });
  assert.ok(seen.outline, `no visible focus: ${seen.html}`);
  assert.ok(seen.inSight, `out of sight: ${seen.html}`);
}
