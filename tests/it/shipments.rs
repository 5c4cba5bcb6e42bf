//! Jobs that are delivered to a real repository, through the routes.

use std::{path::Path, process::Command, time::Duration};

use axum::http::Request;
use berdl_spark_monitor::config::Secrets;
use serde_json::{Value, json};

use crate::support::{Answer, Cookie, Double, Reply, TestApp, canary};

const NOTEBOOK: &str = "# %% tags=[\"parameters\"]\nmonth = '2026-05'\n# %%\nprint(month)\n";

const MASTER: [&str; 2] = ["--spark-master-ui-url", "http://127.0.0.1:9"];
const FOLDER: &str = "--spark-monitor-export-dag-folder";
const SECRET: &str = "password=S3cr3t-Passw0rd!x";

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

    /// Jobs are proposed by merge requests. Airflow does not answer.
    fn proposing(&self, more: &[&str]) -> TestApp {
        let url = format!("file://{}", self.repository().display());
        let state = self.folder.path().join("state");
        let local = "--spark-monitor-export-git-allow-local";
        let git =
            ["--spark-monitor-export-git-url", &url, local, "--spark-monitor-export-git-delivery", "merge-request"];
        let args = [&MASTER[..], &["--xdg-state-home", state.to_str().unwrap()], &git, more].concat();
        TestApp::with_secrets(&args, Secrets { airflow_token: Some("t".into()), ..Secrets::default() })
    }

    /// A first commit of somebody else.
    fn begin(&self) {
        let tree = self.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let who = ["-c", "user.name=bob", "-c", "user.email=bob@example.org"];
        let commit = self.git(&[&who[..], &["commit-tree", tree.trim(), "-m", "First"]].concat());
        self.git(&["update-ref", "refs/heads/main", commit.trim()]);
    }

    /// With a folder of workflows, and an Airflow that does not answer, so that jobs are on their way until they are
    /// canceled. It does not go on with jobs from before.
    fn following(&self, more: &[&str]) -> TestApp {
        let more = [&["--spark-monitor-export-airflow-url", "http://127.0.0.1:9"], more].concat();
        self.with_folder(&more, Secrets { airflow_token: Some("t".into()), ..Secrets::default() })
    }

    fn with_folder(&self, more: &[&str], secrets: Secrets) -> TestApp {
        let [state, workflows] = ["state", "workflows"].map(|name| self.folder.path().join(name));
        std::fs::create_dir_all(&workflows).unwrap();
        let folders = ["--xdg-state-home", state.to_str().unwrap(), FOLDER, workflows.to_str().unwrap()];
        TestApp::with_secrets(&[&MASTER[..], &folders, more].concat(), secrets)
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
    asked_with(app, notebook, json!({ "target": "airflow-connect" })).await
}

async fn asked_with(app: &TestApp, notebook: &str, options: Value) -> Value {
    let body = json!({ "name": "etl.py", "notebook": notebook, "options": options });
    let shown = post(app, "/export/convert", &body).await.json();
    json!({ "path": "work/etl.py", "notebook": notebook, "hash": shown["hash"], "options": options })
}

/// What was asked, with a plan that was shown.
async fn planned(app: &TestApp, asked: &Value) -> Value {
    let plan = post(app, "/export/shipments/plan", asked).await;
    assert_eq!(plan.status, 200, "{}", plan.text);
    let mut agreed = asked.clone();
    agreed["plan"] = plan.json()["plan"].clone();
    agreed
}

async fn begun(app: &TestApp, agreed: &Value) -> String {
    let begun = post(app, "/export/shipments", agreed).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    begun.json()["id"].as_str().unwrap().to_owned()
}

/// Ships what a plan has shown, and waits for the end of the delivery.
async fn ship(app: &TestApp, asked: &Value) -> Value {
    let id = begun(app, &planned(app, asked).await).await;
    ended(app, &id).await
}

async fn ended(app: &TestApp, id: &str) -> Value {
    until(app, id, |shipment| shipment["has_ended"] == true).await
}

