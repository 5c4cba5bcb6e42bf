//! `export/airflow` and `export/standalone`: whether Airflow or the master answers, and what it does not allow.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use monitor::clock;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use wire::{
    ErrorBody,
    export::{AirflowCheck, StandaloneCheck},
};

use super::{Standalone, errors, steps};
use crate::{
    export::{Exports, airflow::Airflow},
    http::{ApiError, Caller},
    words::{export_airflow as words, export_standalone as of_standalone},
};

/// How long an answer counts: however many tabs ask, Airflow is asked once.
pub(super) const FRESH: Duration = Duration::from_secs(15);

/// How long the shared folder may take to say that it is there.
const FOLDER_PATIENCE: Duration = Duration::from_secs(5);

/// The last answer. Who asks meanwhile waits for the same: the lock is held while the service is asked, because otherwise
/// each tab would ask it. Every call has a deadline, and a caller who leaves lets go of the lock.
#[derive(Debug)]
pub(super) struct Recent<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Recent<T> {
    /// The answer from a moment ago, or the one to this question.
    async fn or(&self, ask: impl Future<Output = T>) -> T {
        let mut last = self.0.lock().await;
        if let Some((at, check)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            tracing::trace!(age = ?at.elapsed(), "It was asked a moment ago");
            return check.clone();
        }
        let check = ask.await;
        *last = Some((Instant::now(), check.clone()));
        check
    }
}

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
    Some(exports.shipments.check.or(ask(airflow)).await)
}

/// Asks the standalone master whether it takes submissions, and looks for the shared folder. Nothing is changed.
#[utoipa::path(get, path = "/export/standalone", tag = "export", responses(
    (status = 200, description = "Which master answers, or why nothing can be submitted", body = StandaloneCheck),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_standalone_check(
    State(exports): State<Arc<Exports>>,
    _: Caller,
) -> Result<Json<StandaloneCheck>, ApiError> {
    let standalone = exports.standalone()?;
    Ok(Json(exports.shipments.standalone_check.or(ask_master(standalone)).await))
}

async fn ask_master(Standalone { site, submissions }: &Standalone) -> StandaloneCheck {
    let mut check = StandaloneCheck { checked_at_ms: clock::now_ms(), version: None, error: None };
    let refused = match submissions.ready().await {
        Ok(version) => {
            check.version = Some(version);
            let folder = timeout(FOLDER_PATIENCE, tokio::fs::metadata(&site.folder)).await;
            let is_there = folder.is_ok_and(|folder| folder.is_ok_and(|folder| folder.is_dir()));
            (!is_there).then(of_standalone::no_folder)
        }
        Err(error) => {
            tracing::warn!(%error, upstream = "standalone", "No standalone master takes submissions");
            Some(of_standalone::failure(&error))
        }
    };
    check.error = refused.map(|refused| steps::error((&refused).into(), None, String::new()));
    check
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
