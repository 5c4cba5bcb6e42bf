// 500 executors and 2,000 stages: the table stays usable, the document and the answers small.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { LargeSpark, storage } from './lib/large-spark.mjs';
import { routeOf } from './lib/routes.mjs';
import { until } from './lib/until.mjs';

const EXECUTORS = 500;
/** Dead ones among them. */
const GONE = 5;
const ENDED = 2_000;
/** Stages, each of a different query; more of both than are listed. */
const ACTIVE = 60;
const [RUNNING_LISTED, RECENT_LISTED] = [20, 20];
/** Rows that are drawn at once, including those just out of view. */
const DRAWN = 45;

/** @type {LargeSpark} */
let spark;
/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;
/** The largest answer of each route on the network; bytes. @type {Record<string, number>} */
const bytes = {};
/** Largest allowed answer; bytes. */
const MOST = {
  'panel/chip': 1_000,
  snapshot: EXECUTORS * 300 + 70_000
};

before(async () => {
  spark = await LargeSpark.start({ executors: EXECUTORS, gone: GONE, ended: ENDED, active: ACTIVE });
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MASTER_UI_URL: spark.url } });
  browser = await launch();
  lab = await LabPage.create(browser);
  lab.page.on('requestfinished', async request => {
    const route = routeOf(request.url())?.route;
    if (route) {
      const { responseBodySize } = await request.sizes().catch(() => ({ responseBodySize: 0 }));
      bytes[route] = Math.max(bytes[route] ?? 0, responseBodySize);
    }
  });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.openPanel();
  await table().waitFor();
  await lab.recent.first().waitFor();
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
  await spark?.stop();
});

test('all executors are counted, and only those near what is seen are in the document', async () => {
  assert.equal(await table().getAttribute('aria-rowcount'), String(EXECUTORS + 2));
  assert.deepEqual((await rows()).slice(0, 2), [
    { row: 2, id: '0' },
    { row: 3, id: '1' }
  ]);
  await fewRowsAreDrawn();
  await lab.picture('large', lab.panel);
});

test('a click on a column sorts all rows by it, a second click the other way round', async () => {
  const living = Array.from({ length: EXECUTORS - GONE }, (_, id) => id);
  const byStorage = living.sort((one, other) => storage(one, EXECUTORS) - storage(other, EXECUTORS));
  const storageColumn = column('Storage');
  await storageColumn.getByRole('button').click();
  await sortedAs(storageColumn, 'descending', String(byStorage.at(-1)));
  await storageColumn.getByRole('button').click();
  await sortedAs(storageColumn, 'ascending', String(byStorage.at(0)));
});

test('the keyboard sorts too, and only one column says so', async () => {
  const number = column('ID');
  await number.getByRole('button').focus();
  await lab.page.keyboard.press('Enter');
  await sortedAs(number, 'ascending', '0');
  await lab.page.keyboard.press('Enter');
  await sortedAs(number, 'descending', String(EXECUTORS - GONE - 1));
  await lab.page.keyboard.press('Space');
  await sortedAs(number, 'ascending', '0');
  assert.equal(await table().locator('[aria-sort]').count(), 1);
  await until('the button to keep the focus', () => number.getByRole('button').evaluate(button => button === document.activeElement));
});

test('the mouse wheel scrolls through the middle, head and driver stay in sight', async () => {
  await scroller().hover();
  await lab.page.mouse.wheel(0, 9_000);
  await until('rows of the middle', async () => (await rows()).some(({ row }) => row > 100));
  await fewRowsAreDrawn();
  await headAndDriverAreInSight();
  await noWhiteInSight();
});

test('the keyboard scrolls to the end, where the dead ones are', async () => {
  await scroller().focus();
  await lab.page.keyboard.press('End');
  const last = { row: EXECUTORS + 1, id: String(EXECUTORS - 1) };
  await until('the last row', async () => JSON.stringify((await rows()).at(-1)) === JSON.stringify(last));
  assert.match((await row(EXECUTORS + 1).textContent()) ?? '', /Gone at .+: Command exited with code 137/);
  const seen = await rows();
  assert.deepEqual(seen.map(({ row }) => row), seen.map((_, index) => (seen[0]?.row ?? 0) + index));
  await fewRowsAreDrawn();
  await headAndDriverAreInSight();
  await noWhiteInSight();
  await lab.picture('large-end', lab.panel);
});

test('of queries only the newest are listed', async () => {
  for (const [name, listed] of Object.entries({ 'Running queries': RUNNING_LISTED })) {
    const section = lab.panel.getByRole('region', { name });
    assert.equal(await section.getByRole('button', { expanded: false }).count(), listed, name);
    await section.getByText(`${ACTIVE - listed} more`).waitFor();
  }
  assert.equal(await lab.recent.count(), RECENT_LISTED);
});

test('a poll is small: stages and queries below 20 KB, executors below 300 bytes each', async t => {
  await lab.recent.first().click();
  await until('the query that is folded out', () => lab.requests.count('query') > 0);
  await until('an answer of each route', () => Object.keys(MOST).every(route => bytes[route]));
  for (const [route, most] of Object.entries(MOST)) {
    const size = bytes[route] ?? Infinity;
    t.diagnostic(`${route} ${size} bytes`);
    assert.ok(size < most, `${size} bytes of ${route}`);
  }
});

function scroller() {
  return lab.panel.getByRole('group', { name: 'Executors' });
}

function table() {
  return scroller().locator('table');
}

/** @param {string} name */
function column(name) {
  return table().getByRole('columnheader', { name });
}

/** @param {number} index */
function row(index) {
  return table().locator(`tr[aria-rowindex="${index}"]`);
}

/** The executors' rows that are in the document. @returns {Promise<{row: number, id: string}[]>} */
function rows() {
  return table().locator('tbody:not(.sparkMonitor-Table-driver) tr[aria-rowindex]').evaluateAll(rows =>
    rows.map(row => ({ row: Number(row.getAttribute('aria-rowindex')), id: row.querySelector('th')?.textContent ?? '' }))
  );
}

async function fewRowsAreDrawn() {
  const drawn = await table().locator('tr').count();
  assert.ok(drawn > 5 && drawn <= DRAWN, `${drawn} rows are drawn`);
}

/** @param {import('playwright-core').Locator} header @param {string} order @param {string} first */
async function sortedAs(header, order, first) {
  await until(`${order} with ${first} first`, async () => {
    return (await header.getAttribute('aria-sort')) === order && (await rows())[0]?.id === first;
  });
}

async function headAndDriverAreInSight() {
  const frame = await scroller().boundingBox();
  for (const part of [table().locator('thead th').first(), row(EXECUTORS + 2)]) {
    const box = await part.boundingBox();
    assert.ok(frame && box && box.y >= frame.y - 1 && box.y + box.height <= frame.y + frame.height + 1, JSON.stringify({ frame, box }));
  }
}

/** Between header and driver there are rows, not the gap that replaces rows left out. */
async function noWhiteInSight() {
  await until('rows wherever one looks', () =>
    scroller().evaluate(scroller => {
      scroller.scrollIntoView({ block: 'center' });
      const { left, width, top, height } = scroller.getBoundingClientRect();
      const heights = Array.from({ length: 9 }, (_, tenth) => top + (height * (tenth + 1)) / 10);
      return heights.every(y => document.elementFromPoint(left + width / 2, y)?.closest('tr[aria-rowindex]'));
    })
  );
}
