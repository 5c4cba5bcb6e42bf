//! Jobs that are delivered to a real repository, through the routes.

use std::{path::Path, process::Command, time::Duration};

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const NOTEBOOK: &str = "# %% tags=[\"parameters\"]\nmonth = '2026-05'\n# %%\nprint(month)\n";

/// A person with a state folder, and a bare repository.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.git(&["init", "--quiet", "--bare", "--initial-branch=main", "."]);
        site
    }

    fn repository(&self) -> std::path::PathBuf {
        self.folder.path().join("jobs.git")
    }

    fn git(&self, args: &[&str]) -> String {
        std::fs::create_dir_all(self.repository()).unwrap();
        let done = Command::new("git").args(args).current_dir(self.repository()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn app(&self) -> TestApp {
        let url = format!("file://{}", self.repository().display());
        let state = self.folder.path().join("state");
        let args = [
            "--spark-master-ui-url",
            "http://localhost:1",
            "--spark-monitor-export-git-url",
            &url,
            "--spark-monitor-export-git-allow-local",
            "--spark-monitor-export-git-folder",
            "dags",
        ];
        TestApp::recording(&args, state.to_str().unwrap())
    }

    fn audit(&self) -> String {
        let file = self.folder.path().join("state/berdl-spark-monitor/audit.jsonl");
        std::fs::read_to_string(file).unwrap_or_default()
    }
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.send_with(Request::post(path).header("content-type", "application/json"), body.to_string()).await
}

/// A job for Airflow, as the person was shown it.
async fn asked(app: &TestApp, notebook: &str) -> Value {
    let options = json!({ "target": "airflow-connect" });
    let body = json!({ "name": "etl.py", "notebook": notebook, "options": options });
    let shown = post(app, "/export/convert", &body).await.json();
    json!({ "path": "work/etl.py", "notebook": notebook, "hash": shown["hash"], "options": options })
}

/// Ships what a plan has shown, and waits for the end of the delivery.
async fn ship(app: &TestApp, asked: &Value) -> Value {
    let plan = post(app, "/export/shipments/plan", asked).await;
    assert_eq!(plan.status, 200, "{}", plan.text);
    let mut agreed = asked.clone();
    agreed["plan"] = plan.json()["plan"].clone();
    let begun = post(app, "/export/shipments", &agreed).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    ended(app, begun.json()["id"].as_str().unwrap()).await
}

async fn ended(app: &TestApp, id: &str) -> Value {
    for _ in 0..3_000 {
        let shipment = app.get(&format!("/export/shipments/{id}")).await.json();
        if shipment["has_ended"] == true {
            return shipment;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the delivery does not end");
}

fn step<'a>(shipment: &'a Value, name: &str) -> &'a Value {
    shipment["steps"].as_array().unwrap().iter().find(|step| step["name"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_what_changes_then_ships_it_and_finds_it_after_a_restart() {
    let site = Site::new();
    let app = site.app();
    assert_eq!(app.get("/export").await.json()["git"]["folder"], "dags");
    let asked = asked(&app, NOTEBOOK).await;
    let plan = post(&app, "/export/shipments/plan", &asked).await.json();
    let paths: Vec<_> = plan["changes"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"dags/etl/job.py") && paths.contains(&"dags/etl/etl_dag.py"), "{paths:?}");
    assert_eq!(site.git(&["for-each-ref"]), "", "nothing is pushed by looking");
    let shipment = ship(&app, &asked).await;
    assert_eq!(step(&shipment, "pushed")["state"], "done", "{shipment}");
    assert_eq!(site.git(&["rev-parse", "main"]).trim(), shipment["commit"].as_str().unwrap());
    assert!(site.git(&["show", "main:dags/etl/job.py"]).contains("print(month)"));
    assert!(site.audit().contains("\"event\":\"ships\""));
    let again = post(&app, "/export/shipments/plan", &asked).await.json();
    assert_eq!(again["changes"], json!([]), "all is there");
    app.end().await;
    let later = site.app().get("/export/shipments").await.json();
    assert_eq!(later["shipments"][0], shipment);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_pushed_that_was_not_shown() {
    let site = Site::new();
    let app = site.app();
    let asked = asked(&app, NOTEBOOK).await;
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = asked.clone();
        body["plan"] = json!("seen");
        change(&mut body);
        body
    };
    for (body, outcome) in [
        (asked.clone(), "409 conflict"),
        (refused(&|body| body["hash"] = json!("other")), "409 conflict"),
        (refused(&|body| body["notebook"] = json!("# %%\nx = 1\n")), "409 conflict"),
        (refused(&|body| body["options"]["target"] = json!("local")), "400 bad_request"),
        (refused(&|body| body["parameters"] = json!({ "year": 1 })), "400 bad_request"),
        (refused(&|body| body["message"] = json!("password=S3cr3t-Passw0rd!x")), "422 blocked"),
    ] {
        let answer = post(&app, "/export/shipments", &body).await;
        assert_eq!(answer.outcome(), outcome, "{}", answer.text);
    }
    assert_eq!(site.audit(), "", "nothing was begun");
    let mut body = asked.clone();
    body["plan"] = json!("another plan");
    let begun = post(&app, "/export/shipments", &body).await.json();
    let shipment = ended(&app, begun["id"].as_str().unwrap()).await;
    let failed = step(&shipment, "pushed");
    assert_eq!(failed["state"], "failed", "{shipment}");
    assert!(!failed["error"]["fix"].as_str().unwrap().is_empty());
    assert_eq!(site.git(&["for-each-ref"]), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_a_restart_cut_off_says_so() {
    let site = Site::new();
    let app = site.app();
    let asked = asked(&app, NOTEBOOK).await;
    let shipment = ship(&app, &asked).await;
    app.end().await;
    let folder = site.folder.path().join("state/berdl-spark-monitor/export/shipments");
    let file = folder.join(format!("{}.json", shipment["id"].as_str().unwrap()));
    set_under_way(&file);
    let app = site.app();
    let later = ended(&app, shipment["id"].as_str().unwrap()).await;
    assert_eq!(step(&later, "pushed")["state"], "failed", "{later}");
    assert!(step(&later, "pushed")["error"]["message"].as_str().unwrap().contains("restarted"));
}

fn set_under_way(file: &Path) {
    let mut record: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    record["delivery"] = json!({ "state": "now" });
    std::fs::write(file, record.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_delivered_the_routes_say_what_to_set() {
    let app = TestApp::new(&["--spark-monitor-mock-mode"]);
    let asked = asked(&app, NOTEBOOK).await;
    for path in ["/export/shipments/plan", "/export/shipments"] {
        let answer = post(&app, path, &asked).await;
        assert_eq!(answer.outcome(), "503 not_configured");
        assert!(answer.json()["hint"].as_str().unwrap().contains("SPARK_MONITOR_EXPORT_GIT_URL"));
    }
    assert_eq!(app.get("/export/shipments/none").await.outcome(), "404 not_found");
}
