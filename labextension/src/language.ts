/** Texts, numbers and times in JupyterLab's language. */
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { Language } from 'berdl-spark-monitor-ui';
import type { Text } from 'berdl-spark-monitor-ui/texts.js';

const DAY_MS = 86_400_000;

/** Passed to the WebAssembly, which knows `texts` only by their indices. */
export function languageOf(
  texts: readonly Text[],
  translator: ITranslator,
  trans: TranslationBundle
): Language {
  const tag = languageTag(translator.languageCode);
  const whole = once(() => new Intl.NumberFormat(tag, { maximumFractionDigits: 0 }));
  const decimal = once(() => new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
  const timeOfDay = once(() => new Intl.DateTimeFormat(tag, { timeStyle: 'medium' }));
  const dateAndTime = once(() => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }));
  const ticks = [
    once(() => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' })),
    once(() => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short' })),
    once(() => new Intl.DateTimeFormat(tag, { month: 'short', year: 'numeric' }))
  ];
  return {
    template: (index, count) => {
      const { one, other, names } = texts[index] ?? { one: '', other: null, names: [] };
      const said = other === null ? trans.gettext(one) : trans.ngettext(one, other, count);
      return names.reduce((text, name, place) => text.replaceAll(`{${name}}`, `{${place}}`), said);
    },
    has_forms: index => texts[index]?.other != null,
    sentence: parts => sentence(trans, parts),
    number: (value, decimals) => (decimals === 0 ? whole : decimal)().format(value),
    time: at => (Math.abs(Date.now() - at) < DAY_MS ? timeOfDay : dateAndTime)().format(at),
    tick: (at, kind) => (ticks[kind] ?? dateAndTime)().format(at)
  };
}

/** The sidecar's sentences, as one text. */
export function sentences(trans: TranslationBundle, all: string[][]): string {
  return all.map(parts => sentence(trans, parts)).join(' ');
}

function sentence(trans: TranslationBundle, [text = '', subject = '', ...values]: string[]): string {
  return trans.gettext(text, ...(subject === '' ? values : [trans.gettext(subject), ...values]));
}

/** Created on first use: a formatter takes milliseconds, and the chip's first text does not need one. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** JupyterLab's English has no region, so we use the browser's, if that is English too. */
function languageTag(code: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(code.replaceAll('_', '-'));
    return navigator.languages.find(own => own.split('-')[0] === tag) ?? tag;
  } catch {
    // A tag that only JupyterLab knows, such as its pseudo-language.
    return undefined;
  }
}
