//! The tab's requests to JupyterLab, through the TypeScript shell.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::document::Document;
use kit::shell_call::when_done;

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = r#"
/** A notebook or a Python file as it is on the screen. */
export interface ExportDocument {
  /** As Jupyter's contents API has it. */
  path: string;
  name: string;
  /** The file's text, without outputs. */
  text: string;
  kernel_name: string | undefined;
  /** Names each code cell for as long as it exists. */
  ids: string[];
  /** Names each code cell with what it says. */
  marks: string[];
  is_open: boolean;
}

export interface ExportOptions {
  /** Shows a code cell in the document, counted from 0 over all code cells, and a line of it from 1. */
  on_jump: (cell: number, line: number | undefined) => Promise<boolean>;
  on_open_document: () => void;
  /** Starts a kernel for a run through Jupyter, and returns its id. */
  on_start_kernel: () => Promise<string>;
  on_end_kernel: (kernel_id: string) => void;
  /** Saves a file through the browser. */
  on_save: (file: Blob, name: string) => void;
  /** Saves a run's notebook beside the document and opens it; undefined if the person does not want to. */
  on_save_output: (file: Blob, started_at_ms: number) => Promise<string | undefined>;
  /** The environment in which jupyter-scheduler runs notebooks; undefined if it is not installed. */
  on_scheduler: () => Promise<string | undefined>;
  /** Gives jupyter-scheduler a notebook with a JSON object of parameters, and returns the job's id. */
  on_schedule: (notebook: Blob, parameters: string) => Promise<string>;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// A document, as the shell has it.
    #[wasm_bindgen(typescript_type = "ExportDocument")]
    pub type ExportDocument;

    #[wasm_bindgen(method, getter)]
    fn path(this: &ExportDocument) -> String;

    #[wasm_bindgen(method, getter)]
    fn name(this: &ExportDocument) -> String;

    #[wasm_bindgen(method, getter)]
    fn text(this: &ExportDocument) -> String;

    #[wasm_bindgen(method, getter)]
    fn kernel_name(this: &ExportDocument) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn ids(this: &ExportDocument) -> Vec<String>;

    #[wasm_bindgen(method, getter)]
    fn marks(this: &ExportDocument) -> Vec<String>;

    #[wasm_bindgen(method, getter)]
    fn is_open(this: &ExportDocument) -> bool;

    /// What the tab needs from the shell.
    #[wasm_bindgen(typescript_type = "ExportOptions")]
    pub type ExportOptions;
}

impl ExportDocument {
    /// Its values.
    pub fn read(&self, tab: u32) -> Document {
        Document {
            tab,
            revision: 1,
            path: self.path(),
            name: self.name(),
            text: self.text().into(),
            kernel_name: self.kernel_name(),
            ids: self.ids(),
            marks: self.marks(),
            renumbered_at_ms: None,
            is_open: self.is_open(),
        }
    }
}

/// The functions of [`ExportOptions`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    options: JsValue,
}

impl From<&ExportOptions> for Shell {
    fn from(options: &ExportOptions) -> Self {
        Self { options: options.into() }
    }
}

impl Shell {
    /// Shows a cell, and reports whether it is there.
    pub fn jump(&self, cell: u32, line: Option<u32>, on_done: impl FnOnce(bool) + 'static) {
        let line = line.map_or(JsValue::UNDEFINED, JsValue::from);
        let called = self.call("on_jump", &cell.into(), &line);
        when_done(called, |done| on_done(done.and_then(|done| done.as_bool()).unwrap_or_default()));
    }

    pub fn open_document(&self) {
        self.tell("on_open_document", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    /// Reports the new kernel's id; none if there is none.
    pub fn start_kernel(&self, on_done: impl FnOnce(Option<String>) + 'static) {
        let called = self.call("on_start_kernel", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        when_done(called, |id| on_done(id.and_then(|id| id.as_string())));
    }

    pub fn end_kernel(&self, kernel_id: &str) {
        self.tell("on_end_kernel", &kernel_id.into(), &JsValue::UNDEFINED);
    }

    /// Saves a `Blob` through the browser.
    pub fn save(&self, file: &JsValue, name: &str) {
        self.tell("on_save", file, &name.into());
    }

    /// Saves a run's notebook, and reports its path: none within if the person did not want it.
    pub fn save_output(
        &self,
        file: &JsValue,
        started_at_ms: i64,
        on_done: impl FnOnce(Option<Option<String>>) + 'static,
    ) {
        let called = self.call("on_save_output", file, &JsValue::from_f64(started_at_ms as f64));
        when_done(called, |path| on_done(path.map(|path| path.as_string())));
    }

    /// Reports where jupyter-scheduler runs notebooks; none if it is not installed.
    pub fn scheduler(&self, on_done: impl FnOnce(Option<String>) + 'static) {
        let called = self.call("on_scheduler", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        when_done(called, |environment| on_done(environment.and_then(|environment| environment.as_string())));
    }

    /// Gives jupyter-scheduler a notebook, a `Blob`, and reports whether it took it.
    pub fn schedule(&self, notebook: &JsValue, parameters: &str, on_done: impl FnOnce(bool) + 'static) {
        let called = self.call("on_schedule", notebook, &parameters.into());
        when_done(called, |job_id| on_done(job_id.is_some()));
    }

    fn tell(&self, name: &str, first: &JsValue, second: &JsValue) {
        // If the shell's own function throws, the browser's console shows it.
        let _ = self.call(name, first, second);
    }

    fn call(&self, name: &str, first: &JsValue, second: &JsValue) -> Option<Result<JsValue, JsValue>> {
        let function: Function = Reflect::get(&self.options, &name.into()).ok()?.into();
        Some(function.call2(&self.options, first, second))
    }
}
