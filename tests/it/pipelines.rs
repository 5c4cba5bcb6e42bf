//! The older pipelines extension's routes, with a real repository and saved notebooks.

use std::{path::PathBuf, process::Command};

use axum::http::Request;
use berdl_spark_monitor::config::Secrets;
use serde_json::{Value, json};

use crate::support::{Answer, Double, Reply, TestApp};

/// A person with a folder of notebooks, a state folder and a bare repository.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(site.folder.path().join("jobs.git")).unwrap();
        std::fs::create_dir_all(site.root().join("work")).unwrap();
        site.git(&["init", "--quiet", "--bare", "--initial-branch=main", "."]);
        site
    }

    /// What Jupyter shows.
    fn root(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn git(&self, args: &[&str]) -> String {
        let done = Command::new("git").args(args).current_dir(self.folder.path().join("jobs.git")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn app(&self) -> TestApp {
        self.app_with(&[])
    }

    fn app_with(&self, more: &[&str]) -> TestApp {
        TestApp::new(&self.args(more).iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn app_with_airflow(&self, url: &str) -> TestApp {
        let token = Secrets { airflow_token: Some("T0KEN".into()), ..Secrets::default() };
        let args = self.args(&["--spark-monitor-export-airflow-url", url]);
        TestApp::with_secrets(&args.iter().map(String::as_str).collect::<Vec<_>>(), token)
    }

    fn args(&self, more: &[&str]) -> Vec<String> {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let (root, state) = (text(self.root()), text(self.folder.path().join("state")));
        let url = format!("file://{}", text(self.folder.path().join("jobs.git")));
        let args = [
            ("--spark-master-ui-url", "http://localhost:1"),
            ("--spark-monitor-notebooks", &root),
            ("--xdg-state-home", &state),
            ("--spark-monitor-export-git-url", &url),
            ("--spark-monitor-export-git-allow-local", "true"),
            ("--spark-monitor-export-git-folder", "dags"),
        ];
        let args = args.iter().flat_map(|(name, value)| [*name, *value]);
        args.chain(more.iter().copied()).map(str::to_owned).collect()
    }

    /// Saves a notebook with these code cells.
    fn save(&self, path: &str, cells: &[&str]) {
        let cells: Vec<_> = cells.iter().map(|source| json!({ "cell_type": "code", "source": source })).collect();
        std::fs::write(self.root().join(path), json!({ "nbformat": 4, "cells": cells }).to_string()).unwrap();
    }

    fn audit(&self) -> String {
        let file = self.folder.path().join("state/berdl-spark-monitor/audit.jsonl");
        std::fs::read_to_string(file).unwrap_or_default()
    }
}

async fn send(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(format!("/jupyterlab-pipelines/{path}"));
    app.send_with(request.header("content-type", "application/json"), body.to_string()).await
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    send(app, "POST", path, body).await
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.get(&format!("/jupyterlab-pipelines/{path}")).await
}

/// A request to export `nb.ipynb`, with changes.
fn asked(changes: Value) -> Value {
    let mut body = json!({ "notebook_path": "nb.ipynb", "dag_id": "etl" });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

async fn preview(app: &TestApp, changes: Value) -> Value {
    let mut body = asked(changes);
    body["preview"] = json!(true);
    let answer = post(app, "export", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// `[cell, line, kind]` of what is rejected.
fn rejected(answer: &Value) -> Value {
    let lines = answer["rejected"].as_array().unwrap().iter();
    lines.map(|line| json!([line["cell_idx"], line["line_no"], line["kind"]])).collect()
}

#[tokio::test]
async fn a_preview_shows_the_job_and_writes_nothing() {
    let site = Site::new();
    site.save("nb.ipynb", &["!ls\nx = 1", " ", "%%sql\nselect 1", "%load_ext a\ny = x % 2"]);
    let app = site.app();
    let shown = preview(&app, json!({ "mode": "per_cell" })).await;
    assert_eq!((&shown["status"], &shown["preview"], &shown["mode"]), (&json!("ok"), &json!(true), &json!("per_cell")));
    assert_eq!((&shown["cells"], &shown["would_write_to"]), (&json!(3), &json!("dags/etl/job.py")));
    assert!(shown["content"].as_str().unwrap().contains("y = x % 2"), "{shown}");
    assert_eq!(rejected(&shown), json!([[0, 1, "shell-escape"], [2, 1, "line-magic"]]), "{shown}");
    assert_eq!(shown["rejected"][1]["original"], "%load_ext a");
    assert!(shown["note"].as_str().unwrap().contains("Spark Connect"));
    assert_eq!((site.git(&["for-each-ref"]), site.audit()), (String::new(), String::new()));
}

#[tokio::test]
async fn cells_are_skipped_by_the_older_numbers_and_filtered_by_kind() {
    let site = Site::new();
    site.save("nb.ipynb", &["", "a = 1", "  \n", "b = 2", "%%bash\nls", "%%html\n<b>", "# @pipeline-params\nc = 3"]);
    let app = site.app();
    let shown = preview(&app, json!({ "skip_cells": [1, 99, -1] })).await;
    let content = shown["content"].as_str().unwrap();
    assert!(content.contains("a = 1") && !content.contains("b = 2") && content.contains("c = 3"), "{content}");
    assert_eq!(rejected(&shown), json!([[2, 1, "filtered-cell:bash"], [3, 1, "filtered-cell:html"]]));
    assert_eq!(shown["cells"], 2);
    let shown = preview(&app, json!({ "enabled_cell_kinds": ["html", "bash"] })).await;
    assert_eq!((&shown["cells"], &rejected(&shown)[0]), (&json!(1), &json!([0, 1, "filtered-cell:plain"])), "{shown}");
    assert!(rejected(&shown).as_array().unwrap().contains(&json!([3, 1, "emptied-cell"])), "{shown}");
    let shown = preview(&app, json!({ "enabled_cell_kinds": ["bash"], "keep_rejections": [[2, 1]] })).await;
    assert!(!rejected(&shown).to_string().contains("emptied"), "a kept command is translated: {shown}");
}

#[tokio::test]
async fn a_job_is_delivered_and_the_answer_says_where() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app();
    let exists = async || post(&app, "airflow/dag-exists", &json!({ "dag_id": "etl" })).await.json();
    assert_eq!(exists().await, json!({ "exists": false, "reachable": true, "path": "dags/etl/job.py" }));
    let done = post(&app, "export", &asked(json!({ "git_provider": "gitlab" }))).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let done = done.json();
    let git = &done["git"];
    assert_eq!((&done["status"], &git["status"], &git["created"]), (&json!("ok"), &json!("ok"), &json!(true)));
    assert_eq!((&git["provider"], &git["branch"]), (&json!("gitlab"), &json!("main")));
    assert_eq!((&done["generated_path"], &git["path"]), (&json!("dags/etl/job.py"), &json!("dags/etl/job.py")));
    assert_eq!((&done["gitea"], git["commit_sha"].as_str().unwrap()), (git, site.git(&["rev-parse", "main"]).trim()));
    assert_eq!(done["auto_trigger"]["status"], "skipped", "no Airflow is configured");
    assert_eq!(site.git(&["show", "main:dags/etl/job.py"]).trim_end(), done["content"].as_str().unwrap().trim_end());
    assert!(site.audit().contains("\"event\":\"ships\""));
    assert_eq!(exists().await["exists"], true);
    let again = post(&app, "export", &asked(json!({}))).await.json();
    assert_eq!((&again["git"]["status"], &again["git"]["created"]), (&json!("ok"), &json!(false)));
    assert_eq!(get(&app, "trigger-status?dag_id=etl").await.status, 404, "nothing was triggered");
}

/// A field, and what its value must be.
type Field = (&'static str, fn(&Value) -> bool);

/// Every field that the older extension documents, with its type; more may be there.
fn has_fields(value: &Value, fields: &[Field]) {
    for (name, is) in fields {
        let field = value.get(name).unwrap_or_else(|| panic!("no {name} in {value}"));
        assert!(is(field), "{name} is {field}");
    }
}

#[tokio::test]
async fn answers_have_all_documented_fields() {
    let site = Site::new();
    site.save("nb.ipynb", &["%load_ext a\nx = 1"]);
    let airflow = Double::absent().await;
    let app = site.app_with_airflow(&airflow);
    let shown = preview(&app, json!({})).await;
    let of_both: [Field; 5] = [
        ("status", Value::is_string),
        ("mode", Value::is_string),
        ("cells", Value::is_u64),
        ("content", Value::is_string),
        ("rejected", Value::is_array),
    ];
    has_fields(&shown, &of_both);
    has_fields(&shown, &[("preview", Value::is_boolean), ("would_write_to", Value::is_string)]);
    let line: [Field; 4] = [
        ("cell_idx", Value::is_u64),
        ("line_no", Value::is_u64),
        ("kind", Value::is_string),
        ("original", Value::is_string),
    ];
    has_fields(&shown["rejected"][0], &line);
    let done = post(&app, "export", &asked(json!({}))).await.json();
    has_fields(&done, &of_both);
    has_fields(&done, &[("generated_path", Value::is_string), ("airflow_visibility_eta_s", Value::is_u64)]);
    for name in ["git", "gitea"] {
        let git: [Field; 8] = [
            ("status", Value::is_string),
            ("provider", Value::is_string),
            ("repo", Value::is_string),
            ("branch", Value::is_string),
            ("path", Value::is_string),
            ("commit_sha", Value::is_string),
            ("created", Value::is_boolean),
            // A repository in a folder has no page.
            ("commit_url", Value::is_null),
        ];
        has_fields(&done[name], &git);
    }
    let trigger: [Field; 5] = [
        ("status", Value::is_string),
        ("airflow_url", Value::is_string),
        ("dag_id", Value::is_string),
        ("visibility_timeout_s", Value::is_u64),
        ("note", Value::is_string),
    ];
    has_fields(&done["auto_trigger"], &trigger);
    let features = get(&app, "features?timeout_s=0.2").await.json();
    has_fields(&features, &[("standalone", Value::is_boolean)]);
    for name in ["airflow", "ilum", "gitea", "local_pyfile"] {
        let probe: [Field; 3] =
            [("reachable", Value::is_boolean), ("configured", Value::is_boolean), ("url", Value::is_string)];
        has_fields(&features[name], &probe);
    }
    has_fields(&features["airflow"], &[("error", Value::is_string)]);
    app.end().await;
}

#[tokio::test]
async fn files_that_no_export_wrote_are_not_replaced() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app();
    assert_eq!(post(&app, "export", &asked(json!({}))).await.status, 200);
    let tree = site.folder.path().join("tree");
    let git = |args: &[&str]| {
        let set = ["-c", "user.name=bob", "-c", "user.email=bob@localhost"];
        let done = Command::new("git").args([&set[..], args].concat()).current_dir(&tree).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    site.git(&["clone", "--quiet", ".", tree.to_str().unwrap()]);
    std::fs::remove_file(tree.join("dags/etl/job.cells.json")).unwrap();
    std::fs::write(tree.join("dags/etl/job.py"), "bob = 1\n").unwrap();
    git(&["commit", "--quiet", "--all", "--message", "Bob's"]);
    git(&["push", "--quiet"]);
    let answer = post(&app, "export", &asked(json!({}))).await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert_eq!(answer.json()["reason"], Value::Null);
    assert_eq!(site.git(&["show", "main:dags/etl/job.py"]), "bob = 1\n");
}

#[tokio::test]
async fn a_failed_push_is_not_ok() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app();
    std::fs::remove_dir_all(site.folder.path().join("jobs.git")).unwrap();
    let answer = post(&app, "export", &asked(json!({}))).await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    let body = answer.json();
    assert_eq!((&body["status"], &body["git"]["status"]), (&json!("error"), &json!("error")));
    assert!(!body["message"].as_str().unwrap().is_empty() && body["auto_trigger"].is_null());
    let exists = post(&app, "airflow/dag-exists", &json!({ "dag_id": "etl" })).await;
    assert_eq!((exists.status, &exists.json()["reachable"]), (200, &json!(false)));
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_the_older_shape_without_the_input() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    site.save("empty.ipynb", &[" "]);
    std::os::unix::fs::symlink("/etc", site.root().join("out")).unwrap();
    let app = site.app();
    for (changes, status, word) in [
        (json!({ "dag_id": "a-CANARYTEXT" }), 400, "dag_id"),
        (json!({ "dag_id": null }), 400, "dag_id"),
        (json!({ "mode": "CANARYTEXT" }), 400, "mode"),
        (json!({ "start_date": "CANARYTEXT" }), 400, "start_date"),
        (json!({ "preview": "CANARYTEXT" }), 400, "preview"),
        (json!({ "git_provider": "CANARYTEXT" }), 400, "git_provider"),
        (json!({ "git_api_url": "http://CANARYTEXT@169.254.169.254/" }), 400, "git_api_url"),
        (json!({ "gitea_branch": "CANARYTEXT" }), 400, "gitea_branch"),
        (json!({ "airflow_api_url": "http://CANARYTEXT" }), 400, "airflow_api_url"),
        (json!({ "notebook_path": "../CANARYTEXT.ipynb" }), 400, "notebook_path"),
        (json!({ "notebook_path": "/CANARYTEXT.ipynb" }), 400, "notebook_path"),
        (json!({ "notebook_path": "nb\u{0}.ipynb" }), 400, "notebook_path"),
        (json!({ "notebook_path": "out/hosts.py" }), 404, "notebook"),
        (json!({ "notebook_path": "CANARYTEXT.ipynb" }), 404, "notebook"),
        (json!({ "notebook_path": "empty.ipynb" }), 422, "code cells"),
        (json!({ "skip_cells": [0] }), 422, "left"),
        (json!({ "enabled_cell_kinds": ["sql"] }), 422, "left"),
        (json!({ "schedule": "CANARYTEXT" }), 400, "five fields"),
    ] {
        let answer = post(&app, "export", &asked(changes.clone())).await;
        assert_eq!(answer.status, status, "{changes}: {}", answer.text);
        let body = answer.json();
        assert!(body["reason"].is_null() && body.as_object().unwrap().len() == 2, "{body}");
        assert!(body["message"].as_str().unwrap().contains(word), "{changes}: {body}");
        assert!(!answer.text.contains("CANARYTEXT"), "{body}");
    }
    let no_json = app.send_with(Request::post("/jupyterlab-pipelines/export"), "x".to_owned()).await;
    assert_eq!((no_json.status, &no_json.json()["reason"]), (403, &Value::Null), "a form of another site");
    assert_eq!((site.git(&["for-each-ref"]), site.audit()), (String::new(), String::new()));
}

#[tokio::test]
async fn secrets_are_masked_and_keep_the_content_back() {
    let site = Site::new();
    let token = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    site.save("nb.ipynb", &["", &format!("x = 1\ntoken = '{token}'")]);
    let app = site.app();
    for is_preview in [true, false] {
        let answer = post(&app, "export", &asked(json!({ "preview": is_preview }))).await;
        let body = answer.json();
        assert_eq!((answer.status, &body["error"]), (400, &json!("secrets_detected")), "{}", answer.text);
        assert_eq!(
            (&body["findings"][0]["type"], &body["findings"][0]["line"]),
            (&json!("github_gitea_token"), &json!(2))
        );
        assert!(!answer.text.contains(&token) && body.get("content").is_none(), "{}", answer.text);
    }
    let edited = json!({ "override_code": "print('edited')\n" });
    assert_eq!(preview(&app, edited.clone()).await["content"], "print('edited')\n", "the edited text has none");
    assert_eq!(post(&app, "export", &asked(edited)).await.status, 200);
    assert_eq!(site.git(&["show", "main:dags/etl/job.py"]), "print('edited')\n");
    assert_eq!(site.git(&["show", "main:dags/etl/job.cells.json"]), "{\"lines\":[null]}\n");
    let edited = json!({ "override_code": format!("t = '{token}'"), "preview": true });
    assert_eq!(post(&app, "export", &asked(edited)).await.status, 400);
    site.save("with.ipynb", &[&format!("# @pipeline-params\ntoken = '{token}'"), "print(1)"]);
    let in_workflow = json!({ "override_code": "print(1)", "notebook_path": "with.ipynb" });
    let refused = post(&app, "export", &asked(in_workflow)).await;
    assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("secrets_detected")), "{}", refused.text);
    let broken = post(&app, "export", &asked(json!({ "override_code": "x = (", "preview": true }))).await;
    assert_eq!(broken.status, 422, "{}", broken.text);
    assert!(!site.audit().contains("allowed_secrets\":[\""), "{}", site.audit());
    assert_eq!(post(&app, "export", &asked(json!({ "allow_secrets": true }))).await.status, 200);
    assert!(site.audit().contains("cell 1, line 2") && !site.audit().contains(&token));
}

#[tokio::test]
async fn the_eleventh_export_of_a_minute_is_refused_with_retry_after() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app();
    for _ in 0..10 {
        assert_eq!(post(&app, "export", &asked(json!({}))).await.status, 200);
    }
    for _ in 0..2 {
        let refused = post(&app, "export", &asked(json!({}))).await;
        assert_eq!(refused.status, 429, "{}", refused.text);
        let seconds: u32 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&seconds) && refused.json()["reason"].is_null(), "{seconds}");
    }
    preview(&app, json!({})).await;
}

#[tokio::test]
async fn parameters_are_the_literals_of_their_cell() {
    let site = Site::new();
    site.save("work/nb.ipynb", &["# @pipeline-params\nmonth = '2026-05'\nregion: str = \"PL\"\nx = f()", "y = 1"]);
    site.save("none.ipynb", &["x = 1"]);
    site.save("broken.ipynb", &["# @pipeline-params\ndef ((("]);
    let app = site.app();
    let scraped = async |path: &str| post(&app, "notebook/scrape-params", &json!({ "notebook_path": path })).await;
    let params = json!([{ "name": "month", "default": "'2026-05'" }, { "name": "region", "default": "\"PL\"" }]);
    assert_eq!(scraped(" ./work/nb.ipynb ").await.json(), json!({ "params": params, "source": "notebook" }));
    for path in ["none.ipynb", "broken.ipynb"] {
        assert_eq!(scraped(path).await.json(), json!({ "params": [], "source": "none" }), "{path}");
    }
    assert_eq!((scraped("no.ipynb").await.status, scraped("../a.ipynb").await.status), (404, 400));
}

#[tokio::test]
async fn a_history_is_kept_and_no_other_file_is_replaced() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    std::fs::write(site.root().join("object.json"), "{}").unwrap();
    std::fs::write(site.root().join("data.json"), "[1, 2]").unwrap();
    std::fs::write(site.root().join("broken.json"), "[{").unwrap();
    std::os::unix::fs::symlink("/etc", site.root().join("out")).unwrap();
    std::os::unix::fs::symlink(site.root().join("data.json"), site.root().join("link.json")).unwrap();
    let app = site.app();
    let at = |path: &str| site.root().join(path).to_str().unwrap().to_owned();
    let read = async |path: &str| get(&app, &format!("history?path={path}")).await;
    let save = async |path: &str| {
        let body = json!({ "path": path, "entries": [{ "id": 1 }] });
        send(&app, "PUT", "history/save", &body).await
    };
    let file = at("work/history.json");
    assert_eq!(read(&file).await.json(), json!({ "entries": [], "source": "empty" }));
    assert_eq!(std::fs::read_dir(site.root().join("work")).unwrap().count(), 0, "reading leaves no file");
    assert_eq!(save(&file).await.json(), json!({ "saved": true, "path": file }));
    assert_eq!(read(&file).await.json(), json!({ "entries": [{ "id": 1 }], "source": "file" }));
    assert_eq!(std::fs::read_dir(site.root().join("work")).unwrap().count(), 1);
    for (path, reads, saves) in [
        ("", 400, 400),
        ("work/history.json", 400, 400),
        (&at("nb.ipynb"), 400, 400),
        (&at("object.json"), 500, 409),
        (&at("data.json"), 200, 409),
        (&at("broken.json"), 500, 409),
        (&at("none/history.json"), 200, 400),
        (&at("link.json"), 403, 403),
        (&at("out/history.json"), 403, 403),
        (&at("../x.json"), 403, 403),
        ("/etc/x.json", 403, 403),
    ] {
        assert_eq!((read(path).await.status, save(path).await.status), (reads, saves), "{path}");
    }
    assert_eq!(std::fs::read_to_string(at("data.json")).unwrap(), "[1, 2]");
    let no_list = send(&app, "PUT", "history/save", &json!({ "path": file, "entries": {} })).await;
    assert_eq!(no_list.status, 400, "{}", no_list.text);
    std::fs::File::create(at("large.json")).unwrap().set_len((50 << 20) + 1).unwrap();
    assert_eq!((read(&at("large.json")).await.status, save(&at("large.json")).await.status), (413, 413));
}

