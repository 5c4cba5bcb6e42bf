//! Decides when a view is fetched.
//!
//! Each view has at most one request in flight. Answers set their own polling rates; when a kernel becomes busy, the
//! view polls at once; nothing is requested while the view or the browser tab is hidden; failures back off. This code
//! knows nothing of an answer's content, so all views share it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use wire::Meta;
use yew::{AttrValue, Callback, hook, use_effect_with, use_memo};

use crate::api::{self, Api, Outcome, Reply};
use crate::news::{News, Told, is_another};
use crate::problem::Problem;
use crate::request::Request;
use crate::schedule::{self, Rates, SHORTEST_GAP_MS};
use crate::snapshot;

/// A request that takes longer is replaced when a person refreshes: the sidecar gives each upstream call that long, and
/// joins the new request to a call in flight. Milliseconds.
const HANGING_MS: f64 = 5_000.0;

/// The settings of a view's polling.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Poll {
    pub api: Api,
    /// The other pollers of this page.
    pub pollers: Pollers,
    /// The view's name in the answer of `snapshot`, which fetches several views at once; empty for a route of its own.
    pub view: &'static str,
    /// The route, relative to the sidecar's base URL; for a view its parameters, with a leading `&`.
    pub route: AttrValue,
    /// Whether the view is visible; nothing is requested while it is not.
    pub shown: bool,
    /// A kernel of this JupyterLab is busy.
    pub kernel_busy: bool,
    /// A person has paused polling.
    pub paused: bool,
    /// The wait between polls in the person's settings; 0 leaves it to the sidecar. Milliseconds.
    pub wanted_ms: u32,
    /// How many times a person has refreshed.
    pub refreshes: u32,
}

/// The pollers of this page. The success of one shows that the sidecar can be reached, so others need not back off.
#[derive(Clone, Debug, Default)]
pub struct Pollers(Rc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    pollers: RefCell<Vec<Weak<Poller>>>,
    /// A request for several views that has not been sent yet.
    unsent: RefCell<Weak<Request>>,
}

impl PartialEq for Pollers {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Pollers {
    fn add(&self, poller: &Rc<Poller>) {
        let mut pollers = self.0.pollers.borrow_mut();
        pollers.retain(|poller| poller.strong_count() > 0);
        pollers.push(Rc::downgrade(poller));
    }

    fn all(&self) -> Vec<Rc<Poller>> {
        self.0.pollers.borrow().iter().filter_map(Weak::upgrade).collect()
    }

    /// `recovered`: the poller that succeeded had failed before.
    fn wake(&self, recovered: bool) {
        for poller in self.all() {
            poller.wake(recovered);
        }
    }

    /// The request for all views that poll in this turn of the event loop.
    fn shared_request(&self, api: &Api) -> Option<Rc<Request>> {
        let unsent = self.0.unsent.borrow().upgrade();
        unsent.or_else(|| {
            let request = Request::start()?;
            let waiting = Rc::downgrade(&request);
            self.0.unsent.replace(waiting.clone());
            spawn_local(fetch(self.clone(), waiting, api.clone(), None));
            Some(request)
        })
    }

