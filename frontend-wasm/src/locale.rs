//! Times of day in the person's own language.

use yew::AttrValue;

/// The language of this JupyterLab; none is the browser's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Locale {
    pub language: Option<AttrValue>,
}

impl Locale {
    /// The time of day, with the date when it is not within the last day; from milliseconds since 1970.
    pub fn time(&self, at_ms: i64) -> String {
        if cfg!(target_arch = "wasm32") { intl::time(self.language.as_deref(), at_ms) } else { utc_time(at_ms) }
    }
}

/// For components rendered on the host, where there is no `Intl`.
fn utc_time(at_ms: i64) -> String {
    let seconds = at_ms.div_euclid(1000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

mod intl {
    //! The browser's `Intl.DateTimeFormat`.

    use js_sys::{Object, Reflect};
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    const DAY_MS: f64 = 86_400_000.0;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = Intl)]
        type DateTimeFormat;

        // Bound here because js-sys' own does not catch the exception for a language tag the browser refuses.
        #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
        fn new(language: Option<&str>, options: &Object) -> Result<DateTimeFormat, JsValue>;

        #[wasm_bindgen(method)]
        fn format(this: &DateTimeFormat, at_ms: f64) -> String;
    }

    pub(super) fn time(language: Option<&str>, at_ms: i64) -> String {
        let at_ms = at_ms as f64;
        let options = Object::new();
        let style = |name: &str, value: &str| {
            // Setting a field of a plain object cannot fail.
            let _ = Reflect::set(&options, &JsValue::from(name), &JsValue::from(value));
        };
        if (js_sys::Date::now() - at_ms).abs() < DAY_MS {
            style("timeStyle", "medium");
        } else {
            style("dateStyle", "medium");
            style("timeStyle", "short");
        }
        DateTimeFormat::new(language, &options)
            .or_else(|_| DateTimeFormat::new(None, &options))
            .map(|format| format.format(at_ms))
            .unwrap_or_default()
    }
}
