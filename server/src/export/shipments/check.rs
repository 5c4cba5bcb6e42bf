//! `export/airflow`: whether Airflow answers, and what it does not allow.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use monitor::clock;
use tokio::{sync::Mutex, time::Instant};
use wire::{ErrorBody, export::AirflowCheck};

use super::{errors, steps};
use crate::{
    export::{Exports, airflow::Airflow},
    http::{ApiError, Caller},
    words::export_airflow as words,
};

/// How long an answer counts: however many tabs ask, Airflow is asked once.
pub(super) const FRESH: Duration = Duration::from_secs(15);

/// The last answer. Who asks meanwhile waits for the same: the lock is held while Airflow is asked, because otherwise each
/// tab would ask it. Every call of Airflow has a deadline, and a caller who leaves lets go of the lock.
#[derive(Debug, Default)]
pub(super) struct LastCheck(Mutex<Option<(Instant, AirflowCheck)>>);

/// Asks Airflow who it is, and tries what can be tried without changing anything.
#[utoipa::path(get, path = "/export/airflow", tag = "export", responses(
    (status = 200, description = "Who answers, or why nobody does", body = AirflowCheck),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_check(State(exports): State<Arc<Exports>>, _: Caller) -> Result<Json<AirflowCheck>, ApiError> {
    exports.airflow()?;
    Ok(Json(checked(&exports).await.ok_or_else(errors::no_airflow)?))
}

/// The same, from a moment ago if it was asked then; none if no Airflow is configured.
pub(super) async fn checked(exports: &Exports) -> Option<AirflowCheck> {
    let airflow = exports.airflow().ok()?;
    let mut last = exports.shipments.check.0.lock().await;
    if let Some((at, check)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
        tracing::trace!(age = ?at.elapsed(), "Airflow was asked a moment ago");
        return Some(check.clone());
    }
    let check = ask(airflow).await;
    *last = Some((Instant::now(), check.clone()));
    Some(check)
}

async fn ask(airflow: &Airflow) -> AirflowCheck {
    let mut check = AirflowCheck {
        checked_at_ms: clock::now_ms(),
        version: None,
        user: None,
        missing: Vec::new(),
        missing_sentences: Vec::new(),
        error: None,
    };
    match airflow.reachable().await {
        Ok(found) => {
            let missing: Vec<_> = found.missing.into_iter().map(words::missing).collect();
            check.missing = missing.iter().map(ToString::to_string).collect();
            check.missing_sentences = missing.iter().flat_map(crate::words::Said::sentences).collect();
            (check.version, check.user) = (Some(found.version), found.user);
        }
        Err(error) => {
            tracing::warn!(%error, upstream = "airflow", "No Airflow answers");
            check.error = Some(steps::error((&words::failure(&error)).into(), None, String::new()));
        }
    }
    check
}