    /// All views of a request that is about to be sent, those included that would soon poll anyway, and the oldest answer
    /// that each of them accepts. The driver's views go together, so that all they show is from one moment.
    fn gather(&self, request: &Rc<Request>) -> (Vec<Rc<Poller>>, u32) {
        // Whoever polls from now on needs another request.
        self.0.unsent.take();
        let mut all = self.all();
        all.retain(|poller| !poller.view().0.is_empty());
        let max_age_ms = all.iter().filter_map(|poller| poller.max_age_ms(request)).min().unwrap_or_default();
        let joins = |poller: &Poller| poller.max_age_ms(request).is_some() || poller.is_due_soon();
        let is_of_driver = |poller: &Poller| snapshot::is_of_driver(poller.view().0);
        let asks_driver = all.iter().any(|poller| is_of_driver(poller) && joins(poller));
        all.retain(|poller| {
            if poller.is_due_soon() || (asks_driver && is_of_driver(poller) && poller.comes_along()) {
                poller.board(request, max_age_ms);
            }
            poller.max_age_ms(request).is_some()
        });
        (all, max_age_ms)
    }
}

/// Sends a request: for `own`, which has a route of its own, or else for all views that wait for it.
async fn fetch(pollers: Pollers, waiting: Weak<Request>, api: Api, own: Option<Rc<Poller>>) {
    let Some(request) = waiting.upgrade() else {
        return;
    };
    let is_own = own.is_some();
    let (aboard, max_age_ms) = match own {
        Some(poller) => {
            let max_age_ms = poller.max_age_ms(&request).unwrap_or_default();
            (vec![poller], max_age_ms)
        }
        None => pollers.gather(&request),
    };
    let views: Vec<_> = aboard.iter().map(|poller| poller.view()).collect();
    let route = match &views[..] {
        [(_, route)] if is_own => route.to_string(),
        views => snapshot::route(views),
    };
    let signal = request.signal();
    // From here on only the pollers keep it alive.
    drop(request);
    let Outcome { reply, session } = api.ask(&route, &signal, max_age_ms).await;
    let Some(request) = waiting.upgrade() else {
        return;
    };
    for (poller, (view, _)) in aboard.iter().zip(views) {
        let part = |reply: Reply| if is_own { Ok(reply) } else { snapshot::part(&reply, view) };
        poller.land(&request, Outcome { reply: reply.clone().and_then(part), session });
    }
}

/// Keeps a view fresh and reports each result.
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
    /// Consecutive failed polls.
    failures: Cell<u32>,
    /// Another view's success has woken this view since its own last success.
    is_woken: Cell<bool>,
    session: Cell<Option<u32>>,
    /// The last answer's tag, unless the next answer must be reported in any case.
    etag: RefCell<Option<String>>,
    started_at_ms: Cell<f64>,
    flight: RefCell<Option<Flight>>,
    timer: RefCell<Option<Timeout>>,
    /// When the timer will fire.
    due_at_ms: Cell<f64>,
}

impl Poller {
    /// Acts on what differs from the last settings.
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
            // A hanging request that is replaced counts as failed, otherwise frequent refreshes would hide the failure.
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

    /// Polls now unless a request is in flight; accepts an answer up to `max_age_ms` old, or only a fresh one if that
    /// is 0.
    fn start(self: &Rc<Self>, max_age_ms: u32) {
        self.timer.take();
        if self.flight.borrow().is_some() {
            if max_age_ms == 0 {
                self.want_fresh();
            }
            return;
        }
        let Poll { api, pollers, view, .. } = self.poll.borrow().clone();
        let request = if view.is_empty() { Request::start() } else { pollers.shared_request(&api) };
        let Some(request) = request else {
            return;
        };
        self.board(&request, max_age_ms);
        if view.is_empty() {
            spawn_local(fetch(pollers, Rc::downgrade(&request), api, Some(Rc::clone(self))));
        }
    }

    /// Waits for a request's answer, unless it waits for another's or is hidden or paused.
    fn board(&self, request: &Rc<Request>, max_age_ms: u32) {
        if self.flight.borrow().is_some() {
            return;
        }
        self.timer.take();
        self.started_at_ms.set(js_sys::Date::now());
        self.flight.replace(Some(Flight { request: Rc::clone(request), max_age_ms, is_overtaken: false }));
    }

    /// Takes in the answer of a request, unless the view no longer waits for it.
    fn land(self: &Rc<Self>, request: &Rc<Request>, Outcome { reply, session }: Outcome) {
        if self.max_age_ms(request).is_none() {
            return;
        }
        let is_overtaken = self.flight.take().is_some_and(|flight| flight.is_overtaken);
        let recovered = self.failures.get() > 0;
        let told = self.take_in(reply, session);
        let (rate_ms, age_ms) = (self.delay_ms(), told.age_ms());
        if is_overtaken {
            self.start(0);
        } else {
            // Accepts other views' recent answers, so that all come to poll at the same time and share one call.
            // With half of the rate or less, two groups of views could stay half a round apart for ever.
            let max_age_ms = if self.failures.get() == 0 { rate_ms / 4 * 3 } else { 0 };
            self.schedule(schedule::rest_ms(rate_ms, age_ms), max_age_ms);
        }
        if self.failures.get() == 0 {
            let pollers = self.poll.borrow().pollers.clone();
            pollers.wake(recovered);
        }
        self.on_news.emit(News { at_ms: js_sys::Date::now() as i64, told, session });
    }

