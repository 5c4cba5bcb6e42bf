//! The one place that decides when a view is fetched.
//!
//! Each view has at most one request in flight. Answers name their own rates; a kernel that turns busy polls at once;
//! nothing is asked while the view or the browser tab is hidden; failures back off. What an answer says is not known
//! here, so that all views share this code.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use wire::Meta;
use yew::{AttrValue, Callback, hook, use_effect_with, use_memo};

use crate::api::{self, Api, Outcome, Reply};
use crate::news::{News, Told, is_another};
use crate::problem::Problem;
use crate::schedule::{self, Rates, SHORTEST_GAP_MS};

/// A request that takes longer is given up for one that a person asks for: the sidecar gives each upstream call as long,
/// and joins the new request to a call that is under way. Milliseconds.
const HANGING_MS: f64 = 5_000.0;

/// What a view wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Poll {
    pub api: Api,
    /// Who else polls in this page.
    pub pollers: Pollers,
    /// What is asked for, beneath the sidecar's mount.
    pub route: AttrValue,
    /// The view can be seen; while it cannot, nothing is asked.
    pub shown: bool,
    /// A kernel of this JupyterLab is busy.
    pub kernel_busy: bool,
    /// A person wants no polls for now.
    pub paused: bool,
    /// How long a person wants to wait between polls; 0 leaves it to the sidecar. Milliseconds.
    pub wanted_ms: u32,
    /// How often a person has asked for a fresh answer at once.
    pub refreshes: u32,
}

/// Who polls in this page. A success of one says that the way is free, and those that back off need not wait.
#[derive(Clone, Debug, Default)]
pub struct Pollers(Rc<RefCell<Vec<Weak<Poller>>>>);

impl PartialEq for Pollers {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Pollers {
    fn add(&self, poller: &Rc<Poller>) {
        let mut pollers = self.0.borrow_mut();
        pollers.retain(|poller| poller.strong_count() > 0);
        pollers.push(Rc::downgrade(poller));
    }

    /// `recovered`: the one that succeeded had failed before.
    fn wake(&self, recovered: bool) {
        let pollers: Vec<_> = self.0.borrow().iter().filter_map(Weak::upgrade).collect();
        for poller in pollers {
            poller.wake(recovered);
        }
    }
}

/// Keeps a view fresh and tells what comes.
#[hook]
pub fn use_poll(poll: Poll, on_news: Callback<News>) {
    let pollers = poll.pollers.clone();
    let poller = use_memo((), |()| {
        let poller = Rc::new(Poller { on_news, ..Poller::default() });
        pollers.add(&poller);
        poller
    });
    let poller = Rc::clone(&poller);
    let stopped = Rc::clone(&poller);
    use_effect_with(poll, move |poll| poller.follow(poll));
    use_effect_with((), move |()| move || stopped.stop());
}

#[derive(Debug, Default)]
pub struct Poller {
    on_news: Callback<News>,
    poll: RefCell<Poll>,
    rates: Cell<Rates>,
    /// Failed polls in a row.
    failures: Cell<u32>,
    /// Another view's success has woken it since its own last.
    is_woken: Cell<bool>,
    session: Cell<Option<u32>>,
    /// Of the last answer, unless the next must be told whatever it is.
    etag: RefCell<Option<String>>,
    started_at_ms: Cell<f64>,
    flight: RefCell<Option<Flight>>,
    timer: RefCell<Option<Timeout>>,
}

impl Poller {
    /// Does what the difference to the last wish asks for.
    fn follow(self: &Rc<Self>, poll: &Poll) {
        let old = self.poll.replace(poll.clone());
        let elsewhere = old.route != poll.route;
        if elsewhere {
            self.rates.take();
            self.failures.take();
            self.etag.take();
        }
        if elsewhere || !poll.shown {
            self.stop();
        }
        if !poll.shown {
            return;
        }
        let resumed = !poll.paused && (old.paused || !old.shown);
        if elsewhere || resumed || old.refreshes != poll.refreshes {
            let now_ms = js_sys::Date::now();
            // A request that is replaced because it hangs has failed, or a view that is refreshed often would never fail.
            if now_ms - self.started_at_ms.get() > HANGING_MS && self.flight.take().is_some() {
                self.failures.set(self.failures.get().saturating_add(1));
                let told = Told::Failed(Problem::late());
                self.on_news.emit(News { at_ms: now_ms as i64, told, session: None });
            }
            self.start(0);
        } else if poll.paused {
            self.timer.take();
        } else if poll.kernel_busy && !old.kernel_busy {
            self.hurry(if poll.wanted_ms == 0 { SHORTEST_GAP_MS } else { self.delay_ms() });
        } else if old.wanted_ms != poll.wanted_ms {
            self.hurry(self.delay_ms());
        }
    }

