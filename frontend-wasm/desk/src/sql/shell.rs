//! The tab's requests to JupyterLab, through the TypeScript shell.

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use kit::shell_call;

/// The notebook that a person is working in, if its kernel uses Spark Connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notebook {
    pub title: String,
    pub session_id: String,
}

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = r#"
/** JupyterLab's editor with one statement; offsets count UTF-16 units. */
export interface SqlEditor {
  text(): string;
  /** Empty if `from` is `to`. */
  selection(): { from: number; to: number };
  /** Replaces everything, in a way that can be undone. */
  set_text(text: string): void;
  /** Inserts at the cursor, and moves the focus there. */
  insert(text: string): void;
  /** Underlines parts until they are changed; none removes all. */
  mark(parts: { from: number; to: number; message: string }[]): void;
  /** What can be completed, and what each of it is. */
  complete(names: { label: string; detail: string }[]): void;
  focus(): void;
  dispose(): void;
}

export interface SqlOptions {
  /** The text that the editor had last. */
  text: string;
  /** Makes an editor in an element. */
  on_editor: (
    host: HTMLElement,
    label: string,
    text: string,
    on_change: (text: string) => void,
    on_run: () => void
  ) => SqlEditor;
  /** Keeps the text for the next time. */
  on_text: (text: string) => void;
  /** Copies text to the clipboard; rejects if that is not possible. */
  on_copy: (text: string) => Promise<void>;
  /** Inserts a cell below the active one of the current notebook; false if there is none. */
  on_insert_cell: (code: string) => Promise<boolean>;
  /** Opens the panel at a query. */
  on_show_query: (query_id: string) => void;
  /** Saves a file. */
  on_save: (file: Blob, name: string) => void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// What the tab needs from the shell.
    #[wasm_bindgen(typescript_type = "SqlOptions")]
    pub type SqlOptions;

    #[wasm_bindgen(method, getter)]
    fn text(this: &SqlOptions) -> String;

    #[wasm_bindgen(method, getter)]
    fn on_editor(this: &SqlOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_text(this: &SqlOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_copy(this: &SqlOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_insert_cell(this: &SqlOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_show_query(this: &SqlOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_save(this: &SqlOptions) -> Option<Function>;
}

/// The functions of [`SqlOptions`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    pub text: String,
    pub on_editor: Option<Function>,
    on_text: Option<Function>,
    on_copy: Option<Function>,
    on_insert_cell: Option<Function>,
    on_show_query: Option<Function>,
    on_save: Option<Function>,
}

impl From<&SqlOptions> for Shell {
    fn from(options: &SqlOptions) -> Self {
        Self {
            text: options.text(),
            on_editor: options.on_editor(),
            on_text: options.on_text(),
            on_copy: options.on_copy(),
            on_insert_cell: options.on_insert_cell(),
            on_show_query: options.on_show_query(),
            on_save: options.on_save(),
        }
    }
}

impl Shell {
    /// Keeps the editor's text.
    pub fn keep(&self, text: &str) {
        tell(self.on_text.as_ref(), text);
    }

    /// Opens the panel at a query.
    pub fn show_query(&self, query_id: &str) {
        tell(self.on_show_query.as_ref(), query_id);
    }

    /// Saves a `Blob`.
    pub fn save(&self, file: &JsValue, name: &str) {
        if let Some(on_save) = &self.on_save {
            let _ = on_save.call2(&JsValue::NULL, file, &name.into());
        }
    }

    /// Copies text, and reports whether that worked.
    pub fn copy(&self, text: &str, on_done: impl FnOnce(bool) + 'static) {
        shell_call::copy(self.on_copy.as_ref(), text, on_done);
    }

    /// Inserts a cell, and reports whether there was a notebook for it.
    pub fn insert_cell(&self, code: &str, on_done: impl FnOnce(bool) + 'static) {
        let called = self.on_insert_cell.as_ref().map(|insert| insert.call1(&JsValue::NULL, &code.into()));
        shell_call::when_done(called, |done| on_done(done.and_then(|done| done.as_bool()).unwrap_or_default()));
    }
}

fn tell(function: Option<&Function>, text: &str) {
    if let Some(function) = function {
        // If the shell's own function throws, the browser's console shows it.
        let _ = function.call1(&JsValue::NULL, &text.into());
    }
}
