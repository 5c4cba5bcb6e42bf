//! Executors of the selected application.

mod rows;

use std::sync::Arc;

use bytes::Bytes;
use upstream::{
    UpstreamError,
    driver::{AcceptedExecutor, ExecutorRow},
    driver_path::DriverPath,
    rows::FirstRows,
};
use wire::{Cluster, ClusterKind, Executors, Meter};

pub use rows::{ExecutorsSeen, is_lost};

use crate::{
    DriverCall, DriverKey, Error, Failure, Good, Limits, Observed, Tasks,
    cached::Cached,
    clock::{self, DriverTime},
    selection::{self, OfApp, Selection},
};

/// Executors that are listed individually.
const SHOWN: usize = 1000;

/// See the module's sentence.
#[derive(Debug)]
pub struct AppExecutors {
    seen: Cached<DriverKey, ExecutorsSeen>,
    bytes: Cached<DriverKey, Bytes>,
}

impl AppExecutors {
    #[must_use]
    pub fn new(limits: &Limits, tasks: &Tasks) -> Self {
        let lifetime = limits.executors_lifetime;
        Self {
            seen: Cached::new(limits.driver_cache("executors", lifetime), tasks.clone()),
            bytes: Cached::new(limits.driver_cache("executors, passed through", lifetime), tasks.clone()),
        }
    }

    /// The driver's `executors`, byte for byte.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn bytes(&self, call: DriverCall) -> Result<Arc<Bytes>, Failure> {
        let (retry, key) = (call.retry, call.key.clone());
        let fetch = |_| async move { call.bytes::<AcceptedExecutor>(DriverPath::Executors).await };
        Ok(self.bytes.fresh_for(retry, &key, fetch).await?.value)
    }

    /// All executors, including dead ones; the driver separately.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn list(&self, selection: &Observed<Selection>) -> Result<Observed<Executors>, Error> {
        let seen = selection::ask(selection, async |call| {
            let seen = self.ask(call.clone()).await?;
            let time = call.driver_time(seen.observed_at_ms());
            Ok(seen.map(|executors| (executors, time)))
        });
        Ok(seen.await?.map(|OfApp { app, known }| match known {
            Some((known, time)) => known.shown(app, SHOWN, time),
            None => ExecutorsSeen::default().shown(app, SHOWN, DriverTime::at(clock::now_ms(), 0)),
        }))
    }

    /// Task time of all executors since their start, milliseconds; none if unknown.
    pub(crate) async fn task_time_ms(&self, call: DriverCall) -> Option<u64> {
        Some(self.ask(call).await.ok()?.value.task_time_ms())
    }

    /// Task slots of the application's live executors; none if unknown.
    pub(crate) async fn task_slots(&self, call: DriverCall) -> Option<u64> {
        Some(self.ask(call).await.ok()?.value.slots().total)
    }

    /// The executors of a driver without a master, which are its cluster.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn as_cluster(&self, selection: &Observed<Selection>) -> Result<Observed<Cluster>, Error> {
        let seen = selection::ask(selection, |call| self.ask(call)).await?;
        Ok(selection.as_ref().zip(seen).map(|(Selection { apps, .. }, OfApp { known, .. })| Cluster {
            kind: ClusterKind::DriverOnly,
            last_seen_alive_ms: None,
            trouble: Vec::new(),
            master: None,
            workers: Vec::new(),
            workers_not_shown: 0,
            workers_alive: 0,
            workers_wanted: 0,
            cores: known.map_or_else(Meter::default, |known| known.slots()),
            memory_mib: None,
            apps_running: u32::try_from(apps.active.len()).unwrap_or(u32::MAX),
            apps_waiting: 0,
            start_code: None,
        }))
    }

    /// Task slots of the live executors that have begun a task, fetched after this call. What is derived from other
    /// parts of the driver at the same time agrees with them.
    pub(crate) async fn slots_now(&self, call: DriverCall) -> Result<Meter, Failure> {
        let key = call.key.clone();
        Ok(self.seen.renewed(&key, |before| fetch(call, before)).await?.value.slots_at_work())
    }

    /// All executors of one driver.
    ///
    /// # Errors
    /// The driver's failure.
    pub(crate) async fn ask(&self, call: DriverCall) -> Result<Observed<Arc<ExecutorsSeen>>, Failure> {
        let (key, max_age) = (call.key.clone(), call.max_age);
        self.seen.last_good(&key, max_age, |before| fetch(call, before)).await
    }
}

/// The executors beside stages of the same moment that run `running` tasks. Spark always writes an executor's row when its
/// last task ends, but not always when the next ones begin; then the stages know better. Whose tasks they are is known only
/// of a single executor.
#[must_use]
pub fn beside_stages(mut executors: Executors, running: u32) -> Executors {
    if executors.active_tasks > 0 {
        return executors;
    }
    executors.active_tasks = running.min(executors.task_slots);
    let mut living = executors.executors.iter_mut().filter(|executor| executor.removed.is_none());
    if let (Some(only), None) = (living.next(), living.next()) {
        only.active_tasks = executors.active_tasks.min(only.task_slots);
    }
    executors
}

async fn fetch(call: DriverCall, before: Option<Good<ExecutorsSeen>>) -> Result<ExecutorsSeen, UpstreamError> {
    let rows: FirstRows<ExecutorRow> = call.rows(DriverPath::AllExecutors).await?;
    Ok(ExecutorsSeen::new(rows, before.as_ref().map(|good| &*good.value)))
}

#[cfg(test)]
mod tests {
    use wire::{Executor, Executors};

    use super::beside_stages;

    fn executors(each: &[(u32, bool)]) -> Executors {
        let executor = |&(active_tasks, is_dead): &(u32, bool)| Executor {
            active_tasks,
            task_slots: 2,
            removed: is_dead.then(|| "Worker lost".to_owned()),
            ..Executor::default()
        };
        let living = || each.iter().filter(|(_, is_dead)| !is_dead);
        Executors {
            app: None,
            driver: None,
            executors: each.iter().map(executor).collect(),
            executors_not_shown: 0,
            active_tasks: living().map(|(active, _)| active).sum(),
            task_slots: living().map(|_| 2).sum(),
        }
    }

    fn beside(each: &[(u32, bool)], running: u32) -> (u32, Vec<u32>) {
        let told = beside_stages(executors(each), running);
        (told.active_tasks, told.executors.iter().map(|executor| executor.active_tasks).collect())
    }

    #[test]
    fn executors_whose_rows_are_old_run_what_the_stages_run() {
        assert_eq!(beside(&[(0, false), (0, true)], 2), (2, vec![2, 0]));
        assert_eq!(beside(&[(0, false)], 3), (2, vec![2]), "no more than there are slots");
        assert_eq!(beside(&[(0, false), (0, false)], 3), (3, vec![0, 0]), "Spark alone knows whose they are");
        assert_eq!(beside(&[(1, false)], 2), (1, vec![1]), "what they tell themselves is newer");
        assert_eq!(beside(&[], 2), (0, vec![]));
    }
}
