//! The last good answer of one view, and later problems.

use std::ops::Deref;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wire::{Answer, Meta};
use yew::Reducible;

use crate::api;
use crate::news::{News, Told, is_another};
use crate::problem::Problem;

/// The state of one view.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The last good answer; none before the first.
    body: Option<Rc<T>>,
    polled: Polled,
}

/// The part of a view's state that does not depend on the type of its answers. All views share this code.
#[derive(Clone, Debug, Default)]
pub struct Polled {
    /// The metadata of the last good answer.
    meta: Option<Meta>,
    /// When the sidecar last got it, by the browser's clock; milliseconds since 1970.
    pub heard_at_ms: i64,
    /// Why the last poll brought no answer.
    pub problem: Option<Problem>,
    /// Consecutive polls without fresh data: failed ones, and answers that the sidecar marks as stale.
    pub failed_polls: u32,
    /// The number of the session that the sidecar last answered; none before its first answer.
    session: Option<u32>,
}

// `derive` would require the same traits of `T`.
impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { body: None, polled: Polled::default() }
    }
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        Self { body: self.body.clone(), polled: self.polled.clone() }
    }
}

impl<T> Deref for Loaded<T> {
    type Target = Polled;

    fn deref(&self) -> &Polled {
        &self.polled
    }
}

/// What is wrong with a view, and since when it has not been updated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub problem: Problem,
    /// When Spark last reported what is shown, by the browser's clock; milliseconds since 1970.
    pub since_ms: i64,
}

impl<T: DeserializeOwned> Loaded<T> {
    /// Applies the result of a poll.
    pub fn take_in(&mut self, news: News) {
        // Another session's data must not be shown to this one.
        if is_another(self.session, news.session) {
            self.body = None;
            self.polled.meta = None;
        }
        if let Some((meta, json, heard_at_ms)) = self.polled.hear(news) {
            match api::decode(json) {
                Ok(body) => {
                    self.body = Some(Rc::new(body));
                    self.polled.succeed(meta, heard_at_ms);
                }
                Err(problem) => self.polled.fail(problem),
            }
        }
    }
}

impl<T: DeserializeOwned> Reducible for Loaded<T> {
    type Action = News;

    fn reduce(self: Rc<Self>, news: News) -> Rc<Self> {
        let mut next = (*self).clone();
        next.take_in(news);
        Rc::new(next)
    }
}

impl<T> Loaded<T> {
    /// The state after one poll, whose answer the sidecar got at `heard_at_ms`.
    #[must_use]
    pub fn after(&self, outcome: Result<Answer<T>, Problem>, heard_at_ms: i64) -> Self {
        let mut next = self.clone();
        match outcome {
            Ok(Answer { meta, body }) => {
                next.body = Some(Rc::new(body));
                next.polled.succeed(meta, heard_at_ms);
            }
            Err(problem) => next.polled.fail(problem),
        }
        next
    }

    /// The fields of the last good answer.
    pub fn body(&self) -> Option<&T> {
        self.body.as_deref()
    }

    /// As [`Self::body`], to be kept.
    pub fn shared(&self) -> Option<Rc<T>> {
        self.body.clone()
    }

    /// The fields and the metadata of the last good answer.
    pub fn answer(&self) -> Option<(&T, &Meta)> {
        self.body().zip(self.meta.as_ref())
    }
}

impl Polled {
    /// Records a poll. Returns a new answer, which is still to be decoded, and when the sidecar got it.
    fn hear(&mut self, news: News) -> Option<(Meta, JsValue, i64)> {
        self.session = news.session.or(self.session);
        let heard_at_ms = news.at_ms - i64::from(news.told.age_ms());
        match news.told {
            Told::Same { .. } => self.heard_at_ms = heard_at_ms,
            Told::Answer { meta, json, .. } => return Some((meta, json, heard_at_ms)),
            Told::Failed(problem) => self.fail(problem),
        }
        None
    }

    fn succeed(&mut self, meta: Meta, heard_at_ms: i64) {
        self.failed_polls = if meta.stale.is_some() { self.failed_polls.saturating_add(1) } else { 0 };
        self.meta = Some(meta);
        self.heard_at_ms = heard_at_ms;
        self.problem = None;
    }

    fn fail(&mut self, problem: Problem) {
        self.problem = Some(problem);
        self.failed_polls = self.failed_polls.saturating_add(1);
    }

    /// Why the data may be old: our own failed poll, otherwise the sidecar's report on its upstream.
    pub fn trouble(&self) -> Option<Trouble> {
        let problem = match &self.problem {
            Some(problem) => problem.clone(),
            None => Problem::of_stale(self.meta.as_ref()?.stale.as_ref()?),
        };
        Some(Trouble { problem, since_ms: self.heard_at_ms })
    }

    /// Whether nothing has arrived yet, neither data nor a problem.
    pub fn is_loading(&self) -> bool {
        self.meta.is_none() && self.problem.is_none()
    }

    /// Whether the answer is recorded data.
    pub fn is_demonstration(&self) -> bool {
        self.meta.as_ref().is_some_and(|meta| meta.demonstration)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Loaded, Trouble};
    use crate::news::{News, Told};
    use crate::problem::Problem;
    use crate::samples;

    #[test]
    fn a_failure_keeps_the_last_good_value_and_says_when_that_was_heard() {
        let good = Loaded::default().after(Ok(samples::answer(7)), 1_000);
        let failing = good.after(Err(Problem::no_jupyter()), 2_000).after(Err(Problem::no_sidecar()), 3_000);
        assert_eq!(failing.body(), Some(&7));
        assert_eq!(failing.failed_polls, 2);
        assert_eq!(failing.trouble(), Some(Trouble { problem: Problem::no_sidecar(), since_ms: 1_000 }));

        let good_again = failing.after(Ok(samples::answer(8)), 4_000);
        assert_eq!(good_again.failed_polls, 0);
        assert_eq!(good_again.trouble(), None);
    }

    #[test]
    fn an_answer_marked_stale_counts_as_a_failed_poll_and_says_when_its_data_was_heard() {
        let loaded = Loaded::default().after(Ok(samples::stale_answer(7)), 1_000);
        assert_eq!(loaded.failed_polls, 1);
        assert_eq!(loaded.trouble().map(|trouble| trouble.since_ms), Some(1_000));
    }

    #[test]
    fn what_one_session_was_told_is_not_shown_beneath_the_failure_of_another() {
        let shown = |session| {
            let mut loaded = Loaded::default().after(Ok(samples::answer(7)), 0);
            loaded.polled.session = Some(1);
            loaded.take_in(News { at_ms: 2_000, told: Told::Failed(Problem::no_sidecar()), session });
            assert_eq!(loaded.problem, Some(Problem::no_sidecar()));
            loaded.body().copied()
        };
        assert_eq!([shown(Some(1)), shown(None)], [Some(7); 2], "her own, and one that is not the sidecar's");
        assert_eq!([shown(Some(2)), shown(Some(0))], [None; 2], "another's, and one without a session");
    }
}
