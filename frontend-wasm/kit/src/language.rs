//! JupyterLab's current language: texts, numbers and times, as the TypeScript shell provides them.
//!
//! It belongs to the page, not to a component, because JupyterLab reloads the page when a person chooses another.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const LANGUAGE: &str = r#"
/** Texts, numbers and times in the page's language. */
export interface Language {
  /** The text at an index, its values as `{0}`, `{1}`; `count` selects the form if there are several. */
  template: (index: number, count: number) => string;
  /** Whether this text depends on a number. */
  has_forms: (index: number) => boolean;
  /** A sentence of the sidecar: its text, an optional text for `%1`, and the other values. */
  sentence: (parts: string[]) => string;
  number: (value: number, decimals: number) => string;
  /** The time of day, with the date if it is more than a day ago; from milliseconds since 1970. */
  time: (at_ms: number) => string;
  /** A time axis's label: hour and minute for 0, day for 1, month for 2; from milliseconds since 1970. */
  tick: (at_ms: number, kind: number) => string;
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Language")]
    pub type Language;

    #[wasm_bindgen(method)]
    fn template(this: &Language, index: usize, count: f64) -> String;

    #[wasm_bindgen(method)]
    fn has_forms(this: &Language, index: usize) -> bool;

    #[wasm_bindgen(method)]
    fn sentence(this: &Language, parts: Vec<String>) -> String;

    #[wasm_bindgen(method)]
    fn number(this: &Language, value: f64, decimals: u32) -> String;

    #[wasm_bindgen(method)]
    fn time(this: &Language, at_ms: f64) -> String;

    #[wasm_bindgen(method)]
    fn tick(this: &Language, at_ms: f64, kind: u32) -> String;
}

/// The current language, with cached results.
struct Spoken {
    language: Language,
    /// Whether it writes small whole numbers as Rust does. Checked at the first number, because browsers need
    /// milliseconds to load a language's number format, and the chip's first text has no number.
    plain_digits: OnceCell<bool>,
    /// Texts that do not depend on a number, by index: they are needed again each second.
    known: Vec<Option<Rc<str>>>,
}

thread_local! {
    static SPOKEN: RefCell<Option<Spoken>> = const { RefCell::new(None) };
}

/// Sets the language of a bundle.
#[wasm_bindgen]
pub fn set_language(language: Language) {
    SPOKEN.set(Some(Spoken { language, plain_digits: OnceCell::new(), known: Vec::new() }));
}

/// Passes the text at `index` to `then`.
pub fn with_template(index: usize, count: u64, then: impl FnOnce(&str) -> String) -> String {
    let template = SPOKEN.with_borrow_mut(|spoken| spoken.as_mut()?.template(index, count));
    then(&template.unwrap_or_else(|| english(index, count)))
}

impl Spoken {
    fn has_plain_digits(&self) -> bool {
        *self.plain_digits.get_or_init(|| self.language.number(7.0, 0) == "7")
    }

    fn template(&mut self, index: usize, count: u64) -> Option<Rc<str>> {
        if index >= self.known.len() {
            self.known.resize(index + 1, None);
        }
        let known = self.known.get_mut(index)?;
        if let Some(known) = known {
            return Some(Rc::clone(known));
        }
        let template: Rc<str> = self.language.template(index, count as f64).into();
        if !self.language.has_forms(index) {
            *known = Some(Rc::clone(&template));
        }
        Some(template)
    }
}

/// In the browser the shell provides all texts.
#[cfg(target_arch = "wasm32")]
fn english(_index: usize, _count: u64) -> Rc<str> {
    Rc::default()
}

/// For components rendered on the host, where no language is set.
#[cfg(not(target_arch = "wasm32"))]
fn english(index: usize, count: u64) -> Rc<str> {
    let Some(text) = crate::i18n::messages::texts().nth(index) else {
        return Rc::default();
    };
    let form = text.other.filter(|_| count != 1).unwrap_or(text.one).to_owned();
    let names = text.names.iter().enumerate();
    names.fold(form, |form, (place, name)| form.replace(&format!("{{{name}}}"), &format!("{{{place}}}"))).into()
}

/// A sentence of the sidecar: its `sentences` in this language, or its English if they have no translation.
pub fn said(english: &str, sentences: &[Vec<String>]) -> String {
    let translated = |spoken: &Spoken| {
        let sentences: Vec<_> = sentences.iter().map(|parts| spoken.language.sentence(parts.clone())).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    };
    with_language(translated).unwrap_or_else(|| english.to_owned())
}

/// A whole number.
pub fn number(value: u64) -> String {
    with_language(|spoken| {
        (value >= 1000 || !spoken.has_plain_digits()).then(|| spoken.language.number(value as f64, 0))
    })
    .unwrap_or_else(|| value.to_string())
}

/// A number with one decimal, counted in tenths.
pub fn tenths(tenths: u64) -> String {
    with_language(|spoken| Some(spoken.language.number(tenths as f64 / 10.0, 1)))
        .unwrap_or_else(|| [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat())
}

/// The time of day, with the date if it is more than a day ago; from milliseconds since 1970.
pub fn time(at_ms: i64) -> String {
    with_language(|spoken| Some(spoken.language.time(at_ms as f64))).unwrap_or_else(|| utc_time(at_ms))
}

/// The label of a time axis at a moment: hour and minute for 0, day for 1, month for 2.
pub fn tick(at_ms: i64, kind: u32) -> String {
    with_language(|spoken| Some(spoken.language.tick(at_ms as f64, kind))).unwrap_or_else(|| utc_time(at_ms))
}

fn with_language(ask: impl FnOnce(&Spoken) -> Option<String>) -> Option<String> {
    SPOKEN.with_borrow(|spoken| spoken.as_ref().and_then(ask))
}

/// In the browser the shell writes all times.
#[cfg(target_arch = "wasm32")]
fn utc_time(_at_ms: i64) -> String {
    String::new()
}

/// For components rendered on the host, where no language is set.
#[cfg(not(target_arch = "wasm32"))]
fn utc_time(at_ms: i64) -> String {
    let seconds = at_ms.div_euclid(1000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
