//! What users of the selected application have requested, which of it is running, and why it waits.

mod ask;
mod batches;
mod cell;
mod classic_name;
mod draft;
mod drafts;
pub(crate) mod ending;
mod job_tags;
mod nested;
mod parts;
mod runs;
mod seen;
mod snapshot;
mod spill;
mod sql_drafts;
mod stage_look;
mod stream;
mod stream_drafts;
mod time_left;
mod wait;

use std::{sync::Arc, time::Duration};

use wire::{Queries, Query, QueryStages, QueryState, Stages, StreamBatches, Wait};

use crate::{
    AppExecutors, AppStages, DriverCall, DriverKey, Error, Failure, Limits, Observed, Tasks,
    cached::Cached,
    selection::{self, Chosen, OfApp, Selection},
    stages,
};
use ask::ListsOperations;
pub use cell::Cell;
pub(crate) use parts::QueryParts;
pub use runs::{QueryRun, Sums};
use seen::QueriesAndStages;
pub use snapshot::Snapshot;
pub(crate) use stage_look::StageLook;

/// How long an answer waits for parts that only explain it.
const EXTRA: Duration = Duration::from_secs(1);
/// How long a driver's set of lists is remembered: some may have been missing while it was starting.
const LISTS_LIFETIME: Duration = Duration::from_secs(60);

/// See the module's sentence.
#[derive(Debug)]
pub struct AppQueries {
    seen: Cached<DriverKey, QueriesAndStages>,
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

    /// The application's queries and stages as they were at one moment: whatever is derived from it agrees.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn moment(&self, selection: &Observed<Selection>) -> Result<Observed<OfApp<Snapshot>>, Error> {
        selection::ask(selection, |call| self.ask(call)).await
    }

    /// Running queries with silent ones last, then recent ones; newest first.
    pub async fn list(&self, selection: &Observed<Selection>, moment: &Observed<OfApp<Snapshot>>) -> Observed<Queries> {
        let Observed { value: OfApp { app, known }, age } = moment.clone();
        let queries = known.as_ref().map_or_else(|| nothing(app.clone()), |known| known.queries(app.clone()));
        let of_app = |app: &wire::App| wait::of_app(app, &selection.value.apps, works(&queries));
        let wait = app.as_ref().and_then(of_app);
        let queries = waiting(queries, wait);
        let queries = Observed { value: queries, age };
        let may_lack = |known: &Snapshot| queries.value.wait.is_none() && known.may_lack_executors(&queries.value);
        let is_outlived = |known: &Snapshot| queries.value.wait.is_none() && known.may_be_outlived(&queries.value);
        match &selection.value.chosen {
            Some(Chosen { call, .. }) if known.as_ref().is_some_and(is_outlived) => {
                let slots = tokio::time::timeout(EXTRA, self.executors.slots_now(call.clone())).await;
                let tasks = slots.ok().and_then(Result::ok).and_then(|slots| u32::try_from(slots.used).ok());
                let wait = tasks.filter(|tasks| *tasks > 0).map(|tasks| Wait::TasksGoOn { tasks });
                queries.map(|queries| Queries { wait, ..queries }).passing()
            }
            Some(Chosen { app: wire::App { cores: Some(cores @ 1..), .. }, call })
                if known.is_some_and(|it| may_lack(&it)) =>
            {
                // A reason is not worth a late answer.
                let slots = tokio::time::timeout(EXTRA, self.executors.task_slots(call.clone())).await.ok().flatten();
                let wait = (slots == Some(0)).then_some(Wait::ExecutorsRegistering { cores: *cores });
                // The answer now depends on more than queries and stages.
                queries.map(|queries| waiting(queries, wait)).passing()
            }
            _ => queries,
        }
    }

    async fn ask(&self, call: DriverCall) -> Result<Observed<Snapshot>, Failure> {
        // Queries that are fetched now belong to stages of now, not to ones that are only good enough for a slow view.
        let asked = DriverCall { max_age: Duration::ZERO, ..call.clone() };
        let (stages, lists) = (Arc::clone(&self.stages), Arc::clone(&self.lists_operations));
        let fetch = |_| async move {
            let stages = stages.ask(&asked).await.map_err(|failure| (*failure.error).clone())?;
            let queries = Arc::new(ask::ask(&asked, &stages.value, &lists).await?);
            Ok(QueriesAndStages { queries, stages })
        };
        let both = self.seen.last_good(&call.key, call.max_age, fetch).await?;
        let both = both.value.stages.clone().zip(both);
        // The moment of the answer: that of its oldest part.
        let time = call.driver_time(both.observed_at_ms());
        Ok(both.map(|(stages, both)| Snapshot { queries: Arc::clone(&both.queries), stages, time }))
    }
}

impl OfApp<Snapshot> {
    /// Active stages, and spilled bytes.
    #[must_use]
    pub fn stages(self) -> Stages {
        stages::list(OfApp { app: self.app, known: self.known.map(|known| (known.stages, known.time)) })
    }

    /// Tasks that the active stages run.
    #[must_use]
    pub fn running_tasks(&self) -> u32 {
        self.known.as_ref().map_or(0, |known| known.stages.running_tasks())
    }

    /// One query with the stages of its jobs; none if Spark has forgotten it.
    #[must_use]
    pub fn query(self, query_id: &str) -> QueryStages {
        let Self { app, known } = self;
        match known {
            Some(known) => known.query(app, query_id),
            None => QueryStages {
                app,
                query: None,
                user: String::new(),
                stages: Vec::new(),
                stages_not_shown: 0,
                stages_forgotten: 0,
            },
        }
    }

    /// The newest batches of a stream; none of another query, and of one that Spark has forgotten.
    #[must_use]
    pub fn batches(self, query_id: &str) -> StreamBatches {
        let Self { app, known } = self;
        match known {
            Some(known) => known.batches(app, query_id),
            None => StreamBatches { app, ..StreamBatches::default() },
        }
    }
}

/// What is shown of a driver's lists, for fuzzing.
#[cfg(feature = "fuzz")]
#[must_use]
pub fn of_rows(
    jobs: Vec<upstream::query_rows::JobRow>,
    operations: Option<Vec<upstream::query_rows::OperationRow>>,
    sql: Vec<upstream::query_rows::SqlRow>,
    stages: crate::stages::StageDigest,
) -> Queries {
    let queries = seen::QueriesSeen { jobs, operations, sql, ..seen::QueriesSeen::default() };
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

/// When a query ended; for one that runs, now. Milliseconds since 1970.
pub(crate) fn ended_ms(query: &Query) -> i64 {
    query.submitted_at_ms.saturating_add_unsigned(query.elapsed_ms)
}

fn nothing(app: Option<wire::App>) -> Queries {
    let (sessions, running, recent) = (Vec::new(), Vec::new(), Vec::new());
    Queries { app, wait: None, sessions, running, running_not_shown: 0, recent }
}

#[cfg(test)]
mod moments;
#[cfg(test)]
mod tests;
