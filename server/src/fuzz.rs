//! Entry points for `fuzz/`, one for each decoder of untrusted bytes, with the properties that must hold for any input.
//! Compiled with the feature `fuzz` only.

#![expect(clippy::missing_panics_doc, reason = "a panic reports a fault to the fuzzer")]

use std::{collections::BTreeSet, sync::OnceLock};

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use monitor::{
    applications, clock::DriverTime, cluster, cluster_state, connect_request::ConnectRequest, executors::ExecutorsSeen,
    is_app_id, plan_of_row, queries, stages::StageDigest,
};
use upstream::{
    Upstream, auth2,
    bounds::Bounds,
    cluster_manager::ClusterStatus,
    driver::{AcceptedExecutor, AcceptedStage, ApplicationRow, ExecutorRow, SparkTime},
    driver_hosts::DriverHosts,
    fuzzed::{Answers, rows, slice},
    kube_user::KubeUser,
    master::MasterState,
    master_page,
    plan_rows::SqlPlanRow,
    query_rows::{JobRow, OperationRow, SqlNodesRow, SqlRow, TaskRow, TaskSummaryRow},
    rows::{Checked, FirstRows, NewestRows},
    storage_rows::CachedRddRow,
    url_path,
};
use url::Url;

use crate::http::{self, AskedApp};

/// Answers of the master (`/json/`), the cluster manager and Auth2.
pub fn small_answers(bytes: &[u8]) {
    if let Ok(state) = MasterState::decode(bytes, &Bounds::DEFAULT) {
        let shown = cluster::summary(&state, 0);
        assert!(shown.workers.len() <= 100);
        assert!(applications::active_apps(&state.activeapps).iter().all(|app| is_app_id(&app.app_id)));
    }
    let _ = ClusterStatus::of(bytes.to_vec().into()).map(|answer| answer.status().map(cluster_state::by_manager).ok());
    let _ = auth2::user_of(bytes);
}

/// The driver's lists, decoded in one piece and in many; both must agree.
pub fn driver_lists(bytes: &[u8]) {
    let _ = rows::<Checked<AcceptedExecutor>>(bytes);
    let _ = rows::<Checked<AcceptedStage>>(bytes);
    let stages: Option<StageDigest> = rows(bytes);
    if let Some(stages) = stages {
        let shown = stages.shown(None, DriverTime::at(0, 0));
        assert!(shown.active.iter().all(|stage| stage.tasks.percent() <= 100));
        let _ = stages.activity("x");
    }
    if let Some(executors) = rows::<FirstRows<ExecutorRow>>(bytes) {
        let seen = ExecutorsSeen::new(executors, None);
        let slots = seen.slots();
        assert!(slots.used <= slots.total);
        let _ = seen.shown(None, 10, DriverTime::at(0, 0));
    }
    let _ = rows::<FirstRows<ApplicationRow>>(bytes);
    let _ = rows::<FirstRows<TaskRow>>(bytes);
    let _ = slice::<TaskSummaryRow>(Upstream::Driver, bytes);
    let _ = rows::<FirstRows<CachedRddRow>>(bytes);
    let _ = slice::<SqlNodesRow>(Upstream::Driver, bytes);
}

/// Stages, jobs, operations and SQL executions together, separated by lines of `---`.
pub fn query_lists(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split("\n---\n").map(str::as_bytes);
    let mut next = || parts.next().unwrap_or(b"[]");
    let stages: StageDigest = rows(next()).unwrap_or_default();
    let jobs = rows::<NewestRows<JobRow>>(next()).unwrap_or_default().into_vec();
    let operations = rows::<NewestRows<OperationRow>>(next()).map(NewestRows::into_vec);
    let sql = rows::<NewestRows<SqlRow>>(next()).unwrap_or_default().into_vec();
    let queries = queries::of_rows(jobs, operations, sql, stages);
    assert!(queries.running.iter().chain(&queries.recent).all(|query| query.tasks.percent() <= 100));
}

