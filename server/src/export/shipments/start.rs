//! `POST export/shipments`: delivers a job, if it changes what the person was shown.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use monitor::clock;
use serde::Serialize;
use wire::{
    ErrorBody,
    export::{NewShipment, Shipment},
};

use super::{
    agreed::agreed,
    errors, owner,
    record::{Delivery, Record},
    steps, way,
};
use crate::{
    export::{Exports, airflow::follow::Wish, errors as of_export, runs::new_id, turn::Turn},
    http::{ApiError, Caller, JsonBody},
};

/// Jobs of one person that may be on their way at once.
const AT_ONCE: usize = 5;
/// Longest message of a commit, characters.
const LONGEST_MESSAGE: usize = 2_000;

/// A line of the audit log, written before a job is delivered.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    shipment_id: &'a str,
    path: &'a str,
    dag_id: &'a str,
    /// Of all that the person was shown of the job, and of what its delivery changes.
    hash: &'a str,
    plan: &'a str,
    trigger: bool,
    unpause: bool,
}

/// Delivers a job and follows it in Airflow. The answer comes at once; its timeline says how it goes on.
#[utoipa::path(post, path = "/export/shipments", tag = "export", request_body = NewShipment, responses(
    (status = 202, description = "It is on its way", body = Shipment),
    (status = 409, description = "The notebook is not the one that was shown, or no plan was (`conflict`)", body = ErrorBody),
    (status = 422, description = "A finding keeps the job from being delivered (`blocked`)", body = ErrorBody),
    (status = 429, description = "Too many jobs at once, or in a short time (`too_many`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn ship(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    turn: Turn,
    JsonBody(new): JsonBody<NewShipment>,
) -> Result<(StatusCode, Json<Shipment>), ApiError> {
    exports.shipments.place()?;
    let plan = new.plan.clone().ok_or_else(errors::no_plan)?;
    let agreed = agreed(&exports, &new, turn).await?;
    let owner = owner(&whose);
    let shipments = &exports.shipments;
    let is_going = |record: &Record| record.owner == owner && !record.has_ended();
    if shipments.kept.with(|jobs| jobs.values().filter(|job| is_going(&job.record)).count()) >= AT_ONCE {
        return Err(errors::too_many(60));
    }
    shipments.pace.count(clock::now_ms()).map_err(errors::too_many)?;
    let id = new_id().map_err(|error| errors::disk(&error))?;
    let NewShipment { path, hash, trigger, unpause, .. } = &new;
    let dag_id = agreed.converted.dag_id.clone();
    let line = Line {
        at_ms: clock::now_ms(),
        event: "ships",
        who: &owner,
        shipment_id: &id,
        path,
        dag_id: &dag_id,
        hash,
        plan: &plan,
        trigger: *trigger,
        unpause: *unpause,
    };
    exports.audit.write(&line).map_err(|error| of_export::not_audited(&error))?;
    exports.audit_secrets(&whose, &agreed.converted, "ships")?;
    let record = Record {
        id,
        owner,
        path: path.clone(),
        dag_id,
        started_at_ms: clock::now_ms(),
        delivery: Delivery::Now,
        follow: None,
    };
    shipments.kept.add(record.clone()).map_err(|error| errors::disk(&error))?;
    let wish = Wish {
        run: *trigger,
        unpause: *unpause,
        conf: new.parameters.into_iter().collect(),
        note: Some(format!("Shipped from {} by berdl-spark-monitor.", record.path)),
    };
    let message: String = match new.message.trim() {
        "" => format!("Export {} from {}", record.dag_id, record.path),
        message => message.chars().take(LONGEST_MESSAGE).collect(),
    };
    way::begin(&exports, &record, way::Load { files: agreed.files, plan, message, wish });
    Ok((StatusCode::ACCEPTED, Json(steps::shipment(&record))))
}
