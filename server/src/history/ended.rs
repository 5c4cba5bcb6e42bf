//! Applications that nobody watched, from Spark's history server.

use std::{collections::BTreeMap, time::Duration};

use history_store::RunRow;
use monitor::{EndedApp, HistoryServer, Whose, queries::QueryRun};
use tokio::time::timeout;
use upstream::user::User;
use wire::{
    Executor,
    past::{LostExecutor, PastApp, PastAppDetail, PastApps, PastRun, RunState, Series},
};

use super::{
    History, MOST,
    collector::{number, run},
    error_class,
    queries::past_run,
    shape,
};
use crate::{
    http::ApiError,
    words::{Said, history},
};

/// How long what is remembered waits for the history server.
const PATIENCE: Duration = Duration::from_secs(3);
/// Longest label, characters, as it is stored of others.
const LABEL: usize = 200;
/// No shape has this number: these runs are not among "My queries".
const NOT_STORED: i64 = -1;

/// Adds the applications that are not remembered, up to `most` in all. Those that are remembered are shown even if the
/// history server fails, which its cache logs, or is slow: then the next request finds what it has answered meanwhile.
pub(super) async fn add(history: &History, whose: &Whose, apps: &mut PastApps, most: usize) {
    let Some(server) = history.facts.server.as_ref().filter(|_| whose.user().is_some() || is_ours(history)) else {
        return;
    };
    let Ok(Ok(ended)) = timeout(PATIENCE, server.list(whose)).await else { return };
    let is_new = |app: &EndedApp| apps.apps.iter().all(|known| known.app_id != app.app_id);
    let more: Vec<PastApp> = ended.iter().filter(|app| is_own(history, whose, app) && is_new(app)).map(past).collect();
    apps.has_more |= apps.apps.len() + more.len() > most;
    apps.apps.extend(more);
    apps.apps.truncate(most);
}

/// One application; none if it is not known there either, or another person's.
pub(super) async fn app(history: &History, whose: &Whose, app_id: &str) -> Result<Option<PastAppDetail>, ApiError> {
    let Some(server) = &history.facts.server else { return Ok(None) };
    let found = server.find(whose, app_id).await?;
    match found.filter(|app| is_own(history, whose, app)) {
        Some(app) => Ok(Some(detail(history, server, whose, &app).await?)),
        None => Ok(None),
    }
}

async fn detail(
    history: &History,
    server: &HistoryServer,
    whose: &Whose,
    app: &EndedApp,
) -> Result<PastAppDetail, ApiError> {
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let seen = server.detail(whose, &app.app_id, most).await?;
    let executors = &seen.executors;
    let peak = executors.executors.iter().chain(&executors.driver).map(|executor| executor.peak_heap_bytes).max();
    let own = seen.runs.iter().filter(|run| history.is_own(whose, run));
    let lost = executors.executors.iter().filter_map(lost_executor).take(most);
    let end = history::from_history_server();
    Ok(PastAppDetail {
        app: Some(past(app)),
        end: end.to_string(),
        end_sentences: end.sentences(),
        runs: own.map(|run| past_run_of(app, run)).collect(),
        lost_executors: lost.collect(),
        peak_heap_bytes: peak.unwrap_or_default(),
        series: Series::default(),
    })
}

/// A history server that several people use shows the others' applications to nobody.
fn is_own(history: &History, whose: &Whose, app: &EndedApp) -> bool {
    is_shown(is_ours(history), whose.user().map(User::name), &app.user)
}

/// Whether the history server is on this machine.
fn is_ours(history: &History) -> bool {
    history.site.server.as_ref().is_some_and(|server| server.is_own)
}

/// `is_own` says that the history server is on this machine. That is no proof where users have names: all of a hub may be
/// on one machine.
fn is_shown(is_own: bool, user: Option<&str>, started_by: &str) -> bool {
    user.map_or(is_own, |user| user == started_by && !user.is_empty())
}

fn past(app: &EndedApp) -> PastApp {
    PastApp {
        app_id: app.app_id.clone(),
        name: shape::long_numbers(&app.name),
        started_at_ms: app.started_at_ms,
        last_seen_at_ms: app.ended_at_ms,
        gone_at_ms: Some(app.ended_at_ms),
    }
}

fn past_run_of(app: &EndedApp, seen: &QueryRun) -> PastRun {
    let state = RunState::of(seen.state);
    let mut run = run(&app.app_id, 0, state.unwrap_or(RunState::Lost), seen);
    if state.is_none() {
        // It ran when its driver went, and no longer.
        run.duration_ms = app.ended_at_ms.saturating_sub(run.submitted_ms).max(0);
    }
    let label = shape::shape(seen).label.chars().take(LABEL).collect();
    past_run(&RunRow { shape_id: NOT_STORED, label, run, is_first: false }, None)
}

/// An executor that Spark did not keep until the end.
fn lost_executor(executor: &Executor) -> Option<LostExecutor> {
    let reason = error_class::of_removal(executor.removed.as_deref()?);
    let why = history::lost(&reason);
    let values =
        [("peak_heap_bytes", number(executor.peak_heap_bytes)), ("failed_tasks", executor.failed_tasks.into())];
    Some(LostExecutor {
        executor_id: executor.executor_id.clone(),
        at_ms: executor.removed_at_ms.unwrap_or_default(),
        why: why.as_ref().map(Said::to_string).unwrap_or_default(),
        why_sentences: why.as_ref().map(Said::sentences).unwrap_or_default(),
        reason,
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_history_server_shows_a_person_what_they_have_started_and_nothing_else() {
        for (is_own, user, shown) in [
            (true, None, true),
            (true, Some("bob"), false),
            (true, Some("ann"), true),
            (false, Some("ann"), true),
            (false, Some("bob"), false),
            (false, None, false),
        ] {
            assert_eq!(is_shown(is_own, user, "ann"), shown, "{is_own} {user:?}");
        }
        assert!(!is_shown(false, Some(""), ""), "nobody's");
    }
}
