//! What makes queries slow, through the real router.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{APP, Double, OPERATIONS, Reply, TestApp, spark};

fn path(list: &str) -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}/{list}")
}

fn a_minute_ago_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    i64::try_from(since).unwrap() - 60_000
}

fn active_stage(id: usize, spilled_bytes: u64) -> Value {
    json!({"stageId": id, "status": "ACTIVE", "numTasks": 40, "numCompleteTasks": 39, "numActiveTasks": 1,
        "shuffleReadBytes": 400 << 20, "executorRunTime": 60_000, "executorCpuTime": 60_000_000_000_i64,
        "diskBytesSpilled": spilled_bytes})
}

/// A running query with active stages, whose tasks have run for a minute.
async fn running(stages: usize) -> Double {
    let spark = spark().await;
    let rows: Vec<Value> = (0..stages).map(|id| active_stage(id, 0)).collect();
    spark.json(&path("stages"), &json!(rows).to_string());
    let ids: Vec<usize> = (0..stages).collect();
    let job = json!([{"jobId": 1, "status": "RUNNING", "stageIds": ids, "numTasks": 40, "numActiveTasks": 1}]);
    spark.json(&path("jobs"), &job.to_string());
    let operation = json!([{"operationId": "op", "sessionId": "s", "state": "STARTED", "jobIds": ["1"],
        "sqlExecIds": ["7"], "startTimestamp": a_minute_ago_ms(), "statement": "sql { query: \"select 1\" }"}]);
    spark.json(&path(OPERATIONS), &operation.to_string());
    spark
}

