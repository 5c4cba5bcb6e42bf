//! What users of the selected application have requested, which of it is running, and why it waits.

mod ask;
mod classic_name;
mod draft;
mod drafts;
mod ending;
mod job_tags;
mod nested;
mod seen;
mod snapshot;
mod sql_drafts;
mod stage_look;
mod stream;
mod stream_drafts;
mod time_left;
mod wait;

use std::{sync::Arc, time::Duration};

use wire::{Queries, Query, QueryStages, QueryState, Wait};

use crate::{
    AppExecutors, AppStages, DriverCall, DriverKey, Error, Failure, Limits, Observed, Tasks,
    cached::Cached,
    selection::{self, Chosen, OfApp, Selection},
};
use ask::ListsOperations;
use seen::QueriesSeen;
use snapshot::Snapshot;

/// How long an answer waits for parts that only explain it.
const EXTRA: Duration = Duration::from_secs(1);
/// How long a driver's set of lists is remembered: some may have been missing while it was starting.
const LISTS_LIFETIME: Duration = Duration::from_secs(60);

/// See the module's sentence.
#[derive(Debug)]
pub struct AppQueries {
    seen: Cached<DriverKey, QueriesSeen>,
    lists_operations: Arc<Cached<DriverKey, ListsOperations>>,
    stages: Arc<AppStages>,
    executors: Arc<AppExecutors>,
}

impl AppQueries {
    #[must_use]
    pub fn new(stages: Arc<AppStages>, executors: Arc<AppExecutors>, limits: &Limits, tasks: &Tasks) -> Self {
        // Not logged, because the cache of the queries logs the same failure.
        let of_lists = limits.cache(upstream::Upstream::Driver, None, LISTS_LIFETIME);
        Self {
            seen: Cached::new(limits.driver_cache("queries", limits.stages_lifetime), tasks.clone()),
            lists_operations: Arc::new(Cached::new(of_lists, tasks.clone())),
            stages,
            executors,
        }
    }

    /// Running queries with silent ones last, then recent ones; newest first.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn list(&self, selection: &Observed<Selection>) -> Result<Observed<Queries>, Error> {
        let seen = selection::ask(selection, |call| self.ask(call)).await?;
        let (OfApp { app, known }, age) = (seen.value, seen.age);
        let queries = known.as_ref().map_or_else(|| nothing(app.clone()), |known| known.queries(app.clone()));
        let of_app = |app: &wire::App| wait::of_app(app, &selection.value.apps, works(&queries));
        let wait = app.as_ref().and_then(of_app);
        let queries = waiting(queries, wait);
        let queries = Observed { value: queries, age };
        let may_lack = |known: &Snapshot| queries.value.wait.is_none() && known.may_lack_executors(&queries.value);
        match &selection.value.chosen {
            Some(Chosen { app: wire::App { cores: Some(cores @ 1..), .. }, call })
                if known.is_some_and(|it| may_lack(&it)) =>
            {
                // A reason is not worth a late answer.
                let slots = tokio::time::timeout(EXTRA, self.executors.task_slots(call.clone())).await.ok().flatten();
                let wait = (slots == Some(0)).then_some(Wait::ExecutorsRegistering { cores: *cores });
                // The answer now depends on more than queries and stages.
                Ok(queries.map(|queries| waiting(queries, wait)).passing())
            }
            _ => Ok(queries),
        }
    }

    /// One query with the stages of its jobs; none if Spark has forgotten it.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn one(&self, selection: &Observed<Selection>, query_id: &str) -> Result<Observed<QueryStages>, Error> {
        let seen = selection::ask(selection, |call| self.ask(call)).await?;
        Ok(seen.map(|OfApp { app, known }| match known {
            Some(known) => known.query(app, query_id),
            None => QueryStages { app, query: None, stages: Vec::new(), stages_not_shown: 0, stages_forgotten: 0 },
        }))
    }

    async fn ask(&self, call: DriverCall) -> Result<Observed<Snapshot>, Failure> {
        let stages = self.stages.ask(&call).await?;
        let (asked, digest, lists) = (call.clone(), Arc::clone(&stages.value), Arc::clone(&self.lists_operations));
        let fetch = |_| async move { ask::ask(&asked, &digest, &lists).await };
        let queries = self.seen.last_good(&call.key, call.max_age, fetch).await?;
        let both = stages.zip(queries);
        // The moment of the answer: that of its oldest part.
        let time = call.driver_time(both.observed_at_ms());
        Ok(both.map(|(stages, queries)| Snapshot { queries, stages, time }))
    }
}

/// What is shown of a driver's lists, for fuzzing.
#[cfg(fuzzing)]
#[must_use]
pub fn of_rows(
    jobs: Vec<upstream::query_rows::JobRow>,
    operations: Option<Vec<upstream::query_rows::OperationRow>>,
    sql: Vec<upstream::query_rows::SqlRow>,
    stages: crate::stages::StageDigest,
) -> Queries {
    let queries = QueriesSeen { jobs, operations, sql, ..QueriesSeen::default() };
    Snapshot { queries: Arc::new(queries), stages: Arc::new(stages), time: crate::clock::DriverTime::at(0, 0) }
        .queries(None)
}

/// Whether a query is running; a silent one does not count, because it may never end.
#[must_use]
pub fn works(queries: &Queries) -> bool {
    let rests = |query: &Query| matches!(query.wait, Some(Wait::NextBatch { .. }));
    queries.running.iter().any(|query| query.state == QueryState::Running && !rests(query))
}

/// What the application waits for, which also holds for each of its queries without a running task.
fn waiting(mut queries: Queries, wait: Option<Wait>) -> Queries {
    let rests = |query: &Query| matches!(query.wait, Some(Wait::NextBatch { .. }));
    for query in queries.running.iter_mut().filter(|query| query.tasks.running == 0 && !rests(query)) {
        query.wait = wait.clone().or_else(|| query.wait.take());
    }
    Queries { wait, ..queries }
}

fn nothing(app: Option<wire::App>) -> Queries {
    let (sessions, running, recent) = (Vec::new(), Vec::new(), Vec::new());
    Queries { app, wait: None, sessions, running, running_not_shown: 0, recent }
}

#[cfg(test)]
mod moments;
#[cfg(test)]
mod tests;
