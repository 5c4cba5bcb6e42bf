//! A scripted Spark and login service. It repeats recorded rows and counts its requests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const MASTER: &str = include_str!("../../tests/fixtures/spark-4.3.0/master_json.json");
const EXECUTORS: &str = include_str!("../../tests/fixtures/spark-4.3.0/executors.json");
const ENDED: &str = include_str!("../../tests/fixtures/spark-4.3.0/stages_withSummaries_details.json");
const ACTIVE: &str = include_str!("../../tests/fixtures/spark-4.3.0/active_stage_some_done_withSummaries.json");
const JOBS: &str = include_str!("../../tests/fixtures/spark-4.3.0/jobs_connect.json");
const OPERATIONS: &str = include_str!("../../tests/fixtures/spark-4.3.0/connect_operations.json");

/// Start time of the first stage; milliseconds since 1970.
const BEGIN_MS: i64 = 1_795_220_000_000;

/// How many stages there are.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub ended_stages: usize,
    pub active_stages: usize,
}

/// The bodies of the answers, serialized once.
struct Bodies {
    master: Bytes,
    application: Bytes,
    executors: Bytes,
    stages: Bytes,
    active_stages: Bytes,
    jobs: Bytes,
    operations: Bytes,
}

/// A running server: master, driver and login service on one port of every loopback address.
pub struct Upstream {
    pub url: String,
    /// The port on all loopback addresses, `127.0.0.1` to `127.255.255.254`.
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    bodies: Bodies,
    calls: Mutex<BTreeMap<String, usize>>,
}

impl Upstream {
    /// # Errors
    /// When it cannot listen.
    pub async fn start(size: Size) -> Result<Self> {
        let master: Value = serde_json::from_str(MASTER)?;
        let app_id = master.pointer("/activeapps/0/id").and_then(Value::as_str).context("no application")?;
        let listener = TcpListener::bind(("0.0.0.0", 0)).await?;
        let port = listener.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        let shared = Arc::new(Shared { bodies: Bodies::of(size, app_id)?, calls: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, port, shared })
    }

    /// Number of calls since the last time, by route.
    #[must_use]
    pub fn take_calls(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut *self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[must_use]
    pub fn stages(&self) -> Bytes {
        self.shared.bodies.stages.clone()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Bodies { master, application, executors, stages, active_stages, jobs, operations } = &shared.bodies;
    let path = request.uri().path();
    let active = request.uri().query().is_some_and(|query| query.contains("status=active"));
    let route = match path.rsplit_once("/api/") {
        None => "master",
        Some((_, "V2/me")) => "login",
        Some((_, rest)) => rest.splitn(4, '/').nth(3).unwrap_or("application"),
    };
    *shared.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(route.to_owned()).or_default() += 1;
    let body = match route {
        "master" => master,
        "application" => application,
        "allexecutors" | "executors" => executors,
        "stages" if active => active_stages,
        "stages" => stages,
        "jobs" => jobs,
        "connect/operations" => operations,
        // The login service takes each token as the user's name.
        "login" => {
            let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            return ok(json!({"user": token.unwrap_or_default()}).to_string().into());
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ok(body.clone())
}

fn ok(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
}

impl Bodies {
    fn of(size: Size, app_id: &str) -> Result<Self> {
        let ended: Vec<Value> = serde_json::from_str(ENDED)?;
        let ended: Vec<_> = ended.into_iter().filter(|stage| stage["status"] == "COMPLETE").map(as_listed).collect();
        let active = as_listed(serde_json::from_str(ACTIVE)?);
        let active: Vec<_> = (0..size.active_stages).map(|n| moved(&active, size.ended_stages + n)).collect();
        let of_ended = (0..size.ended_stages).filter_map(|n| Some(moved(ended.get(n % ended.len())?, n)));
        // Spark lists the newest stages first.
        let stages: Vec<_> = of_ended.chain(active.iter().cloned()).rev().collect();
        Ok(Self {
            master: MASTER.into(),
            application: json!({"id": app_id, "name": "bench", "attempts": []}).to_string().into(),
            executors: EXECUTORS.into(),
            stages: serde_json::to_vec(&stages)?.into(),
            active_stages: serde_json::to_vec(&active)?.into(),
            jobs: JOBS.into(),
            operations: OPERATIONS.into(),
        })
    }
}

/// A stage as in the list of all stages, without the details that were recorded with it.
fn as_listed(mut stage: Value) -> Value {
    if let Some(fields) = stage.as_object_mut() {
        for detail in ["tasks", "executorSummary", "taskMetricsDistributions", "executorMetricsDistributions"] {
            fields.remove(detail);
        }
    }
    stage
}

/// A recorded stage with another number.
fn moved(stage: &Value, number: usize) -> Value {
    let mut stage = stage.clone();
    let times = [("submissionTime", number), ("firstTaskLaunchedTime", number), ("completionTime", number + 1)];
    for (name, second) in times {
        if let Some(value) = stage.get_mut(name) {
            *value = time(second).into();
        }
    }
    if let Some(value) = stage.get_mut("stageId") {
        *value = number.into();
    }
    stage
}

/// The time of a stage in Spark's format; stages are one second apart.
fn time(number: usize) -> String {
    let seconds = BEGIN_MS / 1000 + number as i64;
    let (day, second) = (seconds / 86_400 % 28 + 1, seconds % 86_400);
    format!("2026-11-{day:02}T{:02}:{:02}:{:02}.000GMT", second / 3600, second / 60 % 60, second % 60)
}