#[tokio::test]
async fn only_configured_services_are_asked() {
    let site = Site::new();
    let other = Double::start().await;
    let app = site.app();
    let url = other.url.clone();
    let path = format!("features?timeout_s=5&airflow_api_url={url}&ilum_api_url={url}&gitea_api_url={url}");
    let features = get(&app, &path).await.json();
    for name in ["airflow", "ilum", "gitea"] {
        assert_eq!(
            (&features[name]["reachable"], &features[name]["error"]),
            (&json!(false), &json!("blocked")),
            "{name}"
        );
    }
    assert_eq!((&features["local_pyfile"]["reachable"], &features["standalone"]), (&json!(true), &json!(true)));
    assert_eq!(other.requests(), Vec::<String>::new(), "nobody else is asked");
    let features = get(&app, "features?timeout_s=abc").await.json();
    assert_eq!(features["airflow"], json!({ "reachable": false, "configured": false, "url": "" }));
}

#[tokio::test]
async fn a_configured_airflow_is_asked_and_a_silent_one_is_given_up() {
    let site = Site::new();
    let airflow = Double::start().await;
    airflow.json("/api/v2/version", r#"{"version": "3.3.2"}"#);
    for path in ["dags", "importErrors", "dags/~/dagRuns"] {
        airflow.json(&format!("/api/v2/{path}?limit=1"), r#"{"total_entries": 0}"#);
    }
    let app = || site.app_with_airflow(&airflow.url);
    let asked = format!("features?airflow_api_url={}/&timeout_s=5", airflow.url);
    let features = get(&app(), &asked).await.json();
    let up = json!({ "reachable": true, "configured": true, "url": format!("{}/", airflow.url) });
    assert_eq!((&features["airflow"], &features["standalone"]), (&up, &json!(false)), "{features}");
    airflow.set("/api/v2/version", Reply::Hang);
    let silent = get(&app(), "features?timeout_s=0").await.json();
    assert_eq!((&silent["airflow"]["reachable"], &silent["airflow"]["error"]), (&json!(false), &json!("timeout")));
}

#[tokio::test]
async fn a_triggered_job_has_a_state_of_its_own_for_its_owner() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app_with_airflow(&Double::absent().await);
    let done = post(&app, "export", &asked(json!({}))).await.json();
    assert_eq!((&done["auto_trigger"]["status"], &done["airflow_visibility_eta_s"]), (&json!("queued"), &json!(40)));
    let status = get(&app, "trigger-status?dag_id=etl").await.json();
    assert_eq!((&status["status"], &status["error"]), (&json!("queued"), &Value::Null), "{status}");
    assert!(status["started_at"].as_str().unwrap().ends_with('Z'), "{status}");
    assert_eq!(status.as_object().unwrap().len(), 4);
    for (path, expected) in [("trigger-status", 400), ("trigger-status?dag_id=other", 404)] {
        assert_eq!(get(&app, path).await.status, expected, "{path}");
    }
    let quiet = json!({ "auto_trigger_dag": false, "dag_id": "quiet" });
    assert!(post(&app, "export", &asked(quiet)).await.json()["auto_trigger"].is_null());
    assert_eq!(get(&app, "trigger-status?dag_id=quiet").await.status, 404);
    app.end().await;
}

#[tokio::test]
async fn where_nothing_may_be_written_a_preview_is_shown_all_the_same() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app_with(&["--spark-monitor-export", "convert"]);
    preview(&app, json!({})).await;
    for changes in [json!({}), json!({ "auto_push_to_airflow": false })] {
        let answer = post(&app, "export", &asked(changes)).await;
        assert_eq!((answer.status, &answer.json()["reason"]), (503, &Value::Null), "{}", answer.text);
    }
    let file = site.root().join("history.json");
    let body = json!({ "path": file.to_str().unwrap(), "entries": [] });
    assert_eq!(send(&app, "PUT", "history/save", &body).await.status, 503);
    assert!(!file.exists());
    let off = site.app_with(&["--spark-monitor-export", "off"]);
    assert_eq!(get(&off, "health").await.status, 404);
}

