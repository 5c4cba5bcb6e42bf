//! The interface for the TypeScript shell: open a tab, update it, close it.

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::charts::tab::ChartsTabProps;
use crate::past::apps_tab::AppsTabProps;
use crate::past::queries_tab::QueriesTabProps;
use crate::report_tab::ReportTabProps;
use crate::tab::Tab;
use crate::usage_tab::UsageTabProps;
use kit::api::Api;
use kit::own_headers::OwnHeaders;
use kit::poll::Pollers;
use kit::roots::{OpenTab, Roots};

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = r#"
export interface ReportOptions {
  /** Copies text to the clipboard; rejects if that is not possible. */
  on_copy: (text: string) => Promise<void>;
}
export interface ChartsOptions {
  /** Saves a text as a file. */
  on_save: (text: string, media_type: string, name: string) => void;
}
export interface QueriesOptions {
  /** Copies text to the clipboard; rejects if that is not possible. */
  on_copy: (text: string) => Promise<void>;
  /** Opens the tab of an application. */
  on_open_app: (app_id: string) => void;
  /** Compares a run with another one. */
  on_compare: (app_id: string, query_id: string) => void;
  /** Goes to the cell that ran a query of an application. */
  on_cell: (app_id: string, query_id: string) => void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// What the connection report needs from the shell.
    #[wasm_bindgen(typescript_type = "ReportOptions")]
    pub type ReportOptions;

    #[wasm_bindgen(method, getter)]
    fn on_copy(this: &ReportOptions) -> Option<Function>;

    /// What the charts of the history need from the shell.
    #[wasm_bindgen(typescript_type = "ChartsOptions")]
    pub type ChartsOptions;

    #[wasm_bindgen(method, getter)]
    fn on_save(this: &ChartsOptions) -> Option<Function>;

    /// What "My queries" needs from the shell.
    #[wasm_bindgen(typescript_type = "QueriesOptions")]
    pub type QueriesOptions;

    #[wasm_bindgen(method, getter, js_name = on_copy)]
    fn on_copy_query(this: &QueriesOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_open_app(this: &QueriesOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_compare(this: &QueriesOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_cell(this: &QueriesOptions) -> Option<Function>;
}

/// All tabs of one page, and what they share.
#[wasm_bindgen]
pub struct Workbench {
    api: Api,
    pollers: Pollers,
    roots: Roots<Tab>,
}

#[wasm_bindgen]
impl Workbench {
    /// `api_url` is the base URL of the sidecar's routes, with the trailing slash.
    #[wasm_bindgen(constructor)]
    pub fn new(api_url: String, headers: OwnHeaders) -> Self {
        let api = Api { url: api_url.into(), headers: Some(headers.into()) };
        Self { api, pollers: Pollers::default(), roots: Roots::default() }
    }

    /// Opens the connection report in `parent`; it does nothing until it is shown.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_report(&self, parent: &Element, options: &ReportOptions) -> Result<ReportHandle, JsValue> {
        let props = ReportTabProps {
            api: self.api.clone(),
            shown: false,
            on_copy: options.on_copy(),
            runs: 0,
            copies: 0,
            forgets: 0,
        };
        let tab = self.roots.open(parent, Tab::Report(props.clone()))?;
        Ok(ReportHandle { tab, props })
    }

    /// Opens the chart of the last minutes in `parent`; it does nothing until it is shown. Without `app_id`, tasks are
    /// those of the newest application.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_usage(&self, parent: &Element, app_id: Option<String>) -> Result<UsageHandle, JsValue> {
        let (api, pollers) = (self.api.clone(), self.pollers.clone());
        let props = UsageTabProps { api, pollers, shown: false, app_id, forgets: 0 };
        let tab = self.roots.open(parent, Tab::Usage(props.clone()))?;
        Ok(UsageHandle { tab, props })
    }

    /// Opens the charts of the history in `parent`; they do nothing until they are shown.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_charts(&self, parent: &Element, options: &ChartsOptions) -> Result<ChartsHandle, JsValue> {
        let props = ChartsTabProps { api: self.api.clone(), shown: false, on_save: options.on_save(), forgets: 0 };
        let tab = self.roots.open(parent, Tab::Charts(props.clone()))?;
        Ok(ChartsHandle { tab, props })
    }