    /// The name of the view and its parameters.
    fn view(&self) -> (&'static str, AttrValue) {
        let poll = self.poll.borrow();
        (poll.view, poll.route.clone())
    }

    /// The oldest answer that it accepts, if it waits for this request.
    fn max_age_ms(&self, request: &Rc<Request>) -> Option<u32> {
        let flight = self.flight.borrow();
        flight.as_ref().filter(|flight| Rc::ptr_eq(&flight.request, request)).map(|flight| flight.max_age_ms)
    }

    /// Not while it is hidden, paused or waits for an answer.
    fn is_scheduled(&self) -> bool {
        self.timer.borrow().is_some()
    }

    /// Whether another view of the driver may take it along: not while it backs off.
    fn comes_along(&self) -> bool {
        self.is_scheduled() && self.failures.get() < 2
    }

    /// Whether less than a quarter of its interval is left: it would accept an answer that old.
    fn is_due_soon(&self) -> bool {
        let left_ms = self.due_at_ms.get() - js_sys::Date::now();
        self.is_scheduled() && left_ms <= f64::from(self.delay_ms()) / 4.0
    }

    fn take_in(&self, reply: Result<Reply, Problem>, session: Option<u32>) -> Told {
        // After a change of session the same body is new.
        let known = self.etag.take().filter(|_| !is_another(self.session.get(), session));
        self.session.set(session.or(self.session.get()));
        let answer = reply.and_then(|Reply { json, etag, age_ms, .. }| {
            if known.is_some() && known == etag {
                self.etag.replace(etag);
                return Ok(Told::Same { age_ms });
            }
            let meta: Meta = api::decode(json.clone())?;
            self.rates.set((&meta).into());
            // Each stale answer counts as a failed poll, so it is reported again.
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

    /// Polls at once if the view is backing off. That the sidecar can be reached does not mean that this view's
    /// upstream is back: unless another view has just recovered, it is woken only once until it succeeds.
    fn wake(self: &Rc<Self>, recovered: bool) {
        // Without a timer the view is hidden or paused, or a request is in flight.
        let backs_off = self.failures.get() > 1 && self.timer.borrow().is_some();
        if backs_off && (!self.is_woken.replace(true) || recovered) {
            self.start(0);
        }
    }

    /// If the request in flight may bring an old answer, polls again as soon as it has ended.
    fn want_fresh(&self) {
        if let Some(flight) = &mut *self.flight.borrow_mut() {
            flight.is_overtaken |= flight.max_age_ms > 0;
        }
    }

    fn stop(&self) {
        self.timer.take();
        self.flight.take();
    }

    /// Polls again `gap_ms` after the last time. Without a timer the view is hidden or a request is in flight. While
    /// the sidecar fails, back-off takes precedence: otherwise every cell of a notebook would cause a request.
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
        self.due_at_ms.set(js_sys::Date::now() + f64::from(delay_ms));
        self.timer.replace(Some(Timeout::new(delay_ms, move || poller.start(max_age_ms))));
    }

    fn delay_ms(&self) -> u32 {
        let Poll { kernel_busy, wanted_ms, .. } = *self.poll.borrow();
        schedule::delay_ms(self.rates.get().wanted(wanted_ms), kernel_busy, self.failures.get(), js_sys::Math::random())
    }
}

/// A request that the view waits for; other views may wait for the same one.
#[derive(Debug)]
struct Flight {
    request: Rc<Request>,
    max_age_ms: u32,
    /// Something fresher has been requested since it started.
    is_overtaken: bool,
}
