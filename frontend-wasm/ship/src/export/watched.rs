//! An answer that is asked for again while the tab is shown: soon while something runs, otherwise seldom.

use std::any::Any;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use yew::{hook, use_effect_with, use_state};

use kit::api::{self, Api};
use kit::problem::{Problem, ProblemKind};
use kit::question::{Question, spawn};
use kit::request::Request;

/// While something runs, and while nothing does. Milliseconds.
const SOON_MS: u32 = 1_000;
const SELDOM_MS: u32 = 30_000;
/// After a failure. Milliseconds.
const FAILED_MS: u32 = 5_000;

/// An answer of any type: a hook that knew the type would exist once for each.
type Answer = Rc<dyn Any>;

/// What an answer of some type is read with.
#[derive(Clone, Copy)]
pub struct Kind {
    read: fn(JsValue) -> Result<Answer, Problem>,
    is_busy: fn(&Answer) -> bool,
    soon_ms: u32,
}

impl Kind {
    /// The same, asked for again as often as this, whatever it says.
    pub fn each(self, soon_ms: u32) -> Self {
        Self { is_busy: |_| true, soon_ms, ..self }
    }
}

/// An answer that may say that something runs.
pub trait Busy: DeserializeOwned + 'static {
    fn is_busy(&self) -> bool;
}

/// How `T` is watched.
pub fn kind<T: Busy>() -> Kind {
    Kind {
        read: |json| api::decode::<T>(json).map(|answer| Rc::new(answer) as Answer),
        is_busy: |answer| answer.downcast_ref::<T>().is_some_and(T::is_busy),
        soon_ms: SOON_MS,
    }
}

/// What is known: the last answer stays until the next one comes.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    route: String,
    answer: Option<Answer>,
    pub problem: Option<Problem>,
    /// How many requests have ended.
    ended: u32,
}

impl Watched {
    pub fn answer<T: 'static>(&self) -> Option<&T> {
        self.answer.as_ref()?.downcast_ref()
    }

    /// Whether the sidecar has no such route.
    pub fn is_absent(&self) -> bool {
        self.answer.is_none() && self.problem.as_ref().is_some_and(|problem| problem.kind == ProblemKind::NotFound)
    }
}

/// Asks when the route or `changes` changes, when the tab is shown, and after a while again. None asks for nothing.
#[hook]
pub fn use_watched(api: &Api, route: Option<String>, kind: Kind, changes: u32) -> Watched {
    let known = use_state(Watched::default);
    let round = use_state(|| 0_u32);
    let (api, before) = (api.clone(), known.clone());
    use_effect_with((route.clone(), changes, *round), move |(route, ..)| {
        let request = route.clone().and_then(|route| {
            let request = Request::start()?;
            let signal = request.signal();
            spawn(async move {
                let answer = Question::get(route.clone()).ask_json(&api, &signal).await.and_then(kind.read);
                if !signal.aborted() {
                    let ended = before.ended + 1;
                    let (answer, problem) = match answer {
                        Ok(answer) => (Some(answer), None),
                        Err(problem) => (before.answer.clone().filter(|_| before.route == route), Some(problem)),
                    };
                    before.set(Watched { route, answer, problem, ended });
                }
            });
            Some(request)
        });
        move || drop(request)
    });
    let rest_ms = match &*known {
        Watched { problem: Some(_), .. } if known.is_absent() => SELDOM_MS,
        Watched { problem: Some(_), .. } => FAILED_MS,
        Watched { answer: Some(answer), .. } if (kind.is_busy)(answer) => kind.soon_ms,
        _ => SELDOM_MS,
    };
    use_effect_with((known.ended, route.clone()), move |(ended, route)| {
        let again = move || round.set(*round + 1);
        let timer = (*ended > 0 && route.is_some()).then(|| Timeout::new(rest_ms, again));
        move || drop(timer)
    });
    let is_asked = route.is_none_or(|route| route == known.route);
    if is_asked { (*known).clone() } else { Watched::default() }
}
