//! The interface for the TypeScript shell: mount a widget, update it, destroy it.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;
use yew::{AppHandle, Callback, Renderer};

use crate::components::{ChipApp, ChipAppProps, Order, PanelApp, PanelAppProps};
use crate::mine::Notebook;
use crate::preferences::{Preferences, PreferencesJson};
use crate::shell::Shell;
use kit::api::Api;
use kit::own_headers::OwnHeaders;
use kit::poll::{Poll, Pollers};
use kit::read;

#[wasm_bindgen(typescript_custom_section)]
const MOUNT_OPTIONS: &str = r#"
/** How good or bad something is. */
export type Tone = 'good' | 'warn' | 'bad' | 'muted';

/** A person's commands for the panel. */
export type Order = 'refresh' | 'toggle-pause' | 'show-dismissed';

export interface MountOptions {
  /** Called when a person opens the panel. */
  on_open?: () => void;
  /** Called when the chip's report on the cluster has changed. */
  on_state?: (tone: Tone, words: string) => void;
  /** Called when the panel's updates are paused or resumed. */
  on_paused?: (paused: boolean) => void;
  /** Called when a person opens a tab of the main area. */
  on_open_tab?: (tab: 'report' | 'usage') => void;
  /** Called when another session is answered than before. */
  on_session_changed?: () => void;
  /** The application that was last chosen in this workspace. */
  app_id?: string;
  /** Stores this choice; null clears it. */
  on_pick_app?: (app_id: string | null) => void;
  /** Copies text to the clipboard; rejects if that is not possible. */
  on_copy?: (text: string) => Promise<void>;
  /** Goes to a cell, identified by its execution count or by the hash of its text; false if it has changed. */
  on_jump?: (notebook_id: string, cell: number | string, line: number | null) => Promise<boolean>;
}

/** The panel's facts about an open notebook. Times are milliseconds since 1970. */
export interface NotebookFacts {
  id: string;
  title: string;
  /** The notebook that a person is working in. */
  current: boolean;
  /** By how much Spark's number of a cell exceeds its execution count; null if unknown. */
  shift: number | null;
  /** Whether the kernel has reported which Spark it uses, if any. */
  asked: boolean;
  /** Its session of Spark Connect. */
  session_id: string | null;
  /** The application whose driver the kernel is. */
  app_id: string | null;
  /** Whether a kernel without an open notebook is busy, such as a console's. */
  others_busy: boolean;
  /** The last cells since the kernel's start; `end_ms` is null while a cell is running. */
  executions: { count: number; begin_ms: number; end_ms: number | null }[];
}

/** The sidecar's answer about the query that a cell waits for; `wire::CellQuery` says what it means. */
export interface CellQuery {
  news: 'nothing' | 'running' | 'succeeded' | 'failed' | 'canceled' | 'unknown' | 'spark_gone';
  app_id: string | null;
  message_sentences: string[][];
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The options of both mounts.
    #[wasm_bindgen(typescript_type = "MountOptions")]
    pub type MountOptions;

