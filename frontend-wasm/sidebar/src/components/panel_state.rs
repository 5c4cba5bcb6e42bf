//! The combined state of the three views: decided here once, drawn in `panel_view`.

use wire::{App, ApplicationState, DriverState};

use crate::model::Model;
use kit::loaded::Trouble;
use kit::problem::{Problem, ProblemKind};

/// The state of the whole panel.
pub enum Whole {
    Loading,
    /// Nothing to show, for the same reason in all views.
    Problem(Problem),
    /// `trouble` is set if all views are old for the same reason, so that it is shown once.
    Sections {
        trouble: Option<Trouble>,
    },
}

/// Decides the state of the whole panel.
pub fn whole(model: &Model) -> Whole {
    let Model { cluster, executors, stages, .. } = model;
    if cluster.is_loading() && executors.is_loading() && stages.is_loading() {
        return Whole::Loading;
    }
    let trouble = match (cluster.trouble(), executors.trouble(), stages.trouble()) {
        (Some(first), Some(second), Some(third))
            if first.problem.sentence == second.problem.sentence
                && first.problem.sentence == third.problem.sentence =>
        {
            // One notice for all views shows the time of the newest.
            let since_ms = first.since_ms.max(second.since_ms).max(third.since_ms);
            Some(Trouble { since_ms, ..first })
        }
        _ => None,
    };
    let nothing = cluster.body().is_none() && executors.body().is_none() && stages.body().is_none();
    match trouble {
        Some(trouble) if nothing => Whole::Problem(trouble.problem),
        trouble => Whole::Sections { trouble },
    }
}

/// The application whose executors and stages are shown.
pub enum Shown {
    /// The chosen one has ended or never existed.
    Gone(Problem),
    /// There is no application.
    NoApp,
    /// None of its data could be read, for the same reason everywhere.
    Unreadable(Problem),
    /// It has neither executors nor stages yet, for a known reason.
    NotYet(App),
    /// The application, or `None` while it is unknown.
    App(Option<App>),
}

/// Decides which application is shown; if two answers disagree, the newer one counts.
pub fn shown(model: &Model) -> Shown {
    let Model { executors, stages, .. } = model;
    let problems = executors.problem.iter().chain(&stages.problem);
    if let Some(gone) = problems.into_iter().find(|problem| problem.kind == ProblemKind::AppGone) {
        return Shown::Gone(gone.clone());
    }
    if let (Some(first), Some(second), None, None) =
        (&executors.problem, &stages.problem, executors.body(), stages.body())
        && first.sentence == second.sentence
    {
        return Shown::Unreadable(first.clone());
    }
    let of_executors = executors.body().map(|body| (executors.heard_at_ms, &body.app));
    let of_stages = stages.body().map(|body| (stages.heard_at_ms, &body.app));
    let newest = of_executors.into_iter().chain(of_stages).max_by_key(|(heard_at_ms, _)| *heard_at_ms);
    match newest {
        None => Shown::App(None),
        Some((_, None)) => Shown::NoApp,
        Some((_, Some(app))) if app.driver == DriverState::Starting || app.state == ApplicationState::Waiting => {
            Shown::NotYet(app.clone())
        }
        Some((_, Some(app))) => Shown::App(Some(app.clone())),
    }
}
