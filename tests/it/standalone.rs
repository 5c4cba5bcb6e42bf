//! Jobs that are submitted to a standalone master, through the routes.

use std::{path::PathBuf, time::Duration};

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, Double, Reply, TestApp};

const NOTEBOOK: &str = "# %% tags=[\"parameters\"]\nmonth = '2026-05'\n# %%\nprint(month)\n";
const CREATE: &str = "/v1/submissions/create";
const STATUS: &str = "/v1/submissions/status/driver-1";
const KILL: &str = "/v1/submissions/kill/driver-1";

/// A master, a folder that its workers share, and a person's state.
struct Site {
    folder: tempfile::TempDir,
    master: Double,
}

impl Site {
    async fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), master: Double::start().await };
        std::fs::create_dir(site.shared()).unwrap();
        site.master.json("/v1/submissions/readyz", &answer("Readyz", json!({ "serverSparkVersion": "4.3.0" })));
        site.master.json(CREATE, &answer("Create", json!({})));
        site.driver("RUNNING");
        site.master.json(KILL, &answer("Kill", json!({})));
        site
    }

    fn driver(&self, state: &str) {
        let more = json!({ "driverState": state, "workerHostPort": "10.0.0.7:1" });
        self.master.json(STATUS, &answer("SubmissionStatus", more));
    }

    fn shared(&self) -> PathBuf {
        self.folder.path().join("shared")
    }

    fn app(&self) -> TestApp {
        let state = self.folder.path().join("state");
        let args = [
            "--spark-master-ui-url",
            "http://127.0.0.1:9",
            "--spark-monitor-export-master-rest-url",
            &self.master.url,
            "--spark-monitor-export-master-folder",
            self.shared().to_str().unwrap(),
            "--spark-monitor-export-master-worker-folder",
            "/mnt/jobs",
        ]
        .map(str::to_owned);
        TestApp::recording(&args.each_ref().map(String::as_str), state.to_str().unwrap())
    }

    fn audit(&self) -> String {
        let file = self.folder.path().join("state/berdl-spark-monitor/audit.jsonl");
        std::fs::read_to_string(file).unwrap_or_default()
    }

    fn submitted(&self) -> usize {
        self.master.requests().iter().filter(|request| request.contains(CREATE)).count()
    }
}

fn answer(action: &str, more: Value) -> String {
    let mut answer = json!({ "action": format!("{action}Response"), "success": true, "submissionId": "driver-1" });
    answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    answer.to_string()
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.send_with(Request::post(path).header("content-type", "application/json"), body.to_string()).await
}

/// A job as the person was shown it, and its plan.
async fn planned(app: &TestApp) -> (Value, Value) {
    let options = json!({ "target": "standalone" });
    let shown = json!({ "name": "etl.py", "notebook": NOTEBOOK, "options": options });
    let hash = post(app, "/export/convert", &shown).await.json()["hash"].clone();
    let mut asked = json!({ "path": "work/etl.py", "notebook": NOTEBOOK, "hash": hash, "options": options });
    asked["parameters"] = json!({ "month": "2026-06" });
    asked["trigger"] = json!(true);
    let plan = post(app, "/export/shipments/plan", &asked).await;
    assert_eq!(plan.status, 200, "{}", plan.text);
    asked["plan"] = plan.json()["plan"].clone();
    (asked, plan.json())
}

async fn begun(app: &TestApp) -> String {
    let (agreed, _) = planned(app).await;
    let begun = post(app, "/export/shipments", &agreed).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    begun.json()["id"].as_str().unwrap().to_owned()
}