    /// Asks now, unless an answer is already on its way; what is `max_age_ms` old will do, with 0 only what is fresh.
    fn start(self: &Rc<Self>, max_age_ms: u32) {
        self.timer.take();
        if self.flight.borrow().is_some() {
            if max_age_ms == 0 {
                self.want_fresh();
            }
            return;
        }
        let Ok(controller) = AbortController::new() else {
            return;
        };
        let signal = controller.signal();
        self.started_at_ms.set(js_sys::Date::now());
        self.flight.replace(Some(Flight { controller, max_age_ms, is_overtaken: false }));
        let poller = Rc::clone(self);
        let Poll { api, pollers, route, .. } = self.poll.borrow().clone();
        spawn_local(async move {
            let outcome = api.ask(&route, &signal, max_age_ms).await;
            // Stopped meanwhile: a later flight may be under way, which is not ours to touch.
            if signal.aborted() {
                return;
            }
            let is_overtaken = poller.flight.take().is_some_and(|flight| flight.is_overtaken);
            let Outcome { reply, session } = outcome;
            let recovered = poller.failures.get() > 0;
            let told = poller.take_in(reply, session);
            let (rate_ms, age_ms) = (poller.delay_ms(), told.age_ms());
            if is_overtaken {
                poller.start(0);
            } else {
                // What others have asked for lately will do, so that all come to ask at the same time, and one call serves all.
                // With no more than half of the rate, two groups of views could stay half a round apart for ever.
                let max_age_ms = if poller.failures.get() == 0 { rate_ms / 4 * 3 } else { 0 };
                poller.schedule(schedule::rest_ms(rate_ms, age_ms), max_age_ms);
            }
            if poller.failures.get() == 0 {
                pollers.wake(recovered);
            }
            poller.on_news.emit(News { at_ms: js_sys::Date::now() as i64, told, session });
        });
    }

    fn take_in(&self, reply: Result<Reply, Problem>, session: Option<u32>) -> Told {
        // The same body is news to one who has just come.
        let known = self.etag.take().filter(|_| !is_another(self.session.get(), session));
        self.session.set(session.or(self.session.get()));
        let answer = reply.and_then(|Reply { json, etag, age_ms }| {
            if known.is_some() && known == etag {
                self.etag.replace(etag);
                return Ok(Told::Same { age_ms });
            }
            let meta: Meta = api::decode(json.clone())?;
            self.rates.set((&meta).into());
            // Each answer that is marked as old counts as a failed poll, so it is told again.
            self.etag.replace(etag.filter(|_| meta.stale.is_none()));
            Ok(Told::Answer { meta, json, age_ms })
        });
        if answer.is_ok() {
            self.failures.take();
            self.is_woken.take();
        } else {
            self.failures.set(self.failures.get().saturating_add(1));
        }
        answer.unwrap_or_else(Told::Failed)
    }

    /// Asks at once if it waits for longer than its rate. A way that is free does not mean that this view's upstream is
    /// back: unless another view has just recovered, it is woken once until it succeeds.
    fn wake(self: &Rc<Self>, recovered: bool) {
        // Without a timer it is hidden, paused, or its answer is on the way.
        let backs_off = self.failures.get() > 1 && self.timer.borrow().is_some();
        if backs_off && (!self.is_woken.replace(true) || recovered) {
            self.start(0);
        }
    }

    /// If an answer is on its way that may be old, asks again as soon as it is there.
    fn want_fresh(&self) {
        if let Some(flight) = &mut *self.flight.borrow_mut() {
            flight.is_overtaken |= flight.max_age_ms > 0;
        }
    }

    fn stop(&self) {
        self.timer.take();
        self.flight.take();
    }

    /// Asks again `gap_ms` after the last time. Without a timer the view is hidden or its answer is on the way. While the
    /// sidecar fails, back-off wins: else every cell of a notebook would knock at a closed door.
    fn hurry(self: &Rc<Self>, gap_ms: u32) {
        if self.failures.get() >= 2 {
            return;
        }
        if self.timer.borrow().is_none() {
            self.want_fresh();
        } else {
            let elapsed_ms = js_sys::Date::now() - self.started_at_ms.get();
            self.schedule((f64::from(gap_ms) - elapsed_ms).max(0.0) as u32, 0);
        }
    }

    fn schedule(self: &Rc<Self>, delay_ms: u32, max_age_ms: u32) {
        if self.poll.borrow().paused {
            return;
        }
        let poller = Rc::clone(self);
        self.timer.replace(Some(Timeout::new(delay_ms, move || poller.start(max_age_ms))));
    }

    fn delay_ms(&self) -> u32 {
        let Poll { kernel_busy, wanted_ms, .. } = *self.poll.borrow();
        schedule::delay_ms(self.rates.get().wanted(wanted_ms), kernel_busy, self.failures.get(), js_sys::Math::random())
    }
}

/// A request under way; dropping it aborts the request, which is nothing to one that has been answered.
#[derive(Debug)]
struct Flight {
    controller: AbortController,
    max_age_ms: u32,
    /// Meanwhile something fresher is wanted than it may bring.
    is_overtaken: bool,
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.controller.abort();
    }
}
