//! The interface for the TypeScript shell: open a tab, update it, close it.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::export::export_tab::ExportTabProps;
use crate::export::shell::{ExportDocument, ExportOptions};
use kit::api::Api;
use kit::own_headers::OwnHeaders;
use kit::roots::{OpenTab, Roots};

/// All tabs of one page, and what they share.
#[wasm_bindgen]
pub struct Ship {
    api: Api,
    roots: Roots<ExportTabProps>,
    /// How many tabs were opened.
    opened: Cell<u32>,
}

#[wasm_bindgen]
impl Ship {
    /// `api_url` is the base URL of the sidecar's routes, with the trailing slash.
    #[wasm_bindgen(constructor)]
    pub fn new(api_url: String, headers: OwnHeaders) -> Self {
        let api = Api { url: api_url.into(), headers: Some(headers.into()) };
        Self { api, roots: Roots::default(), opened: Cell::default() }
    }

    /// Opens "Export notebook" in `parent`; it does nothing until it is shown and has a document.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_export(&self, parent: &Element, options: &ExportOptions) -> Result<ExportHandle, JsValue> {
        let (api, shell) = (self.api.clone(), Rc::new(options.into()));
        let props = ExportTabProps { api, shell, shown: false, document: None, forgets: 0 };
        let tab = self.roots.open(parent, props.clone())?;
        self.opened.update(|opened| opened + 1);
        Ok(ExportHandle { tab, number: self.opened.get(), props })
    }
}

/// An open tab "Export notebook". Freeing it closes the tab.
#[wasm_bindgen]
pub struct ExportHandle {
    tab: OpenTab<ExportTabProps>,
    number: u32,
    props: ExportTabProps,
}

#[wasm_bindgen]
impl ExportHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// The document as it is on the screen.
    pub fn set_document(&mut self, document: &ExportDocument) {
        let before = self.props.document.as_ref();
        let document = document.read(self.number).after(before.map(Rc::as_ref), js_sys::Date::now() as i64);
        self.props.document = Some(Rc::new(document));
        self.draw();
    }

    /// Forgets what another person has seen.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(self.props.clone());
    }
}
