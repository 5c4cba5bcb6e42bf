//! JupyterLab's editor, which the shell makes in an element of the tab.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;
use yew::Callback;

use super::catalog::Completion;
use super::marks::Mark;

#[wasm_bindgen]
extern "C" {
    #[derive(Debug)]
    type SqlEditor;

    #[wasm_bindgen(method)]
    fn text(this: &SqlEditor) -> String;

    #[wasm_bindgen(method)]
    fn selection(this: &SqlEditor) -> JsValue;

    #[wasm_bindgen(method)]
    fn set_text(this: &SqlEditor, text: &str);

    #[wasm_bindgen(method)]
    fn insert(this: &SqlEditor, text: &str);

    #[wasm_bindgen(method)]
    fn mark(this: &SqlEditor, parts: &Array);

    #[wasm_bindgen(method)]
    fn complete(this: &SqlEditor, names: &Array);

    #[wasm_bindgen(method)]
    fn focus(this: &SqlEditor);

    #[wasm_bindgen(method)]
    fn dispose(this: &SqlEditor);
}

/// The editor; dropping it removes it.
pub struct Editor {
    editor: SqlEditor,
    // The editor calls these for as long as it lives.
    _on_change: Closure<dyn FnMut(String)>,
    _on_run: Closure<dyn FnMut()>,
}

/// A statement, or the selected part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    /// Where it begins in the editor, in UTF-16 units.
    pub offset: u32,
}

impl Editor {
    /// None if the shell makes none.
    pub fn open(
        make: &Function,
        host: &Element,
        (label, text): (&str, &str),
        on_change: Callback<String>,
        on_run: Callback<()>,
    ) -> Option<Self> {
        let on_change = Closure::<dyn FnMut(String)>::new(move |text| on_change.emit(text));
        let on_run = Closure::<dyn FnMut()>::new(move || on_run.emit(()));
        let (label, text) = (JsValue::from(label), JsValue::from(text));
        let arguments: [&JsValue; 5] = [host, &label, &text, on_change.as_ref(), on_run.as_ref()];
        let editor = make.apply(&JsValue::NULL, &arguments.into_iter().collect()).ok()?.unchecked_into();
        Some(Self { editor, _on_change: on_change, _on_run: on_run })
    }

    /// The selected text, or else all of it.
    pub fn statement(&self) -> Statement {
        let text = self.editor.text();
        let selection = self.editor.selection();
        let edge = |name: &str| Reflect::get(&selection, &name.into()).ok().and_then(|edge| edge.as_f64());
        let (Some(from), Some(to)) = (edge("from"), edge("to")) else {
            return Statement { sql: text, offset: 0 };
        };
        let (from, to) = (from as usize, to as usize);
        let selected: Vec<u16> = text.encode_utf16().skip(from).take(to.saturating_sub(from)).collect();
        let selected = String::from_utf16_lossy(&selected);
        if selected.trim().is_empty() {
            return Statement { sql: text, offset: 0 };
        }
        Statement { sql: selected, offset: u32::try_from(from).unwrap_or_default() }
    }

    pub fn set_text(&self, text: &str) {
        self.editor.set_text(text);
        self.editor.focus();
    }

    pub fn insert(&self, text: &str) {
        self.editor.insert(text);
    }

    pub fn mark(&self, marks: &[Mark], message: &str) {
        let parts = marks
            .iter()
            .map(|mark| object(&[("from", mark.from.into()), ("to", mark.to.into()), ("message", message.into())]));
        self.editor.mark(&parts.collect());
    }

    pub fn complete(&self, names: &[Completion]) {
        let names =
            names.iter().map(|name| object(&[("label", (&*name.label).into()), ("detail", (&name.detail).into())]));
        self.editor.complete(&names.collect());
    }
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // This fails for frozen objects only.
        let _ = Reflect::set(&object, &JsValue::from(*name), value);
    }
    object.into()
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.editor.dispose();
    }
}