async fn delivered(app: &TestApp, id: &str) -> Value {
    until(app, id, |shipment| step(shipment, "pushed")["state"] == "done").await
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

async fn act(app: &TestApp, id: &str, act: &str) -> Answer {
    post(app, &format!("/export/shipments/{id}/{act}"), &json!({})).await
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
async fn a_proposed_job_shows_its_branch_and_waits_for_a_person_to_merge_it() {
    let site = Site::new();
    site.begin();
    let app = site.proposing(&[]);
    assert_eq!(app.get("/export").await.json()["git"]["by_merge_request"], true);
    let asked = asked(&app, NOTEBOOK).await;
    let plan = post(&app, "/export/shipments/plan", &asked).await.json();
    let branch = plan["branch"].as_str().unwrap().to_owned();
    assert!(branch.starts_with("spark-monitor/etl-"), "{plan}");
    let shipment = ship(&app, &asked).await;
    assert_eq!(step(&shipment, "pushed")["state"], "done", "{shipment}");
    let merged = step(&shipment, "merged");
    assert_eq!(merged["state"], "needs_person", "{shipment}");
    assert!(merged["note"].as_str().unwrap().contains(&branch), "{merged}");
    assert_eq!(shipment["merge_request"], json!({ "branch": branch, "number": null, "url": null }));
    assert_eq!(site.git(&["rev-parse", &branch]).trim(), shipment["commit"].as_str().unwrap());
    assert_eq!(site.git(&["rev-list", "--count", "main"]).trim(), "1");
    assert_eq!(site.git(&["ls-tree", "main"]), "", "the branch that Airflow reads is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_for_their_merge_keep_nobody_from_shipping_more() {
    let site = Site::new();
    site.begin();
    let app = site.proposing(&["--spark-monitor-export-airflow-url", "http://127.0.0.1:9"]);
    for number in 0..7 {
        let asked = asked(&app, &format!("# %%\nprint({number})\n")).await;
        let id = begun(&app, &planned(&app, &asked).await).await;
        let shipment = delivered(&app, &id).await;
        assert_eq!((&shipment["has_ended"], &shipment["acts"]), (&json!(false), &json!(["cancel"])), "{shipment}");
    }
    let branches = site.git(&["for-each-ref", "refs/heads/spark-monitor"]);
    assert_eq!(branches.lines().count(), 7, "{branches}");
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
        (refused(&|body| body["parameters"] = json!({ "month": 1 })), "400 bad_request"),
        (refused(&|body| body["parameters"] = json!({ "month": "x".repeat(64 << 10) })), "400 bad_request"),
        (refused(&|body| body["path"] = json!(format!("{}/etl.py", "x".repeat(4096)))), "400 bad_request"),
        (refused(&|body| body["path"] = json!("work\n/etl.py")), "400 bad_request"),
        (refused(&|body| body["message"] = json!("x".repeat(2001))), "400 bad_request"),
        (refused(&|body| body["trigger"] = json!(true)), "400 bad_request"),
        (refused(&|body| body["unpause"] = json!(true)), "400 bad_request"),
        (refused(&|body| body["message"] = json!(SECRET)), "422 blocked"),
        (refused(&|body| body["parameters"] = json!({ "month": SECRET })), "422 blocked"),
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

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_nobody_follows_any_more_says_so() {
    let site = Site::new();
    let app = site.following(&[]);
    let id = begun(&app, &planned(&app, &asked(&app, NOTEBOOK).await).await).await;
    delivered(&app, &id).await;
    app.end().await;
    let app = site.app();
    let later = ended(&app, &id).await;
    assert!(step(&later, "seen")["error"]["fix"].as_str().unwrap().contains("AIRFLOW_URL"), "{later}");
    assert_eq!(later["acts"], json!([]), "there is no Airflow to look at");
    let airflow = site.following(&[]);
    assert_eq!(airflow.get("/export/shipments").await.json()["shipments"][0]["acts"], json!(["retry"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_site_no_longer_ships_a_job_is_shown_and_nothing_is_done_with_it() {
    let site = Site::new();
    let app = site.following(&[]);
    let id = begun(&app, &planned(&app, &asked(&app, NOTEBOOK).await).await).await;
    delivered(&app, &id).await;
    app.end().await;
    let audit = site.audit();
    let app = site.following(&["--spark-monitor-export", "convert"]);
    let refused = [
        act(&app, &id, "cancel").await,
        app.get(&format!("/export/shipments/{id}/log")).await,
        app.get("/export/airflow").await,
        post(&app, "/export/shipments/plan", &asked(&app, NOTEBOOK).await).await,
    ];
    for answer in refused {
        assert_eq!(answer.outcome(), "503 not_configured");
        assert!(answer.json()["hint"].as_str().unwrap().contains("SPARK_MONITOR_EXPORT=run"), "{}", answer.text);
    }
    let shown = app.get(&format!("/export/shipments/{id}")).await.json();
    assert_eq!((&shown["id"], &shown["acts"]), (&json!(id), &json!([])));
    assert_eq!(site.audit(), audit);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sidecars_one_follows_a_job_and_the_other_after_it() {
    let site = Site::new();
    let (one, other) = (site.following(&[]), site.following(&[]));
    let id = begun(&one, &planned(&one, &asked(&one, NOTEBOOK).await).await).await;
    delivered(&other, &id).await;
    let refused = act(&other, &id, "cancel").await;
    assert_eq!(refused.outcome(), "409 conflict");
    assert!(refused.json()["error"].as_str().unwrap().starts_with("Another monitor"), "{}", refused.text);
    one.end().await;
    assert_eq!(act(&other, &id, "cancel").await.outcome(), "200");
    let canceled = ended(&other, &id).await;
    assert_eq!(canceled["acts"], json!(["retry"]), "{canceled}");
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_at_once_have_one_follower_and_none_is_lost() {
    let site = Site::new();
    let app = site.following(&[]);
    let id = begun(&app, &planned(&app, &asked(&app, NOTEBOOK).await).await).await;
    delivered(&app, &id).await;
    for _ in 0..3 {
        let cancel = || act(&app, &id, "cancel");
        let answers = tokio::join!(cancel(), cancel(), cancel());
        // One that comes after the end cannot be done.
        for answer in [answers.0, answers.1, answers.2] {
            assert!(["200", "409 conflict"].contains(&&*answer.outcome()), "{}", answer.text);
        }
        ended(&app, &id).await;
        let retry = || act(&app, &id, "retry");
        let answers = tokio::join!(retry(), retry());
        let mut outcomes = [answers.0.outcome(), answers.1.outcome()];
        outcomes.sort();
        assert_eq!(outcomes, ["200", "409 conflict"]);
        until(&app, &id, |shipment| shipment["acts"] == json!(["cancel"])).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_jobs_are_on_their_way_at_once_however_they_begin() {
    let site = Site::new();
    let app = site.following(&[]);
    let asked = asked(&app, NOTEBOOK).await;
    let first = begun(&app, &planned(&app, &asked).await).await;
    delivered(&app, &first).await;
    let again = planned(&app, &asked).await;
    let ship = || post(&app, "/export/shipments", &again);
    let answers = tokio::join!(ship(), ship(), ship(), ship(), ship(), ship());
    let answers = [answers.0, answers.1, answers.2, answers.3, answers.4, answers.5];
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 4);
    let refused = answers.iter().find(|answer| answer.status != 202).unwrap();
    assert_eq!((refused.outcome().as_str(), refused.header("retry-after")), ("429 too_many", "60"));
    assert!(refused.json()["error"].as_str().unwrap().starts_with("5 of your jobs"), "{}", refused.text);
    assert_eq!(act(&app, &first, "cancel").await.outcome(), "200");
    ended(&app, &first).await;
    begun(&app, &again).await;
    assert_eq!(act(&app, &first, "retry").await.outcome(), "429 too_many", "it would be the sixth");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ships_too_fast_is_told_how_long_to_wait() {
    let site = Site::new();
    let app = site.with_folder(&[], Secrets::default());
    let asked = asked(&app, NOTEBOOK).await;
    ship(&app, &asked).await;
    let again = planned(&app, &asked).await;
    for _ in 0..9 {
        let id = begun(&app, &again).await;
        ended(&app, &id).await;
    }
    let refused = post(&app, "/export/shipments", &again).await;
    assert_eq!(refused.outcome(), "429 too_many");
    let hint = format!("Try again in {} s.", refused.header("retry-after"));
    assert_eq!(refused.json()["hint"], hint);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_persons_job_is_not_there() {
    let (site, auth2) = (Site::new(), Double::start().await);
    for (cookie, user) in [("ANN", "ann"), ("BOB", "bob")] {
        let me = Reply::json(&json!({ "user": user }).to_string());
        auth2.set_for(Cookie(cookie), "/api/V2/me", me);
    }
    let app = site.following(&["--spark-monitor-identity", "auth2", "--kbase-auth-url", &auth2.url]);
    let as_ann = async |path: &str, body: &Value| {
        let cookie = format!("kbase_session={}", canary("ANN"));
        let request = Request::post(path).header("content-type", "application/json").header("cookie", cookie);
        app.send_with(request, body.to_string()).await
    };
    let options = json!({ "target": "airflow-connect" });
    let body = json!({ "name": "etl.py", "notebook": NOTEBOOK, "options": options });
    let hash = as_ann("/export/convert", &body).await.json()["hash"].clone();
    let mut asked = json!({ "path": "etl.py", "notebook": NOTEBOOK, "hash": hash, "options": options });
    asked["plan"] = as_ann("/export/shipments/plan", &asked).await.json()["plan"].clone();
    let begun = as_ann("/export/shipments", &asked).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let path = format!("/export/shipments/{}", begun.json()["id"].as_str().unwrap());
    assert_eq!(app.get_as(Cookie("ANN"), &path).await.status, 200);
    assert_eq!(app.get_as(Cookie("BOB"), "/export/shipments").await.json()["shipments"], json!([]));
    for path in [path.clone(), format!("{path}/log")] {
        assert_eq!(app.get_as(Cookie("BOB"), &path).await.outcome(), "404 not_found");
    }
    let cookie = format!("kbase_session={}", canary("BOB"));
    let request = Request::post(format!("{path}/cancel")).header("content-type", "application/json");
    assert_eq!(app.send(request.header("cookie", cookie)).await.outcome(), "404 not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_a_person_lets_out_are_named_in_the_audit_log_and_not_written_there() {
    let site = Site::new();
    let app = site.with_folder(&[], Secrets::default());
    let mut asked = asked_with(&app, NOTEBOOK, json!({ "target": "airflow-connect", "allow_secrets": true })).await;
    asked["path"] = json!(format!("{SECRET}/etl.py"));
    asked["message"] = json!(SECRET);
    asked["parameters"] = json!({ "month": SECRET });
    ship(&app, &asked).await;
    let audit = site.audit();
    assert!(audit.contains(r#""allowed_secrets":["path","message","parameter month"]"#), "{audit}");
    assert!(audit.contains(r#""path":null"#) && !audit.contains("S3cr3t"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_somebody_else_in_the_folder_is_a_conflict_of_its_own() {
    let site = Site::new();
    let app = site.with_folder(&[], Secrets::default());
    let job = site.folder.path().join("workflows/etl/job.py");
    std::fs::create_dir(job.parent().unwrap()).unwrap();
    std::fs::write(&job, "mine").unwrap();
    let refused = post(&app, "/export/shipments/plan", &asked(&app, NOTEBOOK).await).await;
    assert_eq!(refused.outcome(), "409 conflict");
    assert!(refused.json()["error"].as_str().unwrap().starts_with("etl/job.py is in the folder"), "{}", refused.text);
}

#[tokio::test]
async fn why_nothing_is_delivered_is_said() {
    let auth2 = Double::start().await;
    auth2.json("/api/V2/me", r#"{"user": "ann"}"#);
    let secrets = Secrets { sidecar_token: Some(canary("SIDECAR").into()), ..Secrets::default() };
    let identity = ["--spark-monitor-identity", "auth2", "--kbase-auth-url", &auth2.url];
    let shared = TestApp::with_secrets(&[&MASTER[..], &identity].concat(), secrets);
    let cookie = format!("kbase_session={}", canary("ANN"));
    let request = Request::post("/export/shipments/a/cancel").header("content-type", "application/json");
    let refused =
        shared.send(request.header("x-spark-monitor-token", canary("SIDECAR")).header("cookie", cookie)).await;
    assert_eq!(refused.outcome(), "503 not_configured");
    assert!(refused.json()["error"].as_str().unwrap().starts_with("Several people"), "{}", refused.text);
    let no_airflow = TestApp::new(&MASTER).get("/export/airflow").await;
    assert_eq!(no_airflow.outcome(), "503 not_configured");
    assert!(no_airflow.json()["hint"].as_str().unwrap().contains("AIRFLOW_URL"), "{}", no_airflow.text);
}
