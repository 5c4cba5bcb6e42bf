//! The answer of one request of a pane.

use std::rc::Rc;

use serde::de::DeserializeOwned;
use yew::{Html, hook, html, use_effect_with, use_state};

use super::requests::{Question, spawn};
use kit::api::Api;
use kit::parts::notice::{loading, problem_notice};
use kit::problem::Problem;
use kit::request::Request;

/// What is known of a request: the last answer stays until the next one comes.
#[derive(Debug)]
pub struct Asked<T> {
    pub pending: bool,
    pub answer: Option<Result<Rc<T>, Problem>>,
}

// `derive` would require the same traits of `T`.
impl<T> Clone for Asked<T> {
    fn clone(&self) -> Self {
        Self { pending: self.pending, answer: self.answer.clone() }
    }
}

impl<T> Asked<T> {
    /// The answer, or why there is none.
    pub fn filled(&self, content: impl FnOnce(&T) -> Html) -> Html {
        match &self.answer {
            Some(Ok(answer)) => content(answer),
            Some(Err(problem)) => problem_notice(problem),
            None if self.pending => loading(),
            None => html! {},
        }
    }
}

/// Sends a request once, whenever it is another one; aborts it when the pane is closed.
#[hook]
pub fn use_asked<T: DeserializeOwned + 'static>(api: &Api, question: Option<Question>) -> Asked<T> {
    let answer = use_state(|| None::<(Question, Result<Rc<T>, Problem>)>);
    let is_answered = |question: &Question| answer.as_ref().is_some_and(|(asked, _)| asked == question);
    let pending = question.as_ref().is_some_and(|question| !is_answered(question));
    let known = answer.as_ref().map(|(_, answer)| answer.clone());
    let api = api.clone();
    use_effect_with(question, move |question| {
        let request = question.clone().and_then(|question| {
            let request = Request::start()?;
            let signal = request.signal();
            spawn(async move {
                let found = question.ask::<T>(&api, &signal).await.map(Rc::new);
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
