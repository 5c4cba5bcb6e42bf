//! The one place that decides when a view is fetched.
//!
//! Each view has at most one request in flight. Answers name their own rates; a kernel that turns busy polls at once;
//! nothing is asked while the view or the browser tab is hidden; failures back off.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use yew::{AttrValue, Callback, hook, use_effect_with, use_memo, use_state_eq};

use crate::api;
use crate::loaded::Loaded;
use crate::schedule::{self, Rates, SHORTEST_GAP_MS};

/// What a view wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Poll {
    pub url: AttrValue,
    /// The view can be seen; while it cannot, nothing is asked.
    pub shown: bool,
    /// A kernel of this JupyterLab is busy.
    pub kernel_busy: bool,
}

/// Keeps a view fresh and returns what is known of it.
#[hook]
pub fn use_poll<T>(poll: Poll) -> Loaded<T>
where
    T: DeserializeOwned + PartialEq + 'static,
{
    let loaded = use_state_eq(Loaded::default);
    let setter = loaded.setter();
    let poller = use_memo(poll.url.clone(), |url| {
        Rc::new(Poller::new(url.clone(), Callback::from(move |loaded| setter.set(loaded))))
    });
    let poller = Rc::clone(&poller);
    let switched = Rc::clone(&poller);
    use_effect_with(poll.kernel_busy, move |kernel_busy| switched.set_kernel_busy(*kernel_busy));
    use_effect_with((poll.url, poll.shown), move |(_, shown)| {
        if *shown {
            poller.start();
        }
        move || poller.stop()
    });
    (*loaded).clone()
}

struct Poller<T> {
    url: AttrValue,
    on_change: Callback<Loaded<T>>,
    loaded: RefCell<Loaded<T>>,
    kernel_busy: Cell<bool>,
    started_at_ms: Cell<f64>,
    flight: RefCell<Option<Flight>>,
    timer: RefCell<Option<Timeout>>,
}

impl<T: DeserializeOwned + 'static> Poller<T> {
    fn new(url: AttrValue, on_change: Callback<Loaded<T>>) -> Self {
        Self {
            url,
            on_change,
            loaded: RefCell::default(),
            kernel_busy: Cell::new(false),
            started_at_ms: Cell::new(0.0),
            flight: RefCell::new(None),
            timer: RefCell::new(None),
        }
    }

    /// Asks now, unless an answer is already on its way.
    fn start(self: &Rc<Self>) {
        self.timer.take();
        if self.flight.borrow().is_some() {
            return;
        }
        let Ok(controller) = AbortController::new() else {
            return;
        };
        let signal = controller.signal();
        self.started_at_ms.set(js_sys::Date::now());
        self.flight.replace(Some(Flight(controller)));
        let poller = Rc::clone(self);
        spawn_local(async move {
            let outcome = api::get(&poller.url, &signal).await;
            // Stopped meanwhile: a later flight may be under way, which is not ours to touch.
            if signal.aborted() {
                return;
            }
            poller.flight.take();
            let loaded = poller.loaded.borrow().after(outcome, js_sys::Date::now() as i64);
            poller.loaded.replace(loaded.clone());
            poller.schedule(poller.delay_ms());
            poller.on_change.emit(loaded);
        });
    }

    fn stop(&self) {
        self.timer.take();
        self.flight.take();
    }

    fn set_kernel_busy(self: &Rc<Self>, kernel_busy: bool) {
        self.kernel_busy.set(kernel_busy);
        // Without a timer the view is hidden or its answer is on the way. While the sidecar fails, back-off wins: else
        // every cell of a notebook would knock at a closed door.
        if kernel_busy && self.timer.borrow().is_some() && self.failures() < 2 {
            let elapsed_ms = js_sys::Date::now() - self.started_at_ms.get();
            self.schedule((f64::from(SHORTEST_GAP_MS) - elapsed_ms).max(0.0) as u32);
        }
    }

    fn schedule(self: &Rc<Self>, delay_ms: u32) {
        let poller = Rc::clone(self);
        self.timer.replace(Some(Timeout::new(delay_ms, move || poller.start())));
    }

    fn failures(&self) -> u32 {
        let loaded = self.loaded.borrow();
        if loaded.problem.is_some() { loaded.failed_polls } else { 0 }
    }

    fn delay_ms(&self) -> u32 {
        let loaded = self.loaded.borrow();
        let rates = loaded.value.as_ref().map_or_else(Rates::default, |answer| (&answer.meta).into());
        schedule::delay_ms(rates, self.kernel_busy.get(), self.failures(), js_sys::Math::random())
    }
}

/// A request under way; dropping it aborts the request, which is nothing to one that has been answered.
struct Flight(AbortController);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.abort();
    }
}
