//! `POST export`: what a notebook becomes, and with `preview: false` its delivery.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use monitor::{Whose, clock};
use notebook_job::Notebook;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task;
use upstream::user::User;

use super::{
    answer::Refused,
    body::Body,
    cells::Chosen,
    paths,
    payload::{Checked, Payload},
    place::repository,
    rejected::rejected,
    secrets, trigger,
};
use crate::{
    export::{
        Exports,
        conversion::{self, Asked, ConversionError, Converted},
        shipments::direct::Delivered,
        turn::Turn,
    },
    http::{ApiError, Caller},
    words::pipelines as words,
};

/// Findings that an error names.
const MOST_FINDINGS: usize = 5;

/// A line of the audit log, for an export that delivers nothing; a delivery has its own.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    path: &'a str,
    dag_id: &'a str,
}

/// A job, and what the older extension says of it.
struct Made {
    converted: Converted,
    path: String,
    is_all_filtered: bool,
    /// The fields that each answer has.
    body: Value,
}

/// Shows a job, or delivers it.
pub(super) async fn export(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    turn: Turn,
    Body(payload): Body<Payload>,
) -> Result<Response, Refused> {
    let Checked { dag_id, mode } = payload.checked()?;
    payload.place.check(&exports)?;
    let is_preview = payload.preview.unwrap_or_default();
    let pushes = payload.auto_push_to_airflow.unwrap_or(true);
    if !is_preview && pushes {
        exports.may_deliver()?;
    }
    let made = made(&exports, &payload, &dag_id, mode, turn).await?;
    if is_preview {
        let mut body = made.body;
        add(&mut body, json!({ "preview": true, "would_write_to": generated_path(&exports, &dag_id) }));
        return Ok(Json(body).into_response());
    }
    deliver(&exports, &whose, &payload, made, pushes).await
}

/// Where the job's code is in the repository, or in the folder of workflows.
fn generated_path(exports: &Exports, dag_id: &str) -> String {
    let folder = exports.git().map(|git| git.folder.as_str()).filter(|folder| !folder.is_empty());
    folder.map_or_else(|| format!("{dag_id}/job.py"), |folder| format!("{folder}/{dag_id}/job.py"))
}

async fn made(
    exports: &Exports,
    payload: &Payload,
    dag_id: &str,
    mode: &'static str,
    turn: Turn,
) -> Result<Made, Refused> {
    let saved = paths::read(exports, payload.notebook_path.as_deref()).await?;
    let read = task::spawn_blocking(move || (Notebook::read(&saved.name, &saved.bytes), saved));
    let (notebook, saved) = read.await.map_err(|_| ApiError::internal())?;
    let notebook = notebook.map_err(|error| Refused::bad(words::not_converted(&error)))?;
    let kinds = payload.enabled_cell_kinds.as_deref().unwrap_or_default();
    let chosen = Chosen::of(&notebook, payload.skip_cells.as_deref().unwrap_or_default(), kinds);
    if chosen.cells.is_empty() {
        return Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, words::NO_CODE));
    }
    let left_out = chosen.left_out();
    let skip = left_out.iter().filter_map(|cell| u32::try_from(*cell).ok()).collect();
    let ours = |older: usize| chosen.cells.get(older).map(|cell| cell.ours);
    let asked = Asked { name: saved.name, notebook: saved.bytes, options: payload.options(dag_id, skip, ours) };
    let mut converted = conversion::convert(asked, exports.connection(), turn).await.map_err(refused)?;
    let allows = payload.allow_secrets.unwrap_or_default();
    let (rejected, emptied) = rejected(&converted, &chosen);
    match &payload.override_code {
        Some(text) => {
            if !allows {
                secrets::check_text(text, converted.python)?;
                // The defaults of the parameters stand in the workflow, which is not edited.
                let others = (0..notebook.cells.len()).filter(|cell| Some(*cell) != converted.job.parameters_cell);
                secrets::check(&notebook, &others.collect(), converted.python)?;
                secrets::check_text(&converted.job.requirements.join("\n"), converted.python)?;
            }
            let edited = conversion::edited(converted, text.clone()).await;
            converted = edited.map_err(|refusal| {
                let message = words::edited(refusal.line, &refusal.message);
                Refused::new(StatusCode::UNPROCESSABLE_ENTITY, message)
            })?;
            converted.options.allow_secrets = allows;
        }
        None if !allows => secrets::check(&notebook, &left_out, converted.python)?,
        None => {}
    }
    let exported = chosen
        .cells
        .iter()
        .filter(|cell| cell.kind == "parameters" || !(left_out.contains(&cell.ours) || emptied.contains(&cell.ours)));
    let cells = exported.count();
    let is_left = |ours: &usize| !left_out.contains(ours) && !emptied.contains(ours);
    let is_all_filtered = !chosen.cells.iter().any(|cell| is_left(&cell.ours));
    let body = json!({
        "status": "ok",
        "mode": mode,
        "cells": cells,
        "content": converted.job.text,
        "rejected": rejected,
        "note": words::CONNECT,
        "findings": converted.job.findings,
    });
    Ok(Made { converted, path: saved.path, is_all_filtered, body })
}

