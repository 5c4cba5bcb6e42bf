//! What a notebook becomes, and its files.

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const NOTEBOOK: &str = r#"{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
    {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "month = '2026-05'\nlimit = 10"},
    {"cell_type": "markdown", "metadata": {}, "source": "text"},
    {"cell_type": "code", "metadata": {}, "source": "!ls\nprint(month)"},
    {"cell_type": "code", "metadata": {}, "source": "%%sql\nSELECT 1"}]}"#;

fn app(more: &[&str]) -> TestApp {
    TestApp::new(&[&["--spark-monitor-mock-mode"], more].concat())
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    let request = Request::post(path).header("content-type", "application/json");
    app.send_with(request, body.to_string()).await
}

fn asked(options: &Value) -> Value {
    json!({ "name": "my report.ipynb", "notebook": NOTEBOOK, "options": options })
}

#[tokio::test]
async fn a_person_sees_what_becomes_of_each_cell() {
    let app = app(&[]);
    let answer = post(&app, "/export/convert", &asked(&json!({}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let shown = answer.json();
    let kinds: Vec<_> = shown["cells"].as_array().unwrap().iter().map(|cell| cell["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["parameters", "python", "sql"]);
    assert_eq!((&shown["is_blocked"], &shown["files"]), (&json!(true), &json!([])), "the command must be decided");
    let decision = shown["findings"].as_array().unwrap().iter().find(|one| one["severity"] == "decision").unwrap();
    assert_eq!((&decision["cell"], &decision["line"]), (&json!(1), &json!(1)));
    assert_eq!(shown["parameters"][1], json!({ "name": "limit", "kind": "integer", "default": "10" }));
    let removed: Vec<_> =
        shown["lines"].as_array().unwrap().iter().filter(|line| line["change"] == "removed").collect();
    assert!(removed.iter().any(|line| line["text"] == "!ls"), "{removed:?}");
}

#[tokio::test]
async fn a_decision_of_one_line_makes_the_job_and_its_files() {
    let app = app(&[]);
    let lines = json!([{ "cell": 1, "line": 1, "shell": "drop" }]);
    let options = json!({ "lines": lines, "target": "airflow-connect", "schedule": "0 3 * * *" });
    let shown = post(&app, "/export/convert", &asked(&options)).await.json();
    assert_eq!(shown["is_blocked"], false, "{shown}");
    assert_eq!((&shown["dag_id"], shown["next_runs_ms"].as_array().unwrap().len()), (&json!("my_report"), 3));
    let names: Vec<_> = shown["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["job.py", "job.cells.json", "my_report_dag.py", ".airflowignore"]);
    let again = post(&app, "/export/convert", &asked(&options)).await.json();
    assert_eq!(shown["hash"], again["hash"]);
    let files = post(&app, "/export/files", &asked(&options)).await;
    assert_eq!(files.status, 200, "{}", files.text);
    assert_eq!(files.header("content-disposition"), "attachment; filename=\"my_report.zip\"");
    assert!(files.text.starts_with("PK") && files.text.contains("my_report/my_report_dag.py"));
}

#[tokio::test]
async fn a_schedule_that_is_being_typed_does_not_hide_the_job() {
    let app = app(&[]);
    let shown = post(&app, "/export/convert", &asked(&json!({ "schedule": "0 3 *" }))).await.json();
    assert!(shown["schedule_error"].as_str().unwrap().contains("five fields"), "{shown}");
    assert_eq!(shown["cells"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_read_or_is_blocked_says_what_to_do() {
    let app = app(&[]);
    let broken = json!({ "name": "a.ipynb", "notebook": "{" });
    let values = json!({ "x": vec![json!({ "": 0 }); 10_000] });
    let values = json!({ "path": "a.py", "notebook": "", "kind": "script", "hash": "", "parameters": values });
    for (path, body, status, code) in [
        ("/export/convert", broken, 400, "bad_request"),
        ("/export/convert", json!({ "name": "a.ipynb" }), 400, "bad_request"),
        ("/export/convert", asked(&json!({ "skip": [9] })), 400, "bad_request"),
        ("/export/convert", asked(&json!({ "unknown": 1 })), 400, "bad_request"),
        ("/export/runs", values, 400, "bad_request"),
        ("/export/files", asked(&json!({})), 422, "blocked"),
    ] {
        let answer = post(&app, path, &body).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.text);
        assert!(!answer.json()["hint"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn another_sites_page_gets_nothing_and_neither_does_anybody_where_it_is_off() {
    let request = Request::post("/export/convert").header("content-type", "application/json");
    let request = request.header("sec-fetch-site", "cross-site");
    assert_eq!(app(&[]).send_with(request, asked(&json!({})).to_string()).await.status, 403);
    let off = app(&["--spark-monitor-export", "off"]);
    assert_eq!(post(&off, "/export/convert", &asked(&json!({}))).await.status, 404);
    let convert = app(&["--spark-monitor-export", "convert"]);
    assert_eq!(convert.get("/export").await.json()["runs_here"], false);
    assert_eq!(convert.get("/areas").await.json()["export"], "convert");
}

#[tokio::test]
async fn a_secret_leaves_only_when_a_person_says_so_and_then_it_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(&["--xdg-state-home", folder.path().to_str().unwrap()]);
    let source = "password = 'S3cr3t-Passw0rd!x'\nprint(password)";
    let asked = |allow: bool| json!({ "name": "a.py", "notebook": source, "options": { "allow_secrets": allow } });
    assert_eq!(post(&app, "/export/files", &asked(false)).await.status, 422);
    assert!(!folder.path().join("berdl-spark-monitor").exists());
    assert_eq!(post(&app, "/export/files", &asked(true)).await.status, 200);
    let log = std::fs::read_to_string(folder.path().join("berdl-spark-monitor/audit.jsonl")).unwrap();
    assert!(log.contains("cell 0, line 1") && !log.contains("S3cr3t"), "{log}");
}

#[tokio::test]
async fn a_scheduler_gets_the_notebook_without_outputs_and_with_its_parameters_tagged() {
    let folder = tempfile::tempdir().unwrap();
    let state = ["--xdg-state-home", folder.path().to_str().unwrap()];
    let cell = |source: &str| {
        let output = json!({ "output_type": "stream", "name": "stdout", "text": "OLD" });
        json!({ "cell_type": "code", "source": source, "metadata": {}, "outputs": [output], "execution_count": 1 })
    };
    let cells = [cell("# @pipeline-params\nmonth = '2026-05'"), cell("x = 1"), cell("print(month)")];
    let notebook = json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4 }).to_string();
    let asked = json!({ "name": "a.ipynb", "notebook": notebook, "options": { "skip": [1] } });
    let app = app(&[&state[..], &["--spark-monitor-python", "/usr/bin/python3"]].concat());
    let answer = post(&app, "/export/notebook", &asked).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ipynb+json"));
    let made = answer.json();
    assert_eq!(made["cells"].as_array().unwrap().len(), 2, "{made}");
    assert_eq!(made["cells"][0]["metadata"]["tags"], json!(["parameters"]));
    assert!(!answer.text.contains("OLD") && !answer.text.contains("x = 1"), "{made}");
    let log = std::fs::read_to_string(folder.path().join("berdl-spark-monitor/audit.jsonl")).unwrap();
    assert!(log.contains("\"event\":\"schedules\""), "{log}");
    let blocked = json!({ "name": "a.ipynb", "notebook": notebook.replace("x = 1", "input()") });
    assert_eq!(post(&app, "/export/notebook", &blocked).await.outcome(), "422 blocked");
    // The person sees the job of another target, which does not get the notebook's texts.
    let text = json!({ "cell_type": "markdown", "source": "AKIAIOSFODNN7EXAMPLF", "metadata": {} });
    let notebook = json!({ "cells": [text, cell("x = 1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 4 });
    let asked = json!({ "name": "a.ipynb", "notebook": notebook.to_string() });
    let shown = post(&app, "/export/convert", &asked).await.json();
    assert_eq!(shown["is_blocked"], false, "{shown}");
    let refused = post(&app, "/export/notebook", &asked).await.json();
    assert!(refused["error"].as_str().unwrap().contains("There is a secret in a text of the notebook"), "{refused}");
    assert!(refused["hint"].as_str().unwrap().starts_with("Remove it"), "{refused}");
}

#[tokio::test]
async fn where_no_jobs_run_a_scheduler_gets_nothing() {
    let asked = json!({ "name": "a.py", "notebook": "x = 1" });
    let answer = post(&app(&["--spark-monitor-export", "convert"]), "/export/notebook", &asked).await;
    assert_eq!(answer.outcome(), "503 not_configured", "{}", answer.text);
}

#[tokio::test]
async fn only_what_takes_a_notebook_takes_a_large_body_and_none_is_larger() {
    let app = app(&[]);
    let of = |bytes: usize| json!({ "name": "a.py", "notebook": format!("#{}", " ".repeat(bytes)) });
    assert_eq!(post(&app, "/export/convert", &of((1 << 20) - 1)).await.status, 200);
    assert_eq!(post(&app, "/export/convert", &of((16 << 20) + 1)).await.outcome(), "400 bad_request");
    for (path, bytes) in [("/export/convert", 24 << 20), ("/export/shipments/1/retry", 64 << 10), ("/nope", 64 << 10)] {
        assert_eq!(post(&app, path, &of(bytes)).await.outcome(), "413 too_large", "{path}");
    }
}
