//! `POST airflow/dag-exists`: whether a job of this name is where jobs are delivered to.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer::Refused, body::Body, payload, place::Place};
use crate::{export::Exports, http::Caller};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    dag_id: Option<String>,
    #[serde(flatten)]
    place: Place,
}

/// A job's folder counts, and a file that the older extension pushed.
pub(super) async fn dag_exists(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    Body(asked): Body<Asked>,
) -> Result<Json<Value>, Refused> {
    let dag_id = payload::dag_id(asked.dag_id.as_deref())?;
    asked.place.check(&exports)?;
    let folder = exports.git().map(|git| git.folder.as_str()).filter(|folder| !folder.is_empty());
    let path = |name: &str| folder.map_or_else(|| name.to_owned(), |folder| format!("{folder}/{name}"));
    let job = path(&format!("{dag_id}/job.py"));
    Ok(Json(match exports.delivered_names().await {
        Ok(names) => {
            let file = format!("{dag_id}.py");
            let (is_job, is_file) = (names.contains(&dag_id), names.contains(&file));
            let path = if is_file && !is_job { path(&file) } else { job };
            json!({ "exists": is_job || is_file, "reachable": true, "path": path })
        }
        Err((reachable, reason)) => json!({ "exists": false, "reachable": reachable, "path": job, "reason": reason }),
    }))
}
