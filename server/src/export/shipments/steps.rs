//! The timeline of a job on its way, as it is drawn.

mod airflow;
mod standalone;
mod timeline;

use wire::export::{
    MergeRequest as ShippedMergeRequest, Shipment, ShipmentAct, ShipmentPlace, ShippingError, StepName, StepState,
};

use self::timeline::Timeline;
use super::{
    follow::Follow,
    record::{Delivery, MergeRequest, Record, Told},
};
use crate::{
    export::places::Place,
    words::{Said, say},
};

const IN_AIRFLOW: [StepName; 6] =
    [StepName::Checked, StepName::Pushed, StepName::Seen, StepName::Queued, StepName::Running, StepName::Done];
const BY_MERGE_REQUEST: [StepName; 7] = [
    StepName::Checked,
    StepName::Pushed,
    StepName::Merged,
    StepName::Seen,
    StepName::Queued,
    StepName::Running,
    StepName::Done,
];
const ON_CLUSTER: [StepName; 5] =
    [StepName::Checked, StepName::Pushed, StepName::Queued, StepName::Running, StepName::Done];

/// The answer about one job.
pub(super) fn shipment(record: &Record) -> Shipment {
    let merge_request = record.delivery.merge_request();
    let mut line = Timeline::new(match (record.place, merge_request) {
        (ShipmentPlace::Airflow, None) => &IN_AIRFLOW,
        (ShipmentPlace::Airflow, Some(_)) => &BY_MERGE_REQUEST,
        (ShipmentPlace::Standalone, _) => &ON_CLUSTER,
    });
    let mut shipment = Shipment {
        id: record.id.clone(),
        path: record.path.clone(),
        dag_id: record.dag_id.clone(),
        place: record.place,
        started_at_ms: record.started_at_ms,
        commit: None,
        commit_url: None,
        merge_request: merge_request.map(shown),
        run_id: None,
        log_url: None,
        steps: Vec::new(),
        has_ended: record.has_ended(),
        cells_done: 0,
        cells_all: 0,
        problem: None,
        acts: acts(record),
    };
    line.set(StepName::Checked, StepState::Done, record.started_at_ms);
    match &record.delivery {
        Delivery::Now => line.set(StepName::Pushed, StepState::Now, record.started_at_ms),
        Delivery::Done { at_ms, commit, url, is_new, .. } => {
            (shipment.commit, shipment.commit_url) = (commit.clone(), url.clone());
            line.set(StepName::Pushed, StepState::Done, *at_ms);
            if !is_new {
                line.note(StepName::Pushed, &say!("The same files were there already."));
            }
        }
        Delivery::Failed { at_ms, why } => {
            line.set(StepName::Pushed, StepState::Failed, *at_ms);
            line.fail(StepName::Pushed, error(why.clone(), None, String::new()));
        }
    }
    if let (Some(request), Delivery::Done { at_ms, .. }) = (merge_request, &record.delivery) {
        line.set(StepName::Merged, StepState::NeedsPerson, *at_ms);
        line.note(StepName::Merged, &awaited(request));
        shipment.problem = request.why.clone().map(|why| error(why, None, String::new()));
    }
    match &record.follow {
        Some(Follow::Airflow(follow)) => airflow::follow(&mut shipment, &mut line, follow),
        Some(Follow::Standalone(follow)) => standalone::follow(&mut shipment, &mut line, follow),
        None => {}
    }
    Shipment { steps: line.0, ..shipment }
}

fn shown(MergeRequest { branch, number, url, .. }: &MergeRequest) -> ShippedMergeRequest {
    ShippedMergeRequest { branch: branch.clone(), number: *number, url: url.clone() }
}

/// Whom it waits for.
fn awaited(MergeRequest { branch, number, .. }: &MergeRequest) -> Said {
    match number {
        Some(number) => say!("Airflow can read it once merge request %1 is merged.", number),
        None => say!("Open a merge request for the branch %1. Airflow can read the job once it is merged.", branch),
    }
}

/// What a person can do with a job.
pub(super) fn acts(record: &Record) -> Vec<ShipmentAct> {
    let Some(follow) = &record.follow else { return Vec::new() };
    let of_airflow = follow.in_airflow().and_then(airflow::acts);
    let always = if record.has_ended() { ShipmentAct::Retry } else { ShipmentAct::Cancel };
    of_airflow.into_iter().chain([always]).collect()
}

pub(super) fn error(told: Told, place: Option<Place>, detail: String) -> ShippingError {
    ShippingError {
        cell: place.map(|place| number(place.cell)),
        line: place.map(|place| number(place.line)),
        message: told.text,
        message_sentences: told.sentences,
        fix: told.hint,
        fix_sentences: told.hint_sentences,
        detail,
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
