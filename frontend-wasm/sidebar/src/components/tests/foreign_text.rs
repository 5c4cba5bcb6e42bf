//! Foreign text is drawn as text everywhere.

use wire::{App, CallSite, ConnectSession, ErrorCode, Executor, Executors, Queries, Query, Stage, Stages};
use yew::Reducible;

use super::{draw, panel};
use crate::mine::Notebook;
use crate::model::{Action, Model};
use kit::known;
use kit::problem::Problem;
use kit::samples::{self, OBSERVED_AT_MS};

const EVIL: &str = r#"<img src=x onerror="alert(1)">'"#;

fn evil() -> String {
    EVIL.to_owned()
}

fn everything_evil() -> Model {
    let app = Some(App { name: evil(), app_id: evil(), ..samples::app() });
    let executor = |removed| Executor { host: evil(), removed, ..samples::executor(EVIL) };
    let executors = vec![executor(None), executor(Some(evil()))];
    let executors = Executors { app: app.clone(), executors, ..samples::executors() };
    let stage = Stage { name: evil(), failure_reason: Some(evil()), ..samples::stages().active.remove(0) };
    let stages = Stages { app: app.clone(), active: vec![stage], ..samples::stages() };
    let call_site = Some(CallSite::File { file: evil(), line: 1 });
    let query = Query {
        name: evil(),
        call_site,
        session_id: Some(evil()),
        failure_reason: Some(evil()),
        ..samples::query(EVIL)
    };
    let sessions = vec![ConnectSession { user: evil(), ..samples::session(EVIL) }];
    let queries = Queries { app, sessions, running: vec![query.clone()], recent: vec![query], ..samples::queries() };
    let request_id = Some(evil());
    let problem = Problem { request_id, ..known::refused(ErrorCode::UpstreamInvalid, EVIL, EVIL) };
    let model = Model {
        cluster: known::loaded(samples::cluster()).after(Err(problem), OBSERVED_AT_MS),
        executors: known::loaded(executors),
        stages: known::loaded(stages),
        queries: known::loaded(queries),
        open_query: Some(evil()),
        ..Model::default()
    };
    let notebook = Notebook {
        id: evil(),
        title: evil(),
        current: true,
        asked: true,
        session_id: Some(evil()),
        ..Notebook::default()
    };
    (*std::rc::Rc::new(model).reduce(Action::Notebooks(vec![notebook].into()))).clone()
}

#[tokio::test]
async fn markup_in_a_name_is_no_markup() {
    let html = draw(panel(&everything_evil())).await;
    assert!(!html.contains("<img"), "{html}");
    assert!(!html.contains(r#"="&lt;img src=x onerror=""#), "no attribute ends early: {html}");
    assert!(html.matches("&lt;img").count() > 10, "the names are there as text: {html}");
}
