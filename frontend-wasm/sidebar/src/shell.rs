//! What the panel asks of JupyterLab, through the TypeScript shell.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::place::{Cell, Place};

/// What the shell has handed to the panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    /// The application that was chosen in this workspace.
    pub app_id: Option<String>,
    /// Remembers another choice.
    pub on_pick_app: Option<Function>,
    /// Puts text on the clipboard.
    pub on_copy: Option<Function>,
    /// Goes to a cell.
    pub on_jump: Option<Function>,
    /// Hears whether updates are paused.
    pub on_paused: Option<Function>,
}

impl Shell {
    /// Has a choice remembered; none forgets it.
    pub fn pick(&self, app_id: Option<&str>) {
        if let Some(on_pick_app) = &self.on_pick_app {
            // What the shell's own function throws is the shell's to report: it is in the browser's console.
            let _ = on_pick_app.call1(&JsValue::NULL, &app_id.map_or(JsValue::NULL, JsValue::from));
        }
    }

    /// Tells whether updates are paused.
    pub fn tell_paused(&self, paused: bool) {
        if let Some(on_paused) = &self.on_paused {
            let _ = on_paused.call1(&JsValue::NULL, &paused.into());
        }
    }

    /// Copies, and tells whether that worked.
    pub fn copy(&self, text: &str, on_done: impl FnOnce(bool) + 'static) {
        let called = self.on_copy.as_ref().map(|on_copy| on_copy.call1(&JsValue::NULL, &text.into()));
        when_done(called, |outcome| on_done(outcome.is_some()));
    }

    /// Goes to a line of a cell, and tells whether that cell is still what it was.
    pub fn jump(&self, place: &Place, on_done: impl FnOnce(bool) + 'static) {
        let cell = match &place.cell {
            Cell::Count(count) => JsValue::from(*count),
            Cell::Hash(hash) => JsValue::from(hash),
        };
        let line = place.line.map_or(JsValue::NULL, JsValue::from);
        let notebook_id = JsValue::from(&place.notebook_id);
        let called = self.on_jump.as_ref().map(|on_jump| on_jump.call3(&JsValue::NULL, &notebook_id, &cell, &line));
        when_done(called, |outcome| on_done(outcome.and_then(|found| found.as_bool()).unwrap_or_default()));
    }
}

/// What a function of the shell has promised, once it is there; none when it failed or is missing.
fn when_done(called: Option<Result<JsValue, JsValue>>, on_done: impl FnOnce(Option<JsValue>) + 'static) {
    match called.and_then(Result::ok).and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        None => on_done(None),
        Some(promise) => spawn_local(async move { on_done(JsFuture::from(promise).await.ok()) }),
    }
}
