// Brings the panel into each of its states, in each theme: takes its picture for docs/panel.md, and runs axe on it.
// `node states.mjs STATE…` covers only some.
import path from 'node:path';
import { check } from './lib/accessibility.mjs';
import { launch } from './lib/browser.mjs';
import { OUT } from './lib/environment.mjs';
import { generate, table } from './lib/generated.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { inEachTheme, picture, THEMES } from './lib/panel-picture.mjs';
import { until } from './lib/until.mjs';
import { before } from './states/before.mjs';
import { demonstration, withoutMaster, withUsers } from './states/doubles.mjs';
import { realSpark } from './states/real-spark.mjs';

/** @typedef {import('./lib/accessibility.mjs').Verdict} Verdict */
/** @typedef {import('./lib/panel-picture.mjs').Theme} Theme */
/** @typedef {import('./states/site.mjs').Site} Site */
/** @typedef {import('./states/site.mjs').State} State */

const PICTURES = path.resolve(import.meta.dirname, '../../docs/panel');
/** High enough for the whole panel, because axe cannot measure what is partly out of view. */
const VIEWPORT = { width: 1000, height: 1800 };

/** What the chip says, by its pictures' name. @type {Record<import('./states/site.mjs').ChipName, RegExp>} */
const CHIPS = {
  ready: /^Spark: Ready \(/,
  attention: /^Spark: Ready \(/,
  loading: /^Spark: \.\.\.$/,
  starting: /^Spark: Starting \(/,
  error: /^Spark: Error$/,
  'no-cluster': /^Spark: No Cluster$/,
  unknown: /^Spark$/
};

/** Sentences and headings, from top to bottom. */
const FIRST = '.sparkMonitor-Why, .sparkMonitor-Notice-heading';

/** The ends of the queries' rows, which are below each other. */
const CARETS = ".sparkMonitor-Query-head > [aria-expanded='false'] > .sparkMonitor-Caret";

const only = process.argv.slice(2);
/** The results of axe, by state and theme. @type {Map<string, Map<Theme, Verdict>>} */
const verdicts = new Map();
/** What a person reads first, by state. @type {Map<string, string>} */
const first = new Map();
const browser = await launch();
try {
  for (const start of [demonstration, withoutMaster, withUsers, realSpark]) {
    await takeAll(await start());
  }
} finally {
  await browser.close();
}
if (only.length === 0 && process.exitCode === undefined) {
  await generate('panel.md', 'axe', summary());
  await generate('answer-first.md', 'first', before(first));
}

/** @param {Site} site */
async function takeAll(site) {
  try {
    for (const state of site.states.filter(({ name }) => only.length === 0 || only.includes(name))) {
      await take(site, state);
    }
  } finally {
    await site.stop();
  }
}

/** Reports a failure and continues with the other states. @param {Site} site @param {State} state */
async function take({ jupyter, open, heal }, state) {
  const { name, arrange } = state;
  const lab = await LabPage.create(browser, { viewport: VIEWPORT });
  try {
    await heal?.();
    await (open?.(lab) ?? lab.open(`${jupyter.url}lab?token=${jupyter.token}&reset`));
    await arrange(lab);
    await inEachTheme(lab, state, theme => look(lab, state, theme));
    console.log(`ok      ${name}`);
  } catch (error) {
    fails(`${name}: ${error instanceof Error ? error.message : error}`);
    await lab.picture(`state-${name}-failed`).catch(() => {});
  } finally {
    await lab.close();
  }
}

/** @param {LabPage} lab @param {State} state @param {Theme} theme */
async function look(lab, { name, chip, onlyChip = false }, theme) {
  // The third theme is only for axe, and for whoever fixes its findings.
  await picture(lab, path.join(onlyChip || theme === 'high-contrast' ? path.join(OUT, 'states') : PICTURES, `${name}-${theme}.png`));
  if (chip !== undefined && theme !== 'high-contrast') {
    // It asks less often than the panel.
    await until(`the chip of ${chip}`, async () => CHIPS[chip].test(await lab.chipText()), { within: 60_000 });
    await lab.chip.screenshot({ path: path.join(PICTURES, `chip-${chip}-${theme}.png`) });
    await lab.tab.screenshot({ path: path.join(PICTURES, `badge-${chip}-${theme}.png`) });
  }
  if (theme === 'light') {
    first.set(name, (await lab.panel.locator(FIRST).allInnerTexts())[0] ?? '');
  }
  const ends = await lab.panel.locator(CARETS).evaluateAll(carets => carets.map(caret => Math.round(caret.getBoundingClientRect().right)));
  if (new Set(ends).size > 1) {
    fails(`${name}, ${theme}: the queries' rows end at ${ends.join(', ')} pixels`);
  }
  const verdict = await check(lab);
  verdicts.set(name, (verdicts.get(name) ?? new Map()).set(theme, verdict));
  verdict.findings.forEach(finding => fails(`${name}, ${theme}: ${finding}`));
  verdict.undecided.forEach(question => console.log(`?       ${name}, ${theme}: ${question}`));
}

/** @param {string} sentence */
function fails(sentence) {
  process.exitCode = 1;
  console.log(`not ok  ${sentence}`);
}

/** Only written if nothing was found. */
function summary() {
  const themes = /** @type {Theme[]} */ (Object.keys(THEMES));
  const cell = (/** @type {Verdict | undefined} */ verdict) =>
    verdict ? [`${verdict.findings.length} of ${verdict.rules}`, ...undecided(verdict)].join(', ') : '-';
  const rows = [...verdicts].map(([name, found]) => [name, ...themes.map(theme => cell(found.get(theme)))]);
  return table(['state', ...themes.map(theme => THEMES[theme])], rows);
}

/** @param {Verdict} verdict */
function undecided({ undecided: { length } }) {
  return length > 0 ? [`${length} undecided`] : [];
}
