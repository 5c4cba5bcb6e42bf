//! Stopping a query: whom it is offered, what it asks, and what it says afterwards.

use std::rc::Rc;

use wire::{Executors, Queries, Query, QueryState, Stages};
use yew::Reducible;

use super::{of_panel, text};
use crate::components::queries::{recent_queries, running_queries};
use crate::mine::{Execution, Notebook};
use crate::model::{Action, Model, Stop, StopState};
use kit::known;
use kit::samples::{self, OBSERVED_AT_MS};

/// Of a session of Spark Connect.
fn stoppable() -> Query {
    Query { operation_id: Some("op-1".to_owned()), can_stop: true, ..samples::query("q-1") }
}

/// Its kernel named the session; cell 5 was running when the sample query began.
fn notebook() -> Notebook {
    let execution = Execution { count: 5, begin_ms: OBSERVED_AT_MS - 21_000, end_ms: None };
    Notebook {
        id: "n-1".to_owned(),
        current: true,
        asked: true,
        session_id: Some("s-1".to_owned()),
        executions: vec![execution],
        ..Notebook::default()
    }
}

fn model(queries: Queries, notebook: Notebook) -> Model {
    let model = Model {
        executors: known::loaded(samples::executors()),
        stages: known::loaded(Stages { active: Vec::new(), ..samples::stages() }),
        queries: known::loaded(queries),
        clock_ahead_ms: Some(0),
        ..Model::default()
    };
    after(model, Action::Notebooks(vec![notebook].into()))
}

fn after(model: Model, action: Action) -> Model {
    (*Rc::new(model).reduce(action)).clone()
}

fn running(query: Query) -> Queries {
    Queries { running: vec![query], ..samples::queries() }
}

async fn drawn(model: &Model) -> String {
    let queries = model.queries.body().cloned().unwrap_or_else(samples::queries);
    let running = of_panel(model, |panel| running_queries(panel, &queries));
    let recent = of_panel(model, |panel| recent_queries(panel, &queries));
    [text(running).await, text(recent).await].join("\n")
}

fn offers(drawn: &str) -> bool {
    drawn.lines().any(|line| line == "Stop")
}

#[tokio::test]
async fn it_is_offered_only_for_a_session_that_a_kernel_has_named_and_that_the_sidecar_can_stop() {
    assert!(offers(&drawn(&model(running(stoppable()), notebook())).await));
    let of_another = Notebook { session_id: Some("s-2".to_owned()), ..notebook() };
    let only_likely = Notebook { asked: false, ..notebook() };
    for notebook in [of_another, only_likely] {
        assert!(!offers(&drawn(&model(running(stoppable()), notebook)).await));
    }
    let others = Query { can_stop: false, ..stoppable() };
    assert!(!offers(&drawn(&model(running(others), notebook())).await));
}

#[tokio::test]
async fn it_asks_first_and_names_the_cell() {
    let asked = after(model(running(stoppable()), notebook()), Action::AskStop("q-1".to_owned()));
    let said = drawn(&asked).await;
    assert!(said.contains("Stop this query? Your cell [5] will raise OPERATION_CANCELED."), "{said}");
    assert!(said.contains("Stop it") && said.contains("Keep it running"), "{said}");
    assert!(offers(&drawn(&after(asked, Action::KeepRunning)).await));
}

#[tokio::test]
async fn it_says_what_happened_and_what_still_holds_cores() {
    let (session_id, operation_id) = ("s-1".to_owned(), "op-1".to_owned());
    let stop = Stop { query_id: "q-1".to_owned(), session_id, operation_id, state: StopState::Sent };
    let sent = after(model(running(stoppable()), notebook()), Action::Stop(stop));
    assert!(drawn(&sent).await.contains("Stopping…"));
    let ended = Query { state: QueryState::Canceled, can_stop: false, ..stoppable() };
    let stopped = Model { queries: known::loaded(Queries { recent: vec![ended], ..samples::queries() }), ..sent };
    let stopped = after(stopped, Action::Stopped(StopState::Done(true)));
    let said = drawn(&stopped).await;
    assert!(said.contains("Spark was told to stop it.") && said.contains("2 tasks of it still hold cores."), "{said}");
    let idle = Executors { active_tasks: 0, ..samples::executors() };
    let freed = Model { executors: known::loaded(idle), ..stopped.clone() };
    assert!(!drawn(&freed).await.contains("still hold"));
    let busy = Model { stages: known::loaded(samples::stages()), ..stopped.clone() };
    assert!(!drawn(&busy).await.contains("still hold"), "they may be another query's tasks");
    let late = drawn(&after(stopped, Action::Stopped(StopState::Done(false)))).await;
    assert!(late.contains("It had ended already."), "{late}");
}

#[tokio::test]
async fn a_classic_drivers_query_says_how_to_stop_it() {
    let classic = Query { session_id: None, ..samples::query("q-1") };
    let app_id = samples::app().app_id;
    let own = Notebook { session_id: None, app_id: Some(app_id), ..notebook() };
    let model = after(model(running(classic), own), Action::ToggleQuery("q-1".to_owned()));
    let said = drawn(&model).await;
    assert!(said.contains("To stop it, interrupt its cell") && !offers(&said), "{said}");
}
