//! `POST export/shipments`: delivers a job, if it changes what the person was shown.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use monitor::{Whose, clock};
use serde::Serialize;
use wire::{
    ErrorBody,
    export::{ExportTarget, NewShipment, Shipment, ShipmentPlace},
};

use super::{
    agreed::{Agreed, agreed, without_secret},
    errors,
    kept::Look,
    owner,
    record::{Delivery, Record},
    steps,
    way::{self, Held},
};
use crate::{
    export::{Exports, airflow::state::Wish, errors as of_export, runs::new_id, turn::Turn},
    http::{ApiError, Caller, JsonBody},
};

/// Jobs of one person that may be on their way at once.
const AT_ONCE: usize = 5;

/// A line of the audit log, written before a job is delivered.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    shipment_id: &'a str,
    /// None if it has a secret, which the person let out.
    path: Option<&'a str>,
    dag_id: Option<&'a str>,
    /// What has such a secret besides the notebook: the message, the path, a parameter.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    allowed_secrets: &'a [String],
    /// Of all that the person was shown of the job, and of what its delivery changes.
    hash: &'a str,
    plan: &'a str,
    trigger: bool,
    unpause: bool,
    /// The standalone master to which it is submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    submits_to: Option<&'a str>,
}

/// Delivers a job and follows it in Airflow, or on a standalone cluster. The answer comes at once; its timeline says how it goes on.
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
    exports.destination(new.options.target)?;
    let plan = new.plan.clone().ok_or_else(errors::no_plan)?;
    let agreed = agreed(&exports, &new, turn).await?;
    let record = begin(&exports, whose, agreed, plan, new).await?;
    Ok((StatusCode::ACCEPTED, Json(steps::shipment(&record))))
}

/// Begins a delivery whose plan was agreed to.
///
/// # Errors
/// When there are too many, or it cannot be written down.
pub(super) async fn begin(
    exports: &Arc<Exports>,
    whose: Whose,
    agreed: Agreed,
    plan: String,
    new: NewShipment,
) -> Result<Record, ApiError> {
    let owner = owner(&whose);
    let id = new_id().map_err(|error| errors::disk(&error))?;
    let record = Record {
        id: id.clone(),
        owner: owner.clone(),
        path: new.path,
        dag_id: agreed.converted.dag_id.clone(),
        started_at_ms: clock::now_ms(),
        place: match new.options.target {
            ExportTarget::Standalone => ShipmentPlace::Standalone,
            _ => ShipmentPlace::Airflow,
        },
        delivery: Delivery::Now,
        follow: None,
    };
    let wish = Wish {
        run: new.trigger,
        unpause: new.unpause,
        conf: new.parameters.into_iter().collect(),
        note: Some(format!("Shipped from {} by berdl-spark-monitor.", record.path)),
    };
    let message = match new.message.trim() {
        "" => format!("Export {} from {}", record.dag_id, record.path),
        message => message.to_owned(),
    };
    let submits_to = agreed.submission.as_ref().map(|submission| submission.rest_url.clone());
    let what = match record.place {
        ShipmentPlace::Airflow => way::What::Workflow { message, wish },
        ShipmentPlace::Standalone => way::What::Submission(agreed.submission),
    };
    let load = way::Load { files: agreed.files, plan: plan.clone(), what };
    let (begun, dag_id) = (record.clone(), record.dag_id.clone());
    let (converted, allowed_secrets) = (agreed.converted, agreed.secrets);
    let add = move |exports: &Exports| {
        // From the check to the job itself nobody else begins one.
        let mut look = exports.shipments.kept.look();
        may_begin(exports, &look, &record.owner)?;
        let line = Line {
            at_ms: record.started_at_ms,
            event: "ships",
            who: &record.owner,
            shipment_id: &record.id,
            path: without_secret(&record.path),
            dag_id: without_secret(&record.dag_id),
            allowed_secrets: &allowed_secrets,
            hash: &new.hash,
            plan: &plan,
            trigger: new.trigger,
            unpause: new.unpause,
            submits_to: submits_to.as_deref(),
        };
        exports.audit.write(&line).map_err(|error| of_export::not_audited(&error))?;
        exports.audit_secrets(&whose, &converted, "ships")?;
        look.add(record).map_err(|error| errors::disk(&error))
    };
    let acts = exports.on_disk(add).await?;
    way::begin(exports, Held { id, owner, acts }, dag_id, load);
    Ok(begun)
}

/// Counts a job that begins, or begins again.
///
/// # Errors
/// When too many are on their way, or were shipped a short time ago.
pub(super) fn may_begin(exports: &Exports, look: &Look<'_>, owner: &str) -> Result<(), ApiError> {
    if look.going(owner) >= AT_ONCE {
        return Err(errors::too_many_at_once(AT_ONCE));
    }
    exports.shipments.pace.count(clock::now_ms()).map_err(errors::too_soon)
}