/// The findings once something was fetched for them; on a busy machine an answer does not wait for that.
async fn examined(app: &TestApp) -> Value {
    for _ in 0..50 {
        let answer = app.get("/panel/findings").await.json();
        if answer["calls"] != 0 {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("nothing was fetched for findings");
}

const QUANTILES: &str = "quantiles=0,0.25,0.5,0.75,1";

fn skewed(spark: &Double) {
    let mib = |mib: u64| mib << 20;
    let read = [mib(1), mib(2), mib(2), mib(3), mib(300)];
    let summary = json!({"executorRunTime": [100, 400, 500, 700, 40_000], "shuffleReadMetrics": {"readBytes": read}});
    spark.json(&path(&format!("stages/0/0/taskSummary?{QUANTILES}")), &summary.to_string());
    let task = json!([{"index": 3, "executorId": "0", "host": "10.0.0.7", "status": "SUCCESS",
        "taskMetrics": {"executorRunTime": 40_000, "shuffleReadMetrics": {"localBytesRead": mib(300)}}}]);
    spark.json(&path("stages/0/0/taskList?sortBy=-runtime&offset=0&length=5"), &task.to_string());
    let exchange = json!({"nodeId": 1, "nodeName": "Exchange", "metrics": [],
        "desc": "Exchange hashpartitioning(customer#1L, 40), ENSURE_REQUIREMENTS, [plan_id=20]"});
    let plan = json!({"status": "RUNNING", "nodes": [{"nodeName": "AdaptiveSparkPlan"}, exchange]});
    spark.json(&path("sql/7?details=true&planDescription=false"), &plan.to_string());
}

#[tokio::test]
async fn a_hot_key_is_found_while_the_query_runs() {
    let spark = running(1).await;
    skewed(&spark);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = examined(&app).await;
    let finding = &answer["findings"][0];
    let numbers = json!({"max_bytes": 300 << 20, "median_bytes": 2 << 20, "max_records": 0, "median_records": 0,
        "max_ms": 40_000, "median_ms": 500});
    assert_eq!((&finding["rule"], &finding["severity"]), (&"data_skew".into(), &"error".into()), "{answer:#}");
    assert_eq!(
        (&finding["query_id"], &finding["stage_id"], &finding["so_far"]),
        (&"op".into(), &0.into(), &true.into())
    );
    assert_eq!((&finding["numbers"], &finding["cost_ms"]), (&numbers, &39_500.into()));
    let code = "df.groupBy(\"customer\").count().orderBy(\"count\", ascending=False).show(5)";
    assert_eq!(finding["code"], code);
    assert!(finding["advice"].as_str().unwrap().contains("joins only"), "{finding}");
    assert_eq!(finding["meaning_sentences"][0][2], "300.0 MB");
    // Quantiles, slowest tasks, the plan, and what is cached.
    assert_eq!((&answer["calls"], &answer["calls_per_minute"]), (&4.into(), &60.into()));
    let view = app.get("/snapshot?views=findings").await.json();
    assert_eq!(view["findings"]["good"]["answer"]["findings"], answer["findings"]);
}

#[tokio::test]
async fn a_muted_rule_is_silent() {
    let spark = running(1).await;
    skewed(&spark);
    let app =
        TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-findings-muted", "data_skew,time_skew"]);
    let answer = app.get("/panel/findings").await.json();
    assert_eq!((&answer["findings"], &answer["muted"]), (&json!([]), &json!(["data_skew", "time_skew"])));
}

fn spills(spark: &Double) {
    spark.json(&path("stages"), &json!([active_stage(0, 2 << 30)]).to_string());
}

#[tokio::test]
async fn a_summary_that_never_comes_holds_up_nothing_else() {
    let spark = running(1).await;
    skewed(&spark);
    spills(&spark);
    spark.set(&path(&format!("stages/0/0/taskSummary?{QUANTILES}")), Reply::Hang);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = app.get("/panel/findings").await.json();
    assert_eq!(answer["findings"][0]["rule"], "spill", "{answer:#}");
    let all = app.get("/snapshot?views=queries,stages,findings").await.json();
    for view in ["queries", "stages", "findings"] {
        assert!(all[view]["good"].is_object(), "{all:#}");
    }
}

#[tokio::test]
async fn the_chip_tells_findings_that_are_known_and_asks_for_none() {
    let told = async |app: &TestApp, path: &str| {
        let chip = app.get(path).await.json();
        let attention = chip["attention"].as_array().cloned().unwrap_or_default();
        attention.into_iter().map(|told| format!("{}: {}", told[0].as_str().unwrap(), told[1])).collect::<Vec<_>>()
    };
    let spark = running(1).await;
    skewed(&spark);
    spills(&spark);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let of_stages = told(&app, "/panel/chip").await;
    assert!(
        matches!(&of_stages[..], [only] if only.starts_with("findings: ") && only.contains("disk")),
        "{of_stages:?}"
    );
    assert!(!spark.requests().iter().any(|head| head.contains(QUANTILES) || head.contains("/sql/7")));
    let rules = |answer: &Value| answer["findings"].as_array().unwrap().len();
    assert!(rules(&examined(&app).await) > 1);
    assert!(told(&app, "/panel/chip?muted=").await.len() > 1);
    assert!(told(&app, "/panel/chip?muted=spill,data_skew,time_skew").await.is_empty());
}

#[tokio::test]
async fn requests_stay_within_their_number_with_200_active_stages() {
    let spark = running(200).await;
    let app = TestApp::new(&[
        "--spark-master-ui-url",
        &spark.url,
        "--spark-monitor-findings-calls-per-minute",
        "30",
        "--spark-monitor-stages-lifetime-ms",
        "0",
    ]);
    let answer = examined(&app).await;
    for _ in 0..3 {
        assert_eq!(app.get("/panel/findings").await.status, 200);
    }
    let of_findings =
        |head: &&String| head.contains(QUANTILES) || head.contains("sortBy") || head.contains("/storage/rdd");
    let asked = spark.requests().iter().filter(of_findings).count();
    assert!((1..=5).contains(&asked), "{asked} of at most 5 at once");
    assert!(answer["not_examined"].as_u64().unwrap() > 190, "{answer:#}");
}

#[tokio::test]
async fn without_requests_findings_come_from_what_is_known_anyway() {
    let spark = running(1).await;
    spills(&spark);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-findings-calls-per-minute", "0"]);
    let answer = app.get("/panel/findings").await.json();
    let finding = &answer["findings"][0];
    assert_eq!((&finding["rule"], &finding["severity"]), (&"spill".into(), &"error".into()), "{answer:#}");
    assert!(!spark.requests().iter().any(|head| head.contains(QUANTILES) || head.contains("/sql/7")));
}

const SLOWEST: &str = "taskList?sortBy=-runtime&offset=0&length=5";

/// What a query's page is told about tasks once its stages were examined.
async fn measured(app: &TestApp) -> Value {
    for _ in 0..50 {
        let answer = app.get("/panel/queries/op/tasks").await.json();
        if answer["stages"] != json!([]) {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("no stage was examined");
}

#[tokio::test]
async fn a_page_has_the_tasks_of_a_healthy_query_that_no_rule_asks_for() {
    let spark = spark().await;
    let stage = json!([{"stageId": 4, "attemptId": 0, "status": "COMPLETE", "numTasks": 4, "numCompleteTasks": 4,
        "executorRunTime": 800, "submissionTime": "2026-11-20T10:00:00.000GMT",
        "completionTime": "2026-11-20T10:00:01.000GMT"}]);
    spark.json(&path("stages"), &stage.to_string());
    let job = json!([{"jobId": 1, "status": "SUCCEEDED", "stageIds": [4], "numTasks": 4, "numCompletedTasks": 4}]);
    spark.json(&path("jobs"), &job.to_string());
    let operation = json!([{"operationId": "op", "sessionId": "s", "state": "FINISHED", "jobIds": ["1"],
        "startTimestamp": a_minute_ago_ms(), "finishTimestamp": a_minute_ago_ms() + 1_000}]);
    spark.json(&path(OPERATIONS), &operation.to_string());
    let summary = json!({"executorRunTime": [100, 150, 200, 250, 300], "jvmGcTime": [0, 0, 1, 2, 3],
        "shuffleWriteMetrics": {"writeBytes": [5, 6, 7, 8, 9]}});
    spark.json(&path(&format!("stages/4/0/taskSummary?{QUANTILES}")), &summary.to_string());
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-stages-lifetime-ms", "0"]);
    assert_eq!(app.get("/panel/findings").await.status, 200);
    let is_asked = |what: &str| spark.requests().iter().filter(|head| head.contains(what)).count();
    assert_eq!(is_asked(QUANTILES), 0, "no rule needs it");
    let answer = measured(&app).await;
    let stage = &answer["stages"][0];
    assert_eq!((&stage["stage_id"], &stage["tasks"], &answer["not_examined"]), (&4.into(), &4.into(), &0.into()));
    assert_eq!(stage["run_ms"], json!({"min": 100, "p25": 150, "median": 200, "p75": 250, "max": 300}));
    assert_eq!((&stage["written_bytes"]["median"], &stage["gc_ms"]["max"]), (&7.into(), &3.into()));
    assert_eq!(stage["slowest"], json!([]), "none took longer than a second");
    assert_eq!(measured(&app).await, answer);
    assert_eq!((is_asked(QUANTILES), is_asked("sortBy")), (1, 0), "an ended stage is asked for once");
    let unknown = app.get("/panel/queries/nope/tasks").await.json();
    assert_eq!(unknown["stages"], json!([]));
}

#[tokio::test]
async fn a_page_has_the_slowest_tasks_with_their_hosts_and_what_tells_them_apart() {
    let spark = running(1).await;
    skewed(&spark);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = measured(&app).await;
    let task = json!({"index": 3, "executor_id": "0", "host": "10.0.0.7", "is_running": false, "run_ms": 40_000,
        "read_bytes": 300 << 20, "traits": ["more_data"]});
    assert_eq!(answer["stages"][0]["slowest"], json!([task]), "{answer:#}");
    assert!(spark.requests().iter().any(|head| head.contains(SLOWEST)));
}

#[tokio::test]
async fn a_page_does_not_wait_for_tasks_that_no_request_may_fetch() {
    let spark = running(1).await;
    skewed(&spark);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-findings-calls-per-minute", "0"]);
    let answer = app.get("/panel/queries/op/tasks").await.json();
    assert_eq!((&answer["stages"], &answer["not_examined"]), (&json!([]), &0.into()), "{answer:#}");
    assert!(!spark.requests().iter().any(|head| head.contains(QUANTILES) || head.contains("sortBy")));
}
