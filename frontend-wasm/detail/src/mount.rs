//! The interface for the TypeScript shell: open a tab, update it, close it.

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::query::query_tab::QueryTabProps;
use crate::tab::Tab;
use kit::api::Api;
use kit::own_headers::OwnHeaders;
use kit::poll::Pollers;
use kit::roots::{OpenTab, Roots};

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = r#"
export interface QueryOptions {
  /** The query's id in the application. */
  query_id: string;
  /** The application; the newest one's without an id. */
  app_id: string | undefined;
  /** Tells which application it is, and the query's name, as soon as they are known. */
  on_known: (app_id: string, name: string) => void;
  /** Copies text to the clipboard; rejects if that is not possible. */
  on_copy: (text: string) => Promise<void>;
  /** Whether a kernel of this JupyterLab has named a session of Spark Connect as its own. */
  is_mine: (session_id: string) => boolean;
  /** The title of the open notebook whose query it is, and what Spark adds to its cells' numbers. */
  notebook_of: (session_id: string | null, app_id: string) => [string, number | null] | undefined;
  /** Goes to the cell that ran a query, or says why not. */
  on_cell: (app_id: string, query_id: string) => void;
  /** The rules whose findings the person does not want to see, with commas between them. */
  muted: string;
  /** Mutes a rule, or no longer. */
  on_mute: (rule: string, muted: boolean) => void;
  /** Saves a text as a file under a name. */
  on_save: (text: string, name: string) => void;
  /** Compares it with another query. */
  on_compare: (app_id: string, query_id: string) => void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// What a query's page needs from the shell.
    #[wasm_bindgen(typescript_type = "QueryOptions")]
    pub type QueryOptions;

    #[wasm_bindgen(method, getter)]
    fn query_id(this: &QueryOptions) -> String;

    #[wasm_bindgen(method, getter)]
    fn app_id(this: &QueryOptions) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn on_known(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_copy(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn is_mine(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn notebook_of(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_cell(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn muted(this: &QueryOptions) -> String;

    #[wasm_bindgen(method, getter)]
    fn on_mute(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_save(this: &QueryOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_compare(this: &QueryOptions) -> Option<Function>;
}

/// All tabs of one page, and what they share.
#[wasm_bindgen]
pub struct Detail {
    api: Api,
    pollers: Pollers,
    roots: Roots<Tab>,
}

#[wasm_bindgen]
impl Detail {
    /// `api_url` is the base URL of the sidecar's routes, with the trailing slash.
    #[wasm_bindgen(constructor)]
    pub fn new(api_url: String, headers: OwnHeaders) -> Self {
        let api = Api { url: api_url.into(), headers: Some(headers.into()) };
        Self { api, pollers: Pollers::default(), roots: Roots::default() }
    }

    /// Opens a query's page in `parent`; it does nothing until it is shown.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_query(&self, parent: &Element, options: &QueryOptions) -> Result<QueryHandle, JsValue> {
        let props = QueryTabProps {
            api: self.api.clone(),
            pollers: self.pollers.clone(),
            shown: false,
            query_id: options.query_id().into(),
            app_id: options.app_id(),
            on_known: options.on_known(),
            on_copy: options.on_copy(),
            is_mine: options.is_mine(),
            notebook_of: options.notebook_of(),
            on_cell: options.on_cell(),
            muted: options.muted().into(),
            on_mute: options.on_mute(),
            on_save: options.on_save(),
            on_compare: options.on_compare(),
            forgets: 0,
        };
        let tab = self.roots.open(parent, Tab(props.clone()))?;
        Ok(QueryHandle { tab, props })
    }
}

/// A query's open page. Freeing it closes the tab.
#[wasm_bindgen]
pub struct QueryHandle {
    tab: OpenTab<Tab>,
    props: QueryTabProps,
}

#[wasm_bindgen]
impl QueryHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// The rules whose findings the person does not want to see, with commas between them.
    pub fn set_muted(&mut self, rules: String) {
        self.props.muted = rules.into();
        self.draw();
    }

    /// Forgets what is shown, and asks again.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab(self.props.clone()));
    }
}
