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
    let mine = exports.on_disk(move |exports| Ok(exports.shipments.kept.look().all_of(&owner))).await?;
    Ok(Json(Shipments { shipments: mine.iter().map(|record| shown(&exports, record)).collect() }))
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
    let record = find(&exports, owner(&whose), id).await?;
    Ok(Json(shown(&exports, &record)))
}

/// A job of the caller's.
pub(super) async fn find(exports: &Arc<Exports>, owner: String, id: String) -> Result<Arc<Record>, ApiError> {
    exports.on_disk(move |exports| exports.shipments.kept.look().of(&owner, &id).ok_or_else(errors::unknown)).await
}

/// What was shipped is shown also where nothing can be done with it any more.
fn shown(exports: &Exports, record: &Record) -> Shipment {
    let mut shipment = steps::shipment(record);
    if exports.follows(record.place).is_err() {
        shipment.acts.clear();
    }
    shipment
}
