//! One answer of the history, which is asked for again while its tab is shown.

use std::any::Any;
use std::pin::Pin;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;
use yew::{Html, hook, html, use_effect_with, use_state};

use crate::stored;
use kit::api::{self, Api};
use kit::i18n::PastMessage;
use kit::parts::notice::{loading, muted, problem_notice};
use kit::problem::Problem;
use kit::request::Request;

/// The history takes a sample a minute.
const AGAIN_MS: u32 = 60_000;

/// An answer of any type: a hook that knew the type would exist once for each.
type Answer = Rc<dyn Any>;
/// Reads an answer from its JSON.
pub type Read = fn(JsValue) -> Result<Answer, Problem>;

/// What is known: the last answer stays until the next one comes.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The last answer; none within it where nothing is remembered.
    answer: Option<Option<Answer>>,
    /// Why the last request brought none.
    problem: Option<Problem>,
    /// The route whose answer it is.
    route: String,
    /// How many requests have ended.
    ended: u32,
}

impl Asked {
    /// The answer, which was read as `T`, or why there is none.
    pub fn filled<T: 'static>(&self, content: impl FnOnce(&T) -> Html) -> Html {
        let answer = self.answer.as_ref().and_then(Option::as_ref).and_then(|answer| answer.downcast_ref());
        self.around(answer.map(content))
    }

    fn around(&self, content: Option<Html>) -> Html {
        match (content, &self.answer, &self.problem) {
            (Some(content), _, None) => content,
            (Some(content), _, Some(Problem { sentence, hint, .. })) => html! {
                <>
                    <p class="sparkMonitor-Stale" role="alert">{ [sentence.as_str(), hint].join(" ") }</p>
                    { content }
                </>
            },
            (None, Some(_), _) => muted(PastMessage::PastOff),
            (None, None, Some(problem)) => problem_notice(problem),
            (None, None, None) => loading(),
        }
    }

    /// The same without an answer to another question than this one.
    pub fn to(self, route: Option<&str>) -> Self {
        if route == Some(&self.route) { self } else { Self::default() }
    }

    /// Whether the answer is to another question than this one.
    pub fn is_pending(&self, route: &str) -> bool {
        self.route != route
    }
}

/// Reads an answer as `T`.
pub fn read<T: DeserializeOwned + 'static>(json: JsValue) -> Result<Answer, Problem> {
    api::decode::<T>(json).map(|answer| Rc::new(answer) as Answer)
}

/// Asks when the tab is shown, when the route or `refreshes` changes, and a minute after each answer.
#[hook]
pub fn use_past(api: &Api, route: Option<String>, read: Read, shown: bool, refreshes: u32) -> Asked {
    let asked = use_state(Asked::default);
    let round = use_state(|| 0_u32);
    let (api, known) = (api.clone(), asked.clone());
    use_effect_with((route, shown, refreshes, *round), move |(route, shown, ..)| {
        let route = route.clone().filter(|_| *shown);
        let request = route.as_ref().and_then(|_| Request::start());
        if let (Some(request), Some(route)) = (&request, route) {
            let signal = request.signal();
            let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
                let is_known = matches!(known.answer, Some(Some(_)));
                let answer = ask(&api, &signal, &route, read, is_known).await;
                if !signal.aborted() {
                    let ended = known.ended + 1;
                    let (answer, problem) = match answer {
                        Ok(answer) => (Some(answer), None),
                        // What was answered to another question is not shown beneath this one's failure.
                        Err(problem) => (known.answer.clone().filter(|_| known.route == route), Some(problem)),
                    };
                    known.set(Asked { answer, problem, route, ended });
                }
            });
            spawn_local(task);
        }
        move || drop(request)
    });
    use_effect_with((asked.ended, shown), move |(ended, shown)| {
        let again = move || round.set(*round + 1);
        let timeout = (*shown && *ended > 0).then(|| Timeout::new(AGAIN_MS, again));
        move || drop(timeout)
    });
    (*asked).clone()
}

/// Where nothing is remembered, there is no route to ask.
async fn ask(
    api: &Api,
    signal: &AbortSignal,
    route: &str,
    read: Read,
    is_known: bool,
) -> Result<Option<Answer>, Problem> {
    if !is_known && !stored::remembers(api, signal).await? {
        return Ok(None);
    }
    read(api.ask(route, signal, 0).await.reply?.json).map(Some)
}
