//! Stages of the selected application.

mod digest;
mod pace;
mod running;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use upstream::{UpstreamError, driver::AcceptedStage, driver_path::DriverPath};
use wire::{Activity, Stages};

pub use digest::{KeptStage, StageDigest, TaskTime, newest};
pub use pace::Rates;

use crate::{
    AppExecutors, DriverCall, DriverKey, Error, Failure, Good, Limits, Observed, Tasks,
    cached::Cached,
    clock::{self, DriverTime},
    selection::{self, OfApp, Selection},
};

/// How long the stages wait for what only corrects them.
const EXTRA: Duration = Duration::from_millis(700);

/// See the module's sentence.
#[derive(Debug)]
pub struct AppStages {
    all: Cached<DriverKey, StageDigest>,
    active: Cached<DriverKey, StageDigest>,
    bytes: Cached<DriverKey, Bytes>,
    executors: Arc<AppExecutors>,
}

impl AppStages {
    #[must_use]
    pub fn new(executors: Arc<AppExecutors>, limits: &Limits, tasks: &Tasks) -> Self {
        let lifetime = limits.stages_lifetime;
        Self {
            all: Cached::new(limits.driver_cache("stages", lifetime), tasks.clone()),
            active: Cached::new(limits.driver_cache("active stages", lifetime), tasks.clone()),
            bytes: Cached::new(limits.driver_cache("stages, passed through", lifetime), tasks.clone()),
            executors,
        }
    }

    /// The driver's `stages`, byte for byte.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn bytes(&self, call: DriverCall) -> Result<Arc<Bytes>, Failure> {
        let (retry, key) = (call.retry, call.key.clone());
        let fetch = |_| async move { call.bytes::<AcceptedStage>(DriverPath::Stages).await };
        Ok(self.bytes.fresh_for(retry, &key, fetch).await?.value)
    }

    /// Active stages, and spilled bytes.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn list(&self, selection: &Observed<Selection>) -> Result<Observed<Stages>, Error> {
        let seen = selection::ask(selection, async |call| {
            let seen = self.ask(&call).await?;
            let time = call.driver_time(seen.observed_at_ms());
            Ok(seen.map(|stages| (stages, time)))
        });
        Ok(seen.await?.map(list))
    }

    /// What is running now; none if nothing is, or if that is unknown right now.
    pub async fn activity(&self, selection: &Observed<Selection>) -> Option<Observed<Option<Activity>>> {
        let chosen = selection.value.chosen.as_ref().filter(|_| selection.age.failure.is_none())?;
        let (call, executors) = (chosen.call.clone(), Arc::clone(&self.executors));
        let fetch = |_| corrected(call, DriverPath::ActiveStages, executors);
        let seen: Observed<Arc<StageDigest>> =
            self.active.last_good(&chosen.call.key, chosen.call.max_age, fetch).await.ok()?;
        // What was running before the driver failed may have ended long ago.
        let now = Some(seen).filter(|seen| seen.age.failure.is_none())?;
        Some(now.expiring_with(&selection.age).map(|stages| stages.activity(&chosen.app.name)))
    }

    /// The application's stages, shared by everything that is derived from them.
    pub(crate) async fn ask(&self, call: &DriverCall) -> Result<Observed<Arc<StageDigest>>, Failure> {
        let (asked, executors) = (call.clone(), Arc::clone(&self.executors));
        let fetch = |before: Option<Good<StageDigest>>| async move {
            let stages = corrected(asked, DriverPath::Stages, executors).await?;
            Ok(stages.after(before.as_ref().map(|good| &*good.value), clock::now_ms()))
        };
        self.all.last_good(&call.key, call.max_age, fetch).await
    }
}

/// The stages as the panel shows them.
pub(crate) fn list(OfApp { app, known }: OfApp<(Arc<StageDigest>, DriverTime)>) -> Stages {
    match known {
        Some((stages, time)) => stages.shown(app, time),
        None => StageDigest::default().shown(app, DriverTime::at(clock::now_ms(), 0)),
    }
}

/// Stages with corrected counts of running tasks, which the executors know better.
async fn corrected(
    call: DriverCall,
    path: DriverPath,
    executors: Arc<AppExecutors>,
) -> Result<StageDigest, UpstreamError> {
    let stages: StageDigest = call.rows(path).await?;
    if stages.active().next().is_none() {
        return Ok(stages);
    }
    // This is only a correction, so its failure is not reported.
    match tokio::time::timeout(EXTRA, executors.slots_now(call)).await {
        Ok(Ok(slots)) => Ok(stages.with_slots(slots)),
        Ok(Err(_)) | Err(_) => Ok(stages),
    }
}
