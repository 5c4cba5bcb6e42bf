//! What the panel asks of JupyterLab, through the TypeScript shell.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What the shell has handed to the panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    /// The application that was chosen in this workspace.
    pub app_id: Option<String>,
    /// Remembers another choice.
    pub on_pick_app: Option<Function>,
    /// Puts text on the clipboard.
    pub on_copy: Option<Function>,
}

impl Shell {
    /// Has a choice remembered; none forgets it.
    pub fn pick(&self, app_id: Option<&str>) {
        if let Some(on_pick_app) = &self.on_pick_app {
            // What the shell's own function throws is the shell's to report: it is in the browser's console.
            let _ = on_pick_app.call1(&JsValue::NULL, &app_id.map_or(JsValue::NULL, JsValue::from));
        }
    }

    /// Copies, and tells whether that worked.
    pub fn copy(&self, text: &str, on_done: impl FnOnce(bool) + 'static) {
        let call = self.on_copy.as_ref().map(|on_copy| on_copy.call1(&JsValue::NULL, &text.into()));
        let Some(promise) = call.and_then(Result::ok).and_then(|promise| promise.dyn_into::<Promise>().ok()) else {
            return on_done(false);
        };
        spawn_local(async move { on_done(JsFuture::from(promise).await.is_ok()) });
    }
}