async fn until(app: &TestApp, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..3_000 {
        let shipment = app.get(&format!("/export/shipments/{id}")).await.json();
        if is_so(&shipment) {
            return shipment;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not come to that");
}

async fn runs(app: &TestApp, id: &str) -> Value {
    until(app, id, |shipment| step(shipment, "running")["state"] == "now").await
}

async fn ended(app: &TestApp, id: &str) -> Value {
    until(app, id, |shipment| shipment["has_ended"] == true).await
}

async fn act(app: &TestApp, id: &str, act: &str) -> Answer {
    post(app, &format!("/export/shipments/{id}/{act}"), &json!({})).await
}

fn step<'a>(shipment: &'a Value, name: &str) -> &'a Value {
    shipment["steps"].as_array().unwrap().iter().find(|step| step["name"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_and_submitted_is_shown_before_it_is_done() {
    let site = Site::new().await;
    let app = site.app();
    assert_eq!(app.get("/export").await.json()["standalone"]["worker_folder"], "/mnt/jobs");
    assert_eq!(app.get("/export/standalone").await.json()["version"], "4.3.0");
    let (agreed, plan) = planned(&app).await;
    assert_eq!(plan["folder"], site.shared().join("etl").to_str().unwrap());
    assert_eq!(plan["submits"]["url"], format!("{}/", site.master.url));
    let request: Value = serde_json::from_str(plan["submits"]["request"].as_str().unwrap()).unwrap();
    assert_eq!(request["appArgs"][4], "/mnt/jobs/etl/driver.py");
    assert_eq!(request["environmentVariables"]["JOB_PARAMS"], r#"{"month":"2026-06"}"#);
    assert!(!site.shared().join("etl").exists() && site.submitted() == 0, "nothing is done by looking");
    let mut other = agreed.clone();
    other["parameters"] = json!({ "month": "2026-07" });
    let begun = post(&app, "/export/shipments", &other).await.json();
    let refused = ended(&app, begun["id"].as_str().unwrap()).await;
    assert_eq!(step(&refused, "pushed")["state"], "failed", "it would submit something else: {refused}");
    assert_eq!((site.submitted(), site.shared().join("etl").exists()), (0, false));
    let id = post(&app, "/export/shipments", &agreed).await.json()["id"].as_str().unwrap().to_owned();
    runs(&app, &id).await;
    assert_eq!(site.submitted(), 1);
    let audit = site.audit();
    assert!(audit.contains(&format!(r#""submits_to":"{}/""#, site.master.url)), "{audit}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_names_the_cell_that_the_driver_has_reported() {
    let site = Site::new().await;
    let app = site.app();
    let id = begun(&app).await;
    runs(&app, &id).await;
    let job = std::fs::read_to_string(site.shared().join("etl/job.py")).unwrap();
    let line = job.lines().position(|line| line == "print(month)").unwrap() + 1;
    let reports = site.shared().join("etl/reports");
    std::fs::create_dir(&reports).unwrap();
    let error = json!({ "name": "ValueError", "message": "no", "line": line });
    let report = json!({ "cell": 1, "error": error, "log_url": "http://w:8081/logPage/?driverId=driver-1" });
    std::fs::write(reports.join("driver-1.json"), report.to_string()).unwrap();
    site.driver("FAILED");
    let shipment = ended(&app, &id).await;
    let failed = &step(&shipment, "running")["error"];
    assert_eq!((&failed["cell"], &failed["line"], &failed["detail"]), (&json!(1), &json!(1), &json!("ValueError: no")));
    assert_eq!((&shipment["log_url"], &shipment["acts"]), (&report["log_url"], &json!(["retry"])));
    let log = app.get(&format!("/export/shipments/{id}/log")).await;
    assert_eq!(log.outcome(), "404 not_found");
    assert!(log.json()["hint"].as_str().unwrap().contains("worker"), "{}", log.text);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_not_known_and_only_a_person_submits_it_again() {
    let site = Site::new().await;
    let app = site.app();
    site.master.set(CREATE, Reply::Reset);
    let id = begun(&app).await;
    let shipment = ended(&app, &id).await;
    let queued = step(&shipment, "queued");
    assert_eq!(queued["state"], "failed", "{shipment}");
    assert!(queued["error"]["message"].as_str().unwrap().contains("not known whether the job was submitted"));
    app.end().await;
    let app = site.app();
    assert_eq!((ended(&app, &id).await["acts"].clone(), site.submitted()), (json!(["retry"]), 1));
    site.master.json(CREATE, &answer("Create", json!({})));
    assert_eq!(act(&app, &id, "retry").await.outcome(), "200");
    runs(&app, &id).await;
    assert_eq!(site.submitted(), 2);
    assert!(site.audit().contains(r#""act":"retry""#));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_over_a_restart_and_is_killed_when_a_person_says_so() {
    let site = Site::new().await;
    let app = site.app();
    let id = begun(&app).await;
    assert_eq!(runs(&app, &id).await["run_id"], "driver-1");
    app.end().await;
    let app = site.app();
    assert_eq!(act(&app, &id, "unpause").await.outcome(), "409 conflict");
    until(&app, &id, |shipment| shipment["acts"] == json!(["cancel"])).await;
    // A master that does not lead kills nothing, and says so with a status of success.
    let standby = json!({ "success": false, "message": "Current state is not alive: STANDBY" });
    site.master.json(KILL, &answer("Kill", standby));
    assert_eq!(act(&app, &id, "cancel").await.outcome(), "200");
    let asked = || site.master.requests().iter().filter(|request| request.contains(KILL)).count();
    while asked() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    site.master.json(KILL, &answer("Kill", json!({})));
    site.driver("KILLED");
    let shipment = ended(&app, &id).await;
    assert_eq!((step(&shipment, "running")["state"].clone(), site.submitted()), (json!("failed"), 1), "{shipment}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_master_the_routes_say_what_to_set() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    let asked = json!({ "path": "a.py", "notebook": "", "hash": "", "options": { "target": "standalone" } });
    for path in ["/export/shipments/plan", "/export/shipments"] {
        let mut body = asked.clone();
        body["plan"] = json!("p");
        let refused = post(&app, path, &body).await;
        assert_eq!(refused.outcome(), "503 not_configured");
        assert!(refused.json()["hint"].as_str().unwrap().contains("SPARK_MONITOR_EXPORT_MASTER_REST_URL"));
    }
    assert_eq!(app.get("/export/standalone").await.outcome(), "503 not_configured");
    assert_eq!(app.get("/export").await.json()["standalone"], Value::Null);
}
