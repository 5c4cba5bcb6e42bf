//! The panel's requests to JupyterLab, through the TypeScript shell.

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::place::{Cell, Place};
use kit::shell_call;

/// Values and functions from the shell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    /// The application that was last chosen in this workspace.
    pub app_id: Option<String>,
    /// Stores another choice.
    pub on_pick_app: Option<Function>,
    /// Puts text on the clipboard.
    pub on_copy: Option<Function>,
    /// Jumps to a cell.
    pub on_jump: Option<Function>,
    /// Receives whether updates are paused.
    pub on_paused: Option<Function>,
    /// Is told when another session is answered than before.
    pub on_session_changed: Option<Function>,
    /// Opens a tab of the main area.
    pub on_open_tab: Option<Function>,
}

impl Shell {
    /// Stores a choice; none clears it.
    pub fn pick(&self, app_id: Option<&str>) {
        if let Some(on_pick_app) = &self.on_pick_app {
            // If the shell's own function throws, the browser's console shows it.
            let _ = on_pick_app.call1(&JsValue::NULL, &app_id.map_or(JsValue::NULL, JsValue::from));
        }
    }

    /// Opens a tab of the main area, which another bundle draws.
    pub fn open_tab(&self, tab: &str) {
        if let Some(on_open_tab) = &self.on_open_tab {
            let _ = on_open_tab.call1(&JsValue::NULL, &tab.into());
        }
    }

    /// Reports whether updates are paused.
    pub fn tell_paused(&self, paused: bool) {
        if let Some(on_paused) = &self.on_paused {
            let _ = on_paused.call1(&JsValue::NULL, &paused.into());
        }
    }

    /// Reports that another session is answered than before: what a tab shows may be another person's.
    pub fn tell_session_changed(&self) {
        if let Some(on_session_changed) = &self.on_session_changed {
            let _ = on_session_changed.call0(&JsValue::NULL);
        }
    }

    /// Copies text, and reports whether that worked.
    pub fn copy(&self, text: &str, on_done: impl FnOnce(bool) + 'static) {
        shell_call::copy(self.on_copy.as_ref(), text, on_done);
    }

    /// Jumps to a line of a cell, and reports whether that cell is unchanged.
    pub fn jump(&self, place: &Place, on_done: impl FnOnce(bool) + 'static) {
        let cell = match &place.cell {
            Cell::Count(count) => JsValue::from(*count),
            Cell::Hash(hash) => JsValue::from(hash),
        };
        let line = place.line.map_or(JsValue::NULL, JsValue::from);
        let notebook_id = JsValue::from(&place.notebook_id);
        let called = self.on_jump.as_ref().map(|on_jump| on_jump.call3(&JsValue::NULL, &notebook_id, &cell, &line));
        shell_call::when_done(called, |outcome| on_done(outcome.and_then(|found| found.as_bool()).unwrap_or_default()));
    }
}
