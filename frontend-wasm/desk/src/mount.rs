//! The interface for the TypeScript shell: open a tab, update it, close it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::sql::shell::{Notebook, SqlOptions};
use crate::sql::sql_tab::SqlTabProps;
use kit::api::Api;
use kit::own_headers::OwnHeaders;
use kit::roots::{OpenTab, Roots};

/// All tabs of one page, and what they share.
#[wasm_bindgen]
pub struct Desk {
    api: Api,
    roots: Roots<SqlTabProps>,
}

#[wasm_bindgen]
impl Desk {
    /// `api_url` is the base URL of the sidecar's routes, with the trailing slash.
    #[wasm_bindgen(constructor)]
    pub fn new(api_url: String, headers: OwnHeaders) -> Self {
        let api = Api { url: api_url.into(), headers: Some(headers.into()) };
        Self { api, roots: Roots::default() }
    }

    /// Opens "Spark SQL" in `parent`; it does nothing until it is shown.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_sql(&self, parent: &Element, options: &SqlOptions) -> Result<SqlHandle, JsValue> {
        let (api, shell) = (self.api.clone(), Rc::new(options.into()));
        let props = SqlTabProps { api, shell, shown: false, notebook: None, forgets: 0 };
        let tab = self.roots.open(parent, props.clone())?;
        Ok(SqlHandle { tab, props })
    }
}

/// The open tab "Spark SQL". Freeing it closes the tab.
#[wasm_bindgen]
pub struct SqlHandle {
    tab: OpenTab<SqlTabProps>,
    props: SqlTabProps,
}

#[wasm_bindgen]
impl SqlHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// The notebook that a person is working in, and its kernel's session of Spark Connect.
    pub fn set_notebook(&mut self, title: Option<String>, session_id: Option<String>) {
        let notebook = title.zip(session_id).map(|(title, session_id)| Notebook { title, session_id });
        if notebook != self.props.notebook {
            self.props.notebook = notebook;
            self.draw();
        }
    }

    /// Forgets what another person has read.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(self.props.clone());
    }
}
