// Chip, panel, tab, commands and settings in JupyterLab's language; no text bypasses its translator.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { LabPage } from './lib/lab-page.mjs';
import { FAST, Lab } from './lib/lab.mjs';
import { SettingsEditor } from './lib/settings-editor.mjs';
import { until } from './lib/until.mjs';

const DOMAIN = 'berdl_spark_monitor';

/** @type {Lab} */
let jupyter;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {LabPage} */
let lab;

before(async () => {
  jupyter = await Lab.start({ env: { ...FAST, SPARK_MONITOR_MOCK_MODE: 'true' } });
  browser = await launch();
  lab = await LabPage.create(browser, { locale: 'de-DE', timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 1600 } });
  await lab.open(`${jupyter.url}lab?token=${jupyter.token}`);
  await lab.untilChip('Spark: Ready (1/1)');
});

after(async () => {
  await browser?.close();
  await jupyter?.stop();
});

test('choosing German in JupyterLab’s menu translates chip and panel', async () => {
  const item = (/** @type {string} */ hasText) => lab.page.locator('.lm-Menu-item', { hasText });
  await lab.page.getByRole('menuitem', { name: 'Settings', exact: true }).click();
  await item('Language').hover();
  await item('Deutsch').click();
  await lab.page.locator('.jp-Dialog .jp-mod-accept').click();
  await lab.untilChip('Spark: Bereit (1/1)', 40_000);
  await lab.ready();
  await lab.openPanel();
  await lab.recent.first().waitFor();
  await lab.unfold('Cluster');
  await lab.picture('language-de', lab.panel);
  for (const words of ['Laufende Abfragen', 'Letzte Abfragen', 'Verbindungsbericht', 'Kerne']) {
    await lab.panel.getByText(words, { exact: true }).first().waitFor();
  }
  assert.match((await lab.chip.getAttribute('title')) ?? '', /1 von 1 Worker ist bereit\./);
});

test('numbers and plurals are German', async () => {
  const memory = lab.panel.getByRole('meter', { name: 'Speicher', exact: true });
  assert.match((await memory.getAttribute('aria-valuetext')) ?? '', /^1,0 GB von 4,0 GB, 25\s%, normal$/);
  await lab.panel.getByText('2 Kerne', { exact: true }).waitFor();
  assert.match(await lab.panel.locator('.sparkMonitor-Stage-elapsed').first().innerText(), /^\d+ s$/);
});

test('commands and the tab are German', async () => {
  assert.equal(await lab.tab.getAttribute('title'), 'Spark-Monitor (Spark: Bereit (1/1))');
  await lab.search('Spark-Monitor', async () => {
    await lab.palette.getByText('Spark-Monitor aktualisieren').waitFor({ timeout: 2_000 });
  });
  await lab.page.keyboard.press('Escape');
});

test('the Settings editor is German', async () => {
  const settings = new SettingsEditor(lab);
  await settings.open('Spark-Monitor');
  await settings.form.getByText('Den Zustand des Clusters in der Statusleiste zeigen').waitFor();
  await settings.form.getByText('Letzte 10 Minuten').waitFor();
  assert.doesNotMatch(await settings.form.innerText(), /\b(the|seconds|section|bar)\b/i);
});

test('nothing that is said escapes the translator', async () => {
  /** Strings from the sidecar: names of applications, its own sentences. @type {Set<string>} */
  const told = new Set();
  lab.page.on('response', async answer => {
    if (answer.url().includes('/berdl/api/spark-monitor/')) {
      collect(await answer.json().catch(() => null), told);
    }
  });
  await lab.page.route('**/lab/api/translations/de_DE*', async route => {
    const answer = await route.fetch();
    const pack = await answer.json();
    const ours = pack.data[DOMAIN];
    for (const [id, forms] of Object.entries(ours)) {
      if (id !== '') {
        ours[id] = /** @type {string[]} */ (forms).map(form => `⟦${form}⟧`);
      }
    }
    await route.fulfill({ response: answer, json: pack });
  });
  await lab.page.reload();
  await lab.ready();
  await until('the marked chip', async () => (await lab.chipText()).startsWith('⟦'), { within: 40_000 });
  // The last layout may have been saved before the panel was in it.
  await lab.openPanel();
  await lab.recent.first().waitFor();
  // The chip may have led to it, and unfolded it.
  await until('the query to unfold', async () => {
    const isOpen = (await lab.recent.first().getAttribute('aria-expanded')) === 'true';
    await (isOpen ? lab.panel.locator('.sparkMonitor-Recent-details').first().waitFor() : lab.recent.first().click());
    return isOpen;
  });
  await lab.panel.getByRole('button', { name: /Cluster/ }).click();
  await lab.panel.getByRole('button', { name: /Verbindungsbericht/ }).click();
  await lab.hops.nth(5).waitFor();
  await lab.panel.locator('.sparkMonitor-Recent-details').first().waitFor();
  await lab.picture('language-marked', lab.panel);
  const parts = [lab.panel, lab.chip, lab.tab, lab.report.locator('.sparkMonitor-Page'), lab.reportHandle.locator('.lm-TabBar-tabLabel')];
  const said = (await Promise.all(parts.map(texts))).flat();
  assert.ok(said.length > 100, `${said.length} texts`);
  const found = await lab.hops.locator('p').allInnerTexts();
  assert.deepEqual(found.filter(text => !text.startsWith('⟦')), [], 'what the sidecar found');
  assert.deepEqual(said.map(text => unmarked(text, told)).filter(rest => /\p{L}{2}/u.test(rest)), []);
});

/** Every string in an answer. @param {unknown} part @param {Set<string>} strings */
function collect(part, strings) {
  if (typeof part === 'string' && part !== '') {
    strings.add(part);
  } else if (typeof part === 'object' && part !== null) {
    Object.values(part).forEach(value => collect(value, strings));
  }
}

/** What a person reads or hears in a part of the page. @param {import('playwright-core').Locator} part */
function texts(part) {
  return part.evaluate(root => {
    /** @type {string[]} */
    const texts = [];
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = /** @type {Node | null} */ (root); node; node = nodes.nextNode()) {
      if (node instanceof Element) {
        for (const name of ['title', 'aria-label', 'aria-valuetext', 'data-label', 'placeholder', 'alt']) {
          texts.push(node.getAttribute(name) ?? '');
        }
      } else {
        texts.push(node.textContent ?? '');
      }
    }
    return texts.filter(text => text.trim() !== '');
  });
}

/** The text without what the translator and the sidecar said. @param {string} text @param {Set<string>} told */
function unmarked(text, told) {
  let rest = text;
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/⟦[^⟦⟧]*⟧/gu, '');
  }
  const words = rest.trim();
  return [...told].some(known => known.includes(words)) ? '' : words;
}
