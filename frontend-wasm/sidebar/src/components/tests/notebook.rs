//! A notebook with its queries, for tests.

use std::rc::Rc;

use wire::{CallSite, NamedBy, Queries, Query};
use yew::{Html, Reducible};

use super::{of_panel, text};
use crate::components::panel_context::Panel;
use crate::components::queries::{recent_queries, running_queries};
use crate::mine::{Execution, Notebook};
use crate::model::{Action, Model};
use kit::known;
use kit::samples::{self, OBSERVED_AT_MS};

pub(super) const BEGAN_AT_MS: i64 = OBSERVED_AT_MS - 20_000;

/// Built in cell 3, which Spark numbers 4.
pub(super) fn cell_query(query_id: &str, session_id: &str) -> Query {
    Query {
        name: "count of range".to_owned(),
        named_by: NamedBy::Operators,
        call_site: Some(CallSite::Cell { number: 4, line: 2 }),
        session_id: Some(session_id.to_owned()),
        ..samples::query(query_id)
    }
}

/// Cell 5 was running when the sample queries started.
pub(super) fn notebook() -> Notebook {
    let execution = Execution { count: 5, begin_ms: BEGAN_AT_MS - 1_000, end_ms: None };
    Notebook {
        id: "n-1".to_owned(),
        title: "etl.ipynb".to_owned(),
        current: true,
        shift: Some(1),
        asked: true,
        session_id: Some("s-1".to_owned()),
        executions: vec![execution],
        ..Notebook::default()
    }
}

pub(super) fn model(queries: Queries, notebooks: Vec<Notebook>) -> Model {
    let model = Model {
        cluster: known::loaded(samples::cluster()),
        executors: known::loaded(samples::executors()),
        stages: known::loaded(samples::stages()),
        queries: known::loaded(queries),
        clock_ahead_ms: Some(0),
        ..Model::default()
    };
    after(model, Action::Notebooks(notebooks.into()))
}

pub(super) fn after(model: Model, action: Action) -> Model {
    (*Rc::new(model).reduce(action)).clone()
}

pub(super) fn part(model: &Model, part: fn(&Panel<'_>, &Queries) -> Html) -> Html {
    let queries = model.queries.body().cloned().unwrap_or_else(samples::queries);
    of_panel(model, |panel| part(panel, &queries))
}

pub(super) async fn running(model: &Model) -> String {
    text(part(model, running_queries)).await
}

pub(super) async fn recent(model: &Model) -> String {
    text(part(model, recent_queries)).await
}

pub(super) fn runs(running: Vec<Query>) -> Queries {
    Queries { running, ..samples::queries() }
}

pub(super) fn ended(recent: Vec<Query>) -> Queries {
    Queries { recent, ..samples::queries() }
}