#[tokio::test]
async fn without_a_push_the_job_is_only_shown_and_written_down() {
    let site = Site::new();
    site.save("nb.ipynb", &["x = 1"]);
    let app = site.app();
    let done = post(&app, "export", &asked(json!({ "auto_push_to_airflow": false }))).await.json();
    assert_eq!((&done["status"], &done["git"]["status"]), (&json!("ok"), &json!("skipped")), "{done}");
    assert_eq!(site.git(&["for-each-ref"]), "");
    assert!(site.audit().contains("\"event\":\"exports\""));
}

#[tokio::test]
async fn health_is_as_ever_and_ilum_says_that_it_is_not_there() {
    let app = Site::new().app();
    assert_eq!(get(&app, "health").await.json(), json!({ "status": "ok", "extension": "jupyterlab-pipelines" }));
    for path in ["run-ilum-job", "ilum/service/execute", "ilum/service/status"] {
        let answer = post(&app, path, &json!({})).await;
        assert!(answer.status == 501 && answer.json()["message"].as_str().unwrap().contains("Ilum"), "{}", answer.text);
    }
    assert_eq!(send(&app, "DELETE", "ilum/service/delete", &json!({})).await.status, 501);
    for name in ["clusters", "presets"] {
        let answer = post(&app, &format!("ilum/{name}"), &json!({})).await.json();
        assert_eq!((&answer["status"], &answer[name]), (&json!("error"), &json!([])));
    }
}
