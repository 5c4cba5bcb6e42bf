//! Polls the statement that runs until nothing more happens to it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wire::sql::{SqlQuery, SqlState};
use yew::{Callback, hook, use_effect_with};

use kit::api::Api;
use kit::problem::Problem;
use kit::question::{Question, spawn};
use kit::request::Request;

/// How long the sidecar may hold back an answer that is not new. Milliseconds.
const WAIT_MS: u32 = 2_000;
/// The shortest wait between two answers, and the one while the tab is hidden. The sidecar cancels a statement that
/// nobody has asked for in 15 minutes. Milliseconds.
const GAP_MS: u32 = 250;
const HIDDEN_MS: u32 = 30_000;
/// After a failure, doubled by each further one.
const FIRST_BACK_OFF_MS: u32 = 1_000;
/// How often a canceled statement is asked for its cores: while some are held, and while nothing is known of them.
const MOST_HELD: u32 = 300;
const MOST_UNKNOWN: u32 = 10;

struct Follower {
    api: Api,
    id: String,
    is_shown: bool,
    on_news: Callback<Result<Rc<SqlQuery>, Problem>>,
    request: Rc<Request>,
    seq: Cell<u64>,
    failures: Cell<u32>,
    /// Answers since the statement's end.
    after_end: Cell<u32>,
    timer: RefCell<Option<Timeout>>,
}

/// Reports each answer on a statement. While the tab is hidden, it asks only every 30 s.
#[hook]
pub fn use_follow(api: &Api, id: Option<String>, is_shown: bool, on_news: Callback<Result<Rc<SqlQuery>, Problem>>) {
    let api = api.clone();
    use_effect_with((id, is_shown), move |(id, is_shown)| {
        let follower = id.clone().and_then(|id| {
            let request = Request::start()?;
            let (seq, failures, after_end, timer) = Default::default();
            let is_shown = *is_shown;
            Some(Rc::new(Follower { api, id, is_shown, on_news, request, seq, failures, after_end, timer }))
        });
        if let Some(follower) = &follower {
            follower.schedule(if follower.is_shown { 0 } else { HIDDEN_MS });
        }
        move || drop(follower)
    });
}

impl Follower {
    fn schedule(self: &Rc<Self>, wait_ms: u32) {
        let this = Rc::downgrade(self);
        self.timer.replace(Some(Timeout::new(wait_ms, move || spawn(ask(this)))));
    }

    /// The wait after an answer; none if nothing more will happen.
    fn after(&self, news: &Result<Rc<SqlQuery>, Problem>) -> Option<u32> {
        let gap_ms = if self.is_shown { GAP_MS } else { HIDDEN_MS };
        match news {
            Err(_) => {
                let failures = self.failures.get();
                self.failures.set(failures.saturating_add(1));
                Some((FIRST_BACK_OFF_MS << failures.min(5)).max(gap_ms))
            }
            Ok(query) => {
                self.failures.set(0);
                self.seq.set(query.seq);
                if !query.state.is_over() {
                    return Some(gap_ms);
                }
                let asked = self.after_end.get();
                self.after_end.set(asked + 1);
                may_hold_cores(query, asked).then_some(gap_ms.max(WAIT_MS))
            }
        }
    }
}

/// Whether a canceled statement may still hold cores, after so many answers since its end.
fn may_hold_cores(query: &SqlQuery, answers: u32) -> bool {
    let is_canceled = query.state == SqlState::Canceled && query.operation_id.is_some();
    is_canceled && answers < query.cores_still_held.map_or(MOST_UNKNOWN, |cores| if cores > 0 { MOST_HELD } else { 0 })
}

async fn ask(this: Weak<Follower>) {
    let Some(follower) = this.upgrade() else {
        return;
    };
    let wait_ms = if follower.is_shown { WAIT_MS } else { 0 };
    let route = ["sql/queries/", &follower.id, "?after=", &follower.seq.get().to_string()].concat();
    let question = Question::get([&route, "&wait_ms=", &wait_ms.to_string()].concat());
    let (api, signal) = (follower.api.clone(), follower.request.signal());
    // From here on only the tab keeps it alive.
    drop(follower);
    let news = question.ask::<SqlQuery>(&api, &signal).await.map(Rc::new);
    let Some(follower) = this.upgrade() else {
        return;
    };
    let wait_ms = follower.after(&news);
    follower.on_news.emit(news);
    if let Some(wait_ms) = wait_ms {
        follower.schedule(wait_ms);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::sql::{SqlQuery, SqlState};

    use super::may_hold_cores;
    use crate::sql::samples::query;

    #[test]
    fn only_a_canceled_statement_is_asked_for_its_cores_and_not_for_ever() {
        let holds = |state, cores_still_held, answers| {
            may_hold_cores(&SqlQuery { state, cores_still_held, ..query() }, answers)
        };
        assert!(!holds(SqlState::Finished, None, 0));
        assert!(holds(SqlState::Canceled, None, 0) && !holds(SqlState::Canceled, None, 10));
        assert!(holds(SqlState::Canceled, Some(2), 10) && !holds(SqlState::Canceled, Some(0), 0));
    }
}
