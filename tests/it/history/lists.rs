//! Lists that are longer than an answer, and applications whose ids begin alike.

use std::sync::Arc;

use history_store::{
    Change, Component, Places, Recorder, Retention, Run, Shape, SpanSeen, Store, SystemKey, Tick, Values, writer,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{TestApp, check_for_secrets};

/// Some Monday.
const BEGIN_MS: i64 = 1_795_392_000_000;
const STEP_MS: i64 = 60_000;

/// The system of someone whose Spark has no user names.
fn system() -> SystemKey {
    SystemKey { owner: String::new(), name: "spark".into(), kind: "spark".into() }
}

/// Applications that are all in one state at a moment.
fn tick(at_ms: i64, app_ids: &[String], state: &str) -> Change {
    let component = |app_id: &String| Component {
        kind: "app".into(),
        name: app_id.clone(),
        facts: serde_json::json!({"name": format!("Name of {app_id}"), "started_at_ms": at_ms}).to_string(),
        values: Values::new(),
    };
    let span = |app_id: &String| SpanSeen {
        kind: "app".into(),
        name: app_id.clone(),
        state: state.into(),
        values: Values::new(),
        once_at_ms: None,
    };
    Change::Tick(Tick {
        system: system(),
        at_ms,
        step_ms: STEP_MS,
        received_ms: at_ms,
        source: "sidecar".into(),
        components: app_ids.iter().map(component).collect(),
        spans: app_ids.iter().map(span).collect(),
    })
}

/// A run of the query with this number; the label is the same text with the number behind it.
fn run(of_query: usize, number: i64) -> Change {
    let label = format!("select {of_query}_");
    let shape = Shape { version: 1, hash: format!("h-{of_query}"), made_from: "sql".into(), label };
    let run = Run {
        app_id: "app-1".into(),
        query_id: format!("q-{of_query}-{number}"),
        submitted_ms: BEGIN_MS + number,
        duration_ms: 1_000,
        state: "succeeded".into(),
        ..Run::default()
    };
    Change::Run { system: system(), shape, run: Box::new(run) }
}

/// A sidecar whose history has these rows.
async fn with(changes: Vec<Change>) -> (TempDir, TestApp) {
    let folder = tempfile::tempdir().unwrap();
    let state_folder = Some(folder.path().join("berdl-spark-monitor"));
    let places = Places { state_folder, cap_bytes: 64 << 20, ..Places::default() };
    let store = Arc::new(Store::open(&places, BEGIN_MS).await.unwrap());
    let (recorder, writer): (Recorder, _) = writer(Arc::clone(&store), Retention::default());
    assert!(changes.len() < 1_000, "all of them fit into the queue");
    changes.into_iter().for_each(|change| recorder.record(change));
    assert_eq!(recorder.lost(), 0);
    writer.run(async {}, || BEGIN_MS).await;
    let state = folder.path().to_str().unwrap();
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9", "--xdg-state-home", state]);
    (folder, app)
}

/// The length of a list of an answer, and whether it says that there are more.
async fn listed(app: &TestApp, path: &str, list: &str) -> (usize, bool) {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    check_for_secrets(&answer.text);
    let body = answer.json();
    (body[list].as_array().unwrap().len(), body["has_more"] == Value::Bool(true))
}

#[tokio::test]
async fn a_list_says_that_there_is_more_exactly_if_there_is() {
    for (surplus, has_more) in [(0, false), (1, true)] {
        let app_ids: Vec<String> = (0..100 + surplus).map(|number| format!("app-2026-{number:04}")).collect();
        let queries = (0..100 + surplus).map(|query| run(query, 0));
        let runs = (1..200 + surplus).map(|number| run(0, i64::try_from(number).unwrap()));
        let changes = [tick(BEGIN_MS, &app_ids, "running")].into_iter().chain(queries).chain(runs).collect();
        let (_folder, app) = with(changes).await;
        assert_eq!(listed(&app, "/history/applications", "apps").await, (100, has_more));
        assert_eq!(listed(&app, "/history/queries", "shapes").await, (100, has_more));
        let found = app.get("/history/queries?search=SELECT%200_").await.json();
        assert_eq!((found["shapes"].as_array().unwrap().len(), &found["has_more"]), (1, &Value::Bool(false)));
        let shape_id = &found["shapes"][0]["shape_id"];
        assert_eq!(listed(&app, &format!("/history/queries/{shape_id}"), "runs").await, (200, has_more));
    }
}

#[tokio::test]
async fn applications_whose_ids_begin_alike_are_told_apart() {
    let [short, long] = ["app-2026-1", "app-2026-10"].map(str::to_owned);
    let both = [short.clone(), long.clone()];
    let lost = |at_ms: i64, name: &str| {
        let Change::Tick(mut tick) = tick(at_ms, &[], "") else { panic!() };
        let once_at_ms = Some(at_ms);
        tick.spans = vec![SpanSeen {
            kind: "executor".into(),
            name: name.into(),
            state: "exited_137".into(),
            values: Values::new(),
            once_at_ms,
        }];
        Change::Tick(tick)
    };
    let mut changes = vec![
        tick(BEGIN_MS, &both, "running"),
        lost(BEGIN_MS + 1, &format!("{short}/7")),
        lost(BEGIN_MS + 2, &format!("{long}/8")),
        tick(BEGIN_MS + STEP_MS, &both[..1], "gone"),
    ];
    // The other one changes its state so often that its spans alone would fill an answer.
    for minute in 1..=120 {
        let state = if minute % 2 == 0 { "running" } else { "waiting" };
        changes.push(tick(BEGIN_MS + minute * STEP_MS + 3, &both[1..], state));
    }
    let (_folder, app) = with(changes).await;
    let apps = app.get("/history/applications").await.json();
    let gone = |app_id: &str| {
        let app = apps["apps"].as_array().unwrap().iter().find(|app| app["app_id"] == app_id);
        app.unwrap_or_else(|| panic!("{app_id}: {apps}"))["gone_at_ms"].clone()
    };
    assert_eq!((gone(&short), gone(&long)), (Value::from(BEGIN_MS + STEP_MS), Value::Null));
    for (app_id, gone_at_ms, last_seen_at_ms, executor) in
        [(&short, Some(BEGIN_MS + STEP_MS), BEGIN_MS, "7"), (&long, None, BEGIN_MS + 120 * STEP_MS + 3, "8")]
    {
        let detail = app.get(&format!("/history/applications/{app_id}")).await.json();
        assert_eq!(detail["app"]["gone_at_ms"], Value::from(gone_at_ms), "{app_id}: {detail}");
        assert_eq!(detail["app"]["last_seen_at_ms"], last_seen_at_ms, "{app_id}: {detail}");
        assert_eq!(detail["end"].as_str().is_some_and(|end| !end.is_empty()), gone_at_ms.is_some(), "{detail}");
        let lost = detail["lost_executors"].as_array().unwrap();
        assert_eq!((lost.len(), &lost[0]["executor_id"]), (1, &Value::from(executor)), "{detail}");
    }
}
