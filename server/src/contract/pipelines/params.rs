//! `POST notebook/scrape-params`: the parameters of a saved notebook with their defaults.

use std::sync::Arc;

use axum::{Json, extract::State};
use notebook_job::{Notebook, Options, Shell, Version, convert};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task;

use super::{answer::Refused, body::Body, paths};
use crate::{
    export::{Exports, turn::Turn},
    http::{ApiError, Caller},
    words::pipelines as words,
};

/// Its syntax decides what a literal is; no version has another one.
const PYTHON: Version = Version { minor: 11 };

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    notebook_path: Option<String>,
}

/// Only literals are parameters, as in a job.
pub(super) async fn scrape(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    turn: Turn,
    Body(asked): Body<Asked>,
) -> Result<Json<Value>, Refused> {
    let saved = paths::read(&exports, asked.notebook_path.as_deref()).await?;
    let read = move || {
        let notebook = Notebook::read(&saved.name, &saved.bytes)?;
        let options = Options {
            python: PYTHON,
            skip: Default::default(),
            shell: Shell::Drop,
            lines: Default::default(),
            allow_secrets: true,
        };
        let parameters = convert(&notebook, &saved.name, &options).parameters;
        drop(turn);
        Ok(parameters)
    };
    let parameters = task::spawn_blocking(read).await.map_err(|_| ApiError::internal())?;
    let parameters = parameters.map_err(|error: notebook_job::ReadError| Refused::bad(words::not_converted(&error)))?;
    let source = if parameters.is_empty() { "none" } else { "notebook" };
    let params = parameters.iter().map(|one| json!({ "name": one.name, "default": one.source }));
    Ok(Json(json!({ "params": params.collect::<Vec<_>>(), "source": source })))
}
