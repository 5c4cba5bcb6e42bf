//! `POST export/shipments/{id}/{act}`: a person unpauses the workflow, ends its run, or looks again.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use monitor::clock;
use serde::Serialize;
use tokio::sync::mpsc::error::TrySendError;
use wire::{
    ErrorBody,
    export::{Shipment, ShipmentAct},
};

use super::{
    agreed::without_secret,
    errors,
    follow::Follow,
    kept::Look,
    owner,
    record::Record,
    start::may_begin,
    steps,
    way::{self, Held},
};
use crate::{
    export::{Exports, airflow::state::Act, errors as of_export},
    http::{ApiError, Caller},
};

/// A line of the audit log.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    shipment_id: &'a str,
    dag_id: Option<&'a str>,
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
        (status = 409, description = "That cannot be done now, or not here (`conflict`)", body = ErrorBody),
        (status = 429, description = "Too many jobs or acts at once, or in a short time (`too_many`)", body = ErrorBody),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn act(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path((id, act)): Path<(String, ShipmentAct)>,
) -> Result<Json<Shipment>, ApiError> {
    exports.delivers()?;
    let owner = owner(&whose);
    let (shipment, begun) = exports.on_disk(move |exports| taken(exports, owner, id, act)).await?;
    if let Some((held, follow)) = begun {
        way::go_on(&exports, held, follow);
    }
    Ok(Json(shipment))
}

/// Gives the act to the job's follower, or to the job if it has none; then it is to be followed.
fn taken(
    exports: &Exports,
    owner: String,
    id: String,
    act: ShipmentAct,
) -> Result<(Shipment, Option<(Held, Follow)>), ApiError> {
    let does = match act {
        ShipmentAct::Unpause => Act::Unpause,
        ShipmentAct::Cancel => Act::Cancel,
        ShipmentAct::Retry => Act::Retry,
    };
    let mut look = exports.shipments.kept.look();
    let record = look.of(&owner, &id).ok_or_else(errors::unknown)?;
    exports.follows(record.place)?;
    let can = |record: &Record| if steps::acts(record).contains(&act) { Ok(()) } else { Err(errors::no_act()) };
    can(&record)?;
    let write_down = |look: &Look<'_>| {
        if act == ShipmentAct::Retry {
            may_begin(exports, look, &owner)?;
        }
        let dag_id = without_secret(&record.dag_id);
        let line = Line { at_ms: clock::now_ms(), event: "acts", who: &owner, shipment_id: &id, dag_id, act };
        exports.audit.write(&line).map_err(|error| of_export::not_audited(&error))
    };
    if let Some(acts) = look.acts(&id) {
        // A place first: what cannot be done is not written down.
        match acts.try_reserve() {
            Ok(place) => {
                write_down(&look)?;
                place.send(does);
                return Ok((steps::shipment(&record), None));
            }
            Err(TrySendError::Full(())) => return Err(errors::too_many_acts()),
            // The follower has failed, and this is the next.
            Err(TrySendError::Closed(())) => {}
        }
    }
    let held = look.hold(&id).map_err(|error| errors::disk(&error))?;
    let (record, acts) = held.ok_or_else(errors::followed_elsewhere)?;
    // It was read again under the lock.
    let may = can(&record).and_then(|()| write_down(&look));
    let Some(mut follow) = record.follow.clone().filter(|_| may.is_ok()) else {
        look.release(&id);
        return Err(may.err().unwrap_or_else(errors::no_act));
    };
    follow.act(does, clock::now_ms());
    look.change(&id, |record| record.follow = Some(follow.clone()));
    let record = look.of(&owner, &id).ok_or_else(errors::unknown)?;
    Ok((steps::shipment(&record), Some((Held { id, owner, acts }, follow))))
}