    #[wasm_bindgen(method, getter)]
    fn on_open(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_state(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_paused(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_session_changed(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_open_tab(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn app_id(this: &MountOptions) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn on_pick_app(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_copy(this: &MountOptions) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn on_jump(this: &MountOptions) -> Option<Function>;

    /// The shell's facts about the open notebooks.
    #[wasm_bindgen(typescript_type = "NotebookFacts[]")]
    pub type NotebookFacts;

    #[wasm_bindgen(typescript_type = "Order")]
    pub type OrderName;
}

impl MountOptions {
    fn shell(&self) -> Shell {
        Shell {
            app_id: self.app_id(),
            on_pick_app: self.on_pick_app(),
            on_copy: self.on_copy(),
            on_jump: self.on_jump(),
            on_paused: self.on_paused(),
            on_session_changed: self.on_session_changed(),
            on_open_tab: self.on_open_tab(),
        }
    }

    fn open(&self) -> Callback<()> {
        let on_open = self.on_open();
        Callback::from(move |()| {
            if let Some(on_open) = &on_open {
                // If the shell's own function throws, the browser's console shows it.
                let _ = on_open.call0(&JsValue::NULL);
            }
        })
    }

    fn state(&self) -> Callback<(&'static str, String)> {
        let on_state = self.on_state();
        Callback::from(move |(tone, words): (&str, String)| {
            if let Some(on_state) = &on_state {
                let _ = on_state.call2(&JsValue::NULL, &tone.into(), &words.into());
            }
        })
    }
}

/// Where the chip asks.
const CHIP: &str = "panel/chip";

/// The mounted chip.
#[wasm_bindgen]
pub struct ChipHandle {
    app: AppHandle<ChipApp>,
    props: ChipAppProps,
}

#[wasm_bindgen]
impl ChipHandle {
    /// Whether any kernel of this JupyterLab is busy.
    pub fn set_kernel_busy(&mut self, kernel_busy: bool) {
        self.props.poll.kernel_busy = kernel_busy;
        self.update();
    }

    /// Sets the person's settings.
    pub fn set_preferences(&mut self, preferences: PreferencesJson) {
        let Preferences { chip_poll_ms, muted, .. } = preferences.into();
        self.props.poll.wanted_ms = chip_poll_ms;
        self.props.poll.route = match &muted[..] {
            [] => CHIP.into(),
            muted => [CHIP, "?muted=", &muted.join(",")].concat().into(),
        };
        self.update();
    }

    /// Polls now.
    pub fn refresh(&mut self) {
        self.props.poll.refreshes += 1;
        self.update();
    }
}

impl ChipHandle {
    fn update(&mut self) {
        self.app.update(self.props.clone());
    }
}

/// The mounted panel.
#[wasm_bindgen]
pub struct PanelHandle {
    app: AppHandle<PanelApp>,
    props: PanelAppProps,
}

#[wasm_bindgen]
impl PanelHandle {
    /// Whether JupyterLab shows the panel.
    pub fn set_visible(&mut self, visible: bool) {
        self.props.visible = visible;
        self.props.drawn |= visible;
        self.update();
    }

    /// Whether any kernel of this JupyterLab is busy.
    pub fn set_kernel_busy(&mut self, kernel_busy: bool) {
        self.props.kernel_busy = kernel_busy;
        self.update();
    }

    /// Sets the open notebooks; called whenever something about them changes.
    pub fn set_notebooks(&mut self, notebooks: NotebookFacts) {
        // The shell is from the same build; should decoding fail anyway, there are none.
        let notebooks: Vec<Notebook> = read::read(notebooks.into()).unwrap_or_default();
        self.props.notebooks = notebooks.into();
        self.update();
    }

    /// Sets the person's settings.
    pub fn set_preferences(&mut self, preferences: PreferencesJson) {
        self.props.preferences = Rc::new(preferences.into());
        self.update();
    }

    /// Carries out a person's command.
    pub fn order(&mut self, order: OrderName) {
        let order = match JsValue::from(order).as_string().as_deref() {
            Some("refresh") => Order::Refresh,
            Some("toggle-pause") => Order::TogglePause,
            Some("show-dismissed") => Order::ShowDismissed,
            _ => Order::Nothing,
        };
        self.send(order);
    }

    /// Carries out an entry of a row's context menu, by the names in the row's `data-row` and `data-menu`.
    pub fn choose(&mut self, row: String, entry: String) {
        self.send(Order::Choose { row: row.into(), entry: entry.into() });
    }

    fn send(&mut self, order: Order) {
        self.props.order = (self.props.order.0 + 1, order);
        self.update();
    }

    /// Called when the panel is closed: aborts requests in flight, ends timers, draws nothing. A person's choices stay.
    ///
    /// There is no `destroy`: Yew never removes a root's listeners, so a panel that is opened again reuses the old
    /// root.
    pub fn clear(&mut self) {
        self.props.visible = false;
        self.props.drawn = false;
        self.update();
    }
}

impl PanelHandle {
    fn update(&mut self) {
        self.app.update(self.props.clone());
    }
}

/// The chip and the panel of one page, and what they share.
#[wasm_bindgen]
pub struct Frontend {
    api: Api,
    pollers: Pollers,
}

#[wasm_bindgen]
impl Frontend {
    /// `api_url` is the base URL of the sidecar's routes, with the trailing slash.
    #[wasm_bindgen(constructor)]
    pub fn new(api_url: String, headers: OwnHeaders) -> Self {
        let api = Api { url: api_url.into(), headers: Some(headers.into()) };
        Self { api, pollers: Pollers::default() }
    }

    /// Mounts the status-bar chip in `element`.
    pub fn mount_chip(&self, element: Element, options: &MountOptions) -> ChipHandle {
        let (api, pollers, route) = (self.api.clone(), self.pollers.clone(), CHIP.into());
        let poll = Poll { api, pollers, route, ..Poll::default() };
        let props = ChipAppProps { poll, on_open: options.open(), on_state: options.state() };
        let app = Renderer::<ChipApp>::with_root_and_props(element, props.clone()).render();
        ChipHandle { app, props }
    }

    /// Mounts the sidebar panel in `element`; it does not poll until it is made visible.
    pub fn mount_panel(&self, element: Element, options: &MountOptions) -> PanelHandle {
        let props = PanelAppProps {
            api: self.api.clone(),
            pollers: self.pollers.clone(),
            kernel_busy: false,
            visible: false,
            drawn: true,
            shell: options.shell(),
            notebooks: Rc::default(),
            preferences: Rc::default(),
            order: (0, Order::Nothing),
        };
        let app = Renderer::<PanelApp>::with_root_and_props(element, props.clone()).render();
        PanelHandle { app, props }
    }
}
