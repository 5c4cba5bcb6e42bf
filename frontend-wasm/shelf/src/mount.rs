//! The interface for the TypeScript shell: open a tab, update it, close it.

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::compare::chosen::{Pair, QueryRef};
use crate::compare::compare_tab::CompareTabProps;
use crate::storage::storage_tab::StorageTabProps;
use crate::tab::Tab;
use kit::api::Api;
use kit::own_headers::OwnHeaders;
use kit::poll::Pollers;
use kit::roots::{OpenTab, Roots};

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = r#"
export interface CompareOptions {
  /** The application and the query of each side; an empty query is none, an empty application the newest one. */
  pair: string[];
  /** Hears which two queries are compared, in the same form. */
  on_chosen: (pair: string[]) => void;
  /** Opens the page of a query. */
  on_open_query: (app_id: string, query_id: string) => void;
}
export interface StorageOptions {
  /** Copies text to the clipboard; rejects if that is not possible. */
  on_copy: (text: string) => Promise<void>;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// What the comparison needs from the shell.
    #[wasm_bindgen(typescript_type = "CompareOptions")]
    pub type CompareOptions;

    #[wasm_bindgen(method, getter)]
    fn pair(this: &CompareOptions) -> Vec<String>;

    #[wasm_bindgen(method, getter)]
    fn on_chosen(this: &CompareOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_open_query(this: &CompareOptions) -> Option<Function>;

    /// What the cached data's page needs from the shell.
    #[wasm_bindgen(typescript_type = "StorageOptions")]
    pub type StorageOptions;

    #[wasm_bindgen(method, getter)]
    fn on_copy(this: &StorageOptions) -> Option<Function>;
}

/// All tabs of one page, and what they share.
#[wasm_bindgen]
pub struct Shelf {
    api: Api,
    pollers: Pollers,
    roots: Roots<Tab>,
}

#[wasm_bindgen]
impl Shelf {
    /// `api_url` is the base URL of the sidecar's routes, with the trailing slash.
    #[wasm_bindgen(constructor)]
    pub fn new(api_url: String, headers: OwnHeaders) -> Self {
        let api = Api { url: api_url.into(), headers: Some(headers.into()) };
        Self { api, pollers: Pollers::default(), roots: Roots::default() }
    }

    /// Opens the comparison of two queries in `parent`; it does nothing until it is shown. Without `app_id`, queries of
    /// the newest application are offered.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_compare(
        &self,
        parent: &Element,
        app_id: Option<String>,
        options: &CompareOptions,
    ) -> Result<CompareHandle, JsValue> {
        let props = CompareTabProps {
            api: self.api.clone(),
            pollers: self.pollers.clone(),
            shown: false,
            app_id,
            pair: pair_of(&options.pair()),
            on_chosen: options.on_chosen(),
            on_open_query: options.on_open_query(),
            asks: 0,
        };
        let tab = self.roots.open(parent, Tab::Compare(props.clone()))?;
        Ok(CompareHandle { tab, props })
    }

    /// Opens the page of cached data in `parent`; it does nothing until it is shown. Without `app_id`, it is that of the
    /// newest application.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_storage(
        &self,
        parent: &Element,
        app_id: Option<String>,
        options: &StorageOptions,
    ) -> Result<StorageHandle, JsValue> {
        let (api, pollers) = (self.api.clone(), self.pollers.clone());
        let props = StorageTabProps { api, pollers, shown: false, app_id, on_copy: options.on_copy(), forgets: 0 };
        let tab = self.roots.open(parent, Tab::Storage(props.clone()))?;
        Ok(StorageHandle { tab, props })
    }
}

/// Reads the form of [`CompareOptions`].
fn pair_of(words: &[String]) -> Pair {
    let word = |place: usize| words.get(place).cloned().unwrap_or_default();
    [QueryRef::new(word(0), word(1)), QueryRef::new(word(2), word(3))]
}

/// The open comparison. Freeing it closes the tab.
#[wasm_bindgen]
pub struct CompareHandle {
    tab: OpenTab<Tab>,
    props: CompareTabProps,
}

#[wasm_bindgen]
impl CompareHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Whose queries are offered; the newest application's without an id.
    pub fn set_app(&mut self, app_id: Option<String>) {
        self.props.app_id = app_id;
        self.draw();
    }

    /// Compares two other queries.
    pub fn set_pair(&mut self, pair: Vec<String>) {
        self.props.pair = pair_of(&pair);
        self.props.asks += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab::Compare(self.props.clone()));
    }
}

/// The open page of cached data. Freeing it closes the tab.
#[wasm_bindgen]
pub struct StorageHandle {
    tab: OpenTab<Tab>,
    props: StorageTabProps,
}

#[wasm_bindgen]
impl StorageHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Whose data is shown; the newest application's without an id.
    pub fn set_app(&mut self, app_id: Option<String>) {
        self.props.app_id = app_id;
        self.draw();
    }

    /// Forgets what is shown, and asks again.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab::Storage(self.props.clone()));
    }
}
