//! `POST export/shipments/{id}/{act}`: a person unpauses the workflow, ends its run, or looks again.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use monitor::clock;
use serde::Serialize;
use wire::{
    ErrorBody,
    export::{Shipment, ShipmentAct},
};

use super::{errors, owner, show, steps, way};
use crate::{
    export::{Exports, airflow::follow::Act, errors as of_export},
    http::{ApiError, Caller},
};

/// A line of the audit log.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    shipment_id: &'a str,
    dag_id: &'a str,
    act: ShipmentAct,
}

/// Does something with a job on its way. Its timeline says what came of it.
#[utoipa::path(post, path = "/export/shipments/{id}/{act}", tag = "export",
    params(
        ("id" = String, Path, description = "The job"),
        ("act" = ShipmentAct, Path, description = "One of the job's `acts`"),
    ),
    responses(
        (status = 200, description = "The job with its timeline", body = Shipment),
        (status = 409, description = "That cannot be done now (`conflict`)", body = ErrorBody),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn act(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path((id, act)): Path<(String, ShipmentAct)>,
) -> Result<Json<Shipment>, ApiError> {
    let owner = owner(&whose);
    let record = show::find(&exports, &owner, &id)?;
    let Some(mut follow) = record.follow.clone().filter(|_| steps::shipment(&record).acts.contains(&act)) else {
        return Err(errors::no_act());
    };
    let at_ms = clock::now_ms();
    let line = Line { at_ms, event: "acts", who: &owner, shipment_id: &id, dag_id: &record.dag_id, act };
    exports.audit.write(&line).map_err(|error| of_export::not_audited(&error))?;
    let does = match act {
        ShipmentAct::Unpause => Act::Unpause,
        ShipmentAct::Cancel => Act::Cancel,
        ShipmentAct::Retry => Act::Retry,
    };
    let acts = exports.shipments.kept.with(|jobs| jobs.get(&id).and_then(|job| job.acts.clone()));
    if acts.is_none_or(|acts| acts.try_send(does).is_err()) {
        // Nobody follows it any more.
        follow.act(does, clock::now_ms());
        exports.shipments.kept.change(&id, |record| record.follow = Some(follow.clone()));
        way::go_on(&exports, id.clone(), follow);
    }
    Ok(Json(steps::shipment(&show::find(&exports, &owner, &id)?)))
}
