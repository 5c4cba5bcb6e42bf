//! Calls to functions of the TypeScript shell that return promises.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Lets the shell copy text, and reports whether that worked.
pub fn copy(on_copy: Option<&Function>, text: &str, on_done: impl FnOnce(bool) + 'static) {
    let called = on_copy.map(|on_copy| on_copy.call1(&JsValue::NULL, &text.into()));
    when_done(called, |outcome| on_done(outcome.is_some()));
}

/// Passes on the result of a promise of the shell; none if it failed or the function is missing.
pub fn when_done(called: Option<Result<JsValue, JsValue>>, on_done: impl FnOnce(Option<JsValue>) + 'static) {
    match called.and_then(Result::ok).and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        None => on_done(None),
        Some(promise) => spawn_local(async move { on_done(JsFuture::from(promise).await.ok()) }),
    }
}
