//! `SPARK_MONITOR_MOCK_MODE`: serves answers recorded from a real Spark 4.3 on loopback. The ordinary clients read
//! them, so a demonstration runs the same code as a real cluster. Recorded times are shifted to the present.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use monitor::{Spark, UrlTemplate, clock};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;
use upstream::driver::SparkTime;
use url::Url;

use crate::config::Site;

/// Recorded from Spark 4.3.0 and combined: a spilling, a skewed, a failed and a running query.
const RECORDED: &str = include_str!("mock/recorded.json");

#[derive(Deserialize)]
struct Recorded {
    recorded_at_ms: i64,
    app_id: String,
    clusters: Value,
    master: Value,
    application: Value,
    executors: Value,
    stages: Value,
    jobs: Value,
    operations: Value,
    /// Plan nodes of the running query.
    sql_nodes: Value,
}

/// Serves the recording, and points the site's addresses to it.
///
/// # Errors
/// When no loopback port is available.
pub async fn start(site: &mut Site) -> anyhow::Result<()> {
    let recorded: Recorded = serde_json::from_str(RECORDED)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let app = Router::new()
        .route("/clusters", get(|State(recorded): State<Arc<Recorded>>| async move { Json(recorded.clusters.clone()) }))
        .route("/json/", get(|State(recorded): State<Arc<Recorded>>| async move { recorded.now(&recorded.master) }))
        .route("/proxy/{app_id}/api/v1/applications/{id}", get(application))
        .route("/proxy/{app_id}/api/v1/applications/{id}/{*list}", get(list))
        .with_state(Arc::new(recorded));
    tokio::spawn(async move {
        let served: io::Result<()> = axum::serve(listener, app).await;
        served
    });
    site.cluster_manager = Some(Url::parse(&address)?);
    let masters = vec![UrlTemplate::parse(&address, None).map_err(anyhow::Error::msg)?];
    site.spark = Spark::Cluster { masters, driver: None };
    Ok(())
}

async fn application(
    State(recorded): State<Arc<Recorded>>,
    Path((_, app_id)): Path<(String, String)>,
) -> Result<Json<Value>, StatusCode> {
    if app_id == recorded.app_id { Ok(recorded.now(&recorded.application)) } else { Err(StatusCode::NOT_FOUND) }
}

async fn list(
    State(recorded): State<Arc<Recorded>>,
    Path((_, _, list)): Path<(String, String, String)>,
) -> Result<Json<Value>, StatusCode> {
    match list.as_str() {
        "executors" | "allexecutors" => Ok(recorded.now(&recorded.executors)),
        "stages" => Ok(recorded.now(&recorded.stages)),
        "jobs" => Ok(recorded.now(&recorded.jobs)),
        "connect/operations" => Ok(recorded.now(&recorded.operations)),
        "sql/48" => Ok(recorded.now(&recorded.sql_nodes)),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

impl Recorded {
    /// A recorded value with its times shifted, as if it had been recorded now.
    fn now(&self, value: &Value) -> Json<Value> {
        let mut value = value.clone();
        shift(&mut value, clock::now_ms() - self.recorded_at_ms);
        Json(value)
    }
}

fn shift(value: &mut Value, by_ms: i64) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), field.as_i64()) {
                    ("finishTimestamp" | "closeTimestamp", Some(0)) => {}
                    (
                        "starttime" | "lastheartbeat" | "startTimestamp" | "finishTimestamp" | "closeTimestamp",
                        Some(time),
                    ) => *field = (time + by_ms).into(),
                    _ => shift(field, by_ms),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shift(item, by_ms)),
        Value::String(text) => {
            // Spark gives an end before 1970 to what has not ended. Leave that as it is.
            if let Some(SparkTime(time)) = SparkTime::parse(text).filter(|time| time.0 > 0) {
                *text = SparkTime(time + by_ms).to_string();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
