/** How JupyterLab's language says texts, numbers and times. */
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { Language } from 'berdl-spark-monitor-ui';
import type { Text } from 'berdl-spark-monitor-ui/texts.js';

const DAY_MS = 86_400_000;

/** What the WebAssembly is told; it knows `texts` by their places only. */
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
  return {
    template: (index, count) => {
      const { one, other, names } = texts[index] ?? { one: '', other: null, names: [] };
      const said = other === null ? trans.gettext(one) : trans.ngettext(one, other, count);
      return names.reduce((text, name, place) => text.replaceAll(`{${name}}`, `{${place}}`), said);
    },
    has_forms: index => texts[index]?.other != null,
    sentence: ([text = '', subject = '', ...values]) =>
      trans.gettext(text, ...(subject === '' ? values : [trans.gettext(subject), ...values])),
    number: (value, decimals) => (decimals === 0 ? whole : decimal)().format(value),
    time: at => (Math.abs(Date.now() - at) < DAY_MS ? timeOfDay : dateAndTime)().format(at)
  };
}

/** Made when it is first needed: a formatter takes milliseconds, and the chip's first word needs none. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** JupyterLab's English is of no country: then the browser's own, if that is English too. */
function languageTag(code: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(code.replaceAll('_', '-'));
    return navigator.languages.find(own => own.split('-')[0] === tag) ?? tag;
  } catch {
    // A tag that only JupyterLab knows, for example its pseudo-language.
    return undefined;
  }
}
