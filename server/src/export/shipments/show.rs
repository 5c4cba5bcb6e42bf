//! The jobs of a person that are on their way, or were.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use wire::{
    ErrorBody,
    export::{Shipment, Shipments},
};

use super::{errors, owner, record::Record, steps};
use crate::{
    export::Exports,
    http::{ApiError, Caller},
};

/// All jobs that the caller has shipped, the newest first.
#[utoipa::path(get, path = "/export/shipments", tag = "export", responses(
    (status = 200, description = "The jobs with their timelines", body = Shipments),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_shipments(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
) -> Result<Json<Shipments>, ApiError> {
    let owner = owner(&whose);
    let mut mine: Vec<Record> = exports
        .shipments
        .kept
        .with(|jobs| jobs.values().map(|job| &job.record).filter(|record| record.owner == owner).cloned().collect());
    mine.sort_by_key(|record| (std::cmp::Reverse(record.started_at_ms), record.id.clone()));
    Ok(Json(Shipments { shipments: mine.iter().map(steps::shipment).collect() }))
}

/// One job.
#[utoipa::path(get, path = "/export/shipments/{id}", tag = "export",
    params(("id" = String, Path, description = "The job")),
    responses(
        (status = 200, description = "The job with its timeline", body = Shipment),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_shipment(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
) -> Result<Json<Shipment>, ApiError> {
    Ok(Json(steps::shipment(&find(&exports, &owner(&whose), &id)?)))
}

/// A job of the caller's.
pub(super) fn find(exports: &Exports, owner: &str, id: &str) -> Result<Record, ApiError> {
    let mine = |record: &&Record| record.owner == owner;
    let found = exports.shipments.kept.with(|jobs| jobs.get(id).map(|job| &job.record).filter(mine).cloned());
    found.ok_or_else(errors::unknown)
}