    /// Opens "My queries" in `parent`; it does nothing until it is shown.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_queries(&self, parent: &Element, options: &QueriesOptions) -> Result<QueriesHandle, JsValue> {
        let (on_copy, on_open_app, on_cell) = (options.on_copy_query(), options.on_open_app(), options.on_cell());
        let props = QueriesTabProps {
            api: self.api.clone(),
            shown: false,
            on_copy,
            on_open_app,
            on_compare: options.on_compare(),
            on_cell,
            forgets: 0,
        };
        let tab = self.roots.open(parent, Tab::Queries(props.clone()))?;
        Ok(QueriesHandle { tab, props })
    }

    /// Opens the applications that are remembered in `parent`; they do nothing until they are shown.
    ///
    /// # Errors
    /// When the browser refuses to create an element.
    pub fn open_apps(&self, parent: &Element) -> Result<AppsHandle, JsValue> {
        let props = AppsTabProps { api: self.api.clone(), shown: false, app_id: None, opens: 0, forgets: 0 };
        let tab = self.roots.open(parent, Tab::Apps(props.clone()))?;
        Ok(AppsHandle { tab, props })
    }
}

/// The open connection report. Freeing it closes the tab.
#[wasm_bindgen]
pub struct ReportHandle {
    tab: OpenTab<Tab>,
    props: ReportTabProps,
}

#[wasm_bindgen]
impl ReportHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Runs the report again.
    pub fn run(&mut self) {
        self.props.runs += 1;
        self.draw();
    }

    /// Runs the report again and copies the result.
    pub fn copy(&mut self) {
        self.props.copies += 1;
        self.draw();
    }

    /// Forgets the last report, and runs it again.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab::Report(self.props.clone()));
    }
}

/// The open chart of the last minutes. Freeing it closes the tab.
#[wasm_bindgen]
pub struct UsageHandle {
    tab: OpenTab<Tab>,
    props: UsageTabProps,
}

#[wasm_bindgen]
impl UsageHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Whose tasks are shown; the newest application's without an id.
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
        self.tab.draw(Tab::Usage(self.props.clone()));
    }
}

/// The open charts of the history. Freeing it closes the tab.
#[wasm_bindgen]
pub struct ChartsHandle {
    tab: OpenTab<Tab>,
    props: ChartsTabProps,
}

#[wasm_bindgen]
impl ChartsHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Forgets what is shown, and asks again.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab::Charts(self.props.clone()));
    }
}

/// "My queries". Freeing it closes the tab.
#[wasm_bindgen]
pub struct QueriesHandle {
    tab: OpenTab<Tab>,
    props: QueriesTabProps,
}

#[wasm_bindgen]
impl QueriesHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Forgets what is shown, and asks again.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab::Queries(self.props.clone()));
    }
}

/// The applications that are remembered. Freeing it closes the tab.
#[wasm_bindgen]
pub struct AppsHandle {
    tab: OpenTab<Tab>,
    props: AppsTabProps,
}

#[wasm_bindgen]
impl AppsHandle {
    /// Whether JupyterLab shows the tab or hides it behind another.
    pub fn set_shown(&mut self, shown: bool) {
        self.props.shown = shown;
        self.draw();
    }

    /// Chooses an application.
    pub fn show_app(&mut self, app_id: String) {
        self.props.app_id = Some(app_id);
        self.props.opens += 1;
        self.draw();
    }

    /// Forgets what is shown, and asks again.
    pub fn forget(&mut self) {
        self.props.forgets += 1;
        self.draw();
    }

    fn draw(&mut self) {
        self.tab.draw(Tab::Apps(self.props.clone()));
    }
}