/// The master's page. A link that is followed must lead to an allowed web server, and must not contain credentials.
pub fn master_page(bytes: &[u8]) {
    static PAGE: OnceLock<Option<Url>> = OnceLock::new();
    let page_url = PAGE.get_or_init(|| Url::parse("http://master.example:8090/app/?appId=app-1").ok());
    let Some(link) = page_url.as_ref().and_then(|url| master_page::driver_link(&String::from_utf8_lossy(bytes), url))
    else {
        return;
    };
    assert!(matches!(link.scheme(), "http" | "https") && link.username().is_empty() && link.password().is_none());
    let written = link.host_str().unwrap_or_default();
    if DriverHosts::new(&[]).allows(&link) {
        assert!(!["169.254.169.254", "[fd00:ec2::254]", "0.0.0.0", "[::]"].contains(&written), "{link}");
    }
}

/// SQL executions with their plans. What is drawn leads from operator to operator, and no text is longer than allowed.
pub fn plans(bytes: &[u8]) {
    let Ok(rows) = slice::<Vec<SqlPlanRow>>(Upstream::Driver, bytes) else { return };
    for plan in rows.iter().map(plan_of_row) {
        let ids: BTreeSet<i64> = plan.operators.iter().map(|operator| operator.operator_id).collect();
        for operator in &plan.operators {
            assert!(operator.inputs.iter().all(|id| ids.contains(id)));
            assert!(operator.detail.chars().count() <= 1_001 && operator.name.chars().count() <= 121);
            assert!(operator.metrics.iter().all(|metric| metric.value.chars().count() <= 121));
        }
    }
}

/// A plan as Spark prints it. The name made from it must be short.
pub fn plan_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for request in [ConnectRequest::of_details(&text), ConnectRequest::of_statement(&text)] {
        let (_, name) = request.name();
        assert!(name.chars().count() <= 200, "{name}");
        let _ = request.is_housekeeping();
    }
}

/// A time in Spark's format. Writing it and reading it again must give the same time.
pub fn times(bytes: &[u8]) {
    if let Some(time) = std::str::from_utf8(bytes).ok().and_then(SparkTime::parse) {
        assert_eq!(SparkTime::parse(&time.to_string()), Some(time), "{time}");
    }
}

/// Cookies with any bytes. The result must be a clean token or none.
pub fn cookies(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(COOKIE, value);
        }
    }
    if let Some(token) = http::token_of(&headers) {
        assert!(!token.is_empty() && token.len() <= 4096 && token.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(HeaderValue::from_str(&format!("Bearer {token}")).is_ok());
    }
}

/// Application ids, user names and path segments. None may change another part of a URL.
pub fn ids(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(Some(id)) = AskedApp::parse(&text).checked() {
        assert!(is_app_id(id));
    }
    if let Some(user) = KubeUser::from_user_name(&text) {
        let name = user.as_str();
        assert!(name.len() <= 253 && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')));
        // A name that was cut may end with a character that the rule strips.
        let again = KubeUser::from_user_name(name);
        assert!(name.len() == 253 || again.as_ref() == Some(&user), "{name}");
    }
    static BASE: OnceLock<Option<Url>> = OnceLock::new();
    if let Some(base) = BASE.get_or_init(|| Url::parse("http://driver:4040/base").ok()) {
        let url = url_path::join(base, &["api", "v1", "applications", &text, "stages"]);
        assert_eq!(url.host_str(), base.host_str());
        assert!(url.path().starts_with("/base/api/v1/applications") && url.path().ends_with("/stages"), "{url}");
        assert!(url.query().is_none() && url.fragment().is_none());
    }
}

/// A gzip body read by the real client. The result must not exceed the limit, and reading must end.
pub fn gzip(bytes: &[u8]) {
    static ANSWERS: OnceLock<Answers> = OnceLock::new();
    ANSWERS.get_or_init(Answers::start).read(bytes);
}