fn refused(error: ConversionError) -> Refused {
    match error {
        ConversionError::Lost(_) | ConversionError::Target(_) => {
            tracing::error!(%error, "A notebook could not be converted");
            ApiError::internal().into()
        }
        error => Refused::bad(words::not_converted(&error)),
    }
}

async fn deliver(
    exports: &Arc<Exports>,
    whose: &Whose,
    payload: &Payload,
    made: Made,
    pushes: bool,
) -> Result<Response, Refused> {
    let Made { converted, path, is_all_filtered, mut body } = made;
    let unprocessable = |message: String| Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, message));
    if is_all_filtered {
        return unprocessable(words::NOTHING_LEFT.to_owned());
    }
    if converted.job.is_blocked() {
        let found = converted.job.findings.iter().filter(|finding| finding.severity.blocks()).take(MOST_FINDINGS);
        let found = found.map(|one| words::finding(one.cell, one.line, &one.message, &one.fix));
        return unprocessable(words::blocked(&found.collect::<Vec<_>>()));
    }
    let dag_id = converted.dag_id.clone();
    let path_of_job = generated_path(exports, &dag_id);
    add(&mut body, json!({ "generated_path": path_of_job, "auto_trigger": null, "airflow_visibility_eta_s": null }));
    if !pushes {
        if !exports.runs() {
            return Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, words::READ_ONLY));
        }
        let who = whose.user().map(User::name).unwrap_or_default();
        exports.audit_secrets(whose, &converted, "exports")?;
        exports.audit(&Line { at_ms: clock::now_ms(), event: "exports", who, path: &path, dag_id: &dag_id })?;
        set_git(&mut body, &json!({ "status": "skipped", "reason": words::NOT_PUSHED }));
        return Ok(Json(body).into_response());
    }
    let triggers = payload.auto_trigger_dag.unwrap_or(true);
    let message = format!("jupyterlab-pipelines: deliver DAG {dag_id}");
    let delivered = exports.deliver(whose, converted, &path, message, triggers).await?;
    let failed = |mut body: Value, reason: &str| {
        let message = format!("{} {reason}", words::NOT_DELIVERED);
        add(&mut body, json!({ "status": "error", "message": message, "reason": null }));
        set_git(&mut body, &json!({ "status": "error", "message": reason }));
        Ok((StatusCode::BAD_GATEWAY, Json(body)).into_response())
    };
    match delivered {
        Delivered::Failed(reason) => failed(body, &reason),
        Delivered::Late => failed(body, words::LATE),
        Delivered::Done { commit, commit_url, merge_request, folder, is_created } => {
            let place = exports.git().map(|git| {
                let (owner, name) = repository(git);
                (format!("{owner}/{name}"), git.branch.clone())
            });
            let provider = if place.is_some() { payload.place.provider()? } else { "folder" };
            let (repo, branch) = place.unwrap_or_default();
            let (own, url) = merge_request.unzip();
            let branch = own.unwrap_or(branch);
            let mut git = json!({
                "status": "ok",
                "provider": provider,
                "repo": repo,
                "branch": branch,
                "path": format!("{folder}/job.py"),
                "commit_sha": commit,
                "web_url": commit_url,
                "commit_url": commit_url,
                "created": is_created,
            });
            if let Some(url) = url {
                add(&mut git, json!({ "merge_request_url": url }));
            }
            set_git(&mut body, &git);
            if triggers {
                let (queued, eta_s) = trigger::queued(exports, &dag_id);
                add(&mut body, json!({ "auto_trigger": queued, "airflow_visibility_eta_s": eta_s }));
            }
            Ok(Json(body).into_response())
        }
    }
}

/// The delivery has two names.
fn set_git(body: &mut Value, git: &Value) {
    add(body, json!({ "git": git, "gitea": git }));
}

/// Adds fields to an answer.
fn add(body: &mut Value, fields: Value) {
    if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
        body.extend(fields);
    }
}
