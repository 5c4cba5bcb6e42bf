//! The answer of one request of a pane.

use std::any::Any;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use yew::{Html, hook, html, use_effect_with, use_state};

use crate::api::{self, Api};
use crate::parts::notice::{loading, problem_notice};
use crate::problem::Problem;
use crate::question::{Question, spawn};
use crate::request::Request;

/// An answer of any type: a hook that knew the type would exist once for each.
type Answer = Result<Rc<dyn Any>, Problem>;

/// What is known of a request: the last answer stays until the next one comes.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub pending: bool,
    answer: Option<Answer>,
}

impl Asked {
    /// The answer, which was read as `T`.
    pub fn answer<T: 'static>(&self) -> Option<&T> {
        self.answer.as_ref()?.as_ref().ok()?.downcast_ref()
    }

    /// Why there is no answer.
    pub fn problem(&self) -> Option<&Problem> {
        self.answer.as_ref()?.as_ref().err()
    }

    /// The answer, or why there is none.
    pub fn filled<T: 'static>(&self, content: impl FnOnce(&T) -> Html) -> Html {
        self.answer().map_or_else(|| self.unfilled(), content)
    }

    fn unfilled(&self) -> Html {
        match self.problem() {
            Some(problem) => problem_notice(problem),
            None if self.pending => loading(),
            None => html! {},
        }
    }
}

/// Reads an answer as `T`.
pub fn read<T: DeserializeOwned + 'static>(json: JsValue) -> Answer {
    api::decode::<T>(json).map(|answer| Rc::new(answer) as Rc<dyn Any>)
}

/// Sends a request once, whenever it is another one; aborts it when the pane is closed.
#[hook]
pub fn use_asked(api: &Api, question: Option<Question>, read: fn(JsValue) -> Answer) -> Asked {
    let answer = use_state(|| None::<(Question, Answer)>);
    let is_answered = |question: &Question| answer.as_ref().is_some_and(|(asked, _)| asked == question);
    let pending = question.as_ref().is_some_and(|question| !is_answered(question));
    let known = answer.as_ref().map(|(_, answer)| answer.clone());
    let api = api.clone();
    use_effect_with(question, move |question| {
        let request = question.clone().and_then(|question| {
            let request = Request::start()?;
            let signal = request.signal();
            spawn(async move {
                let found = question.ask_json(&api, &signal).await.and_then(read);
                if !signal.aborted() {
                    answer.set(Some((question, found)));
                }
            });
            Some(request)
        });
        move || drop(request)
    });
    Asked { pending, answer: known }
}
