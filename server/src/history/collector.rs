//! Takes samples on a grid of times, as long as the sidecar runs: overnight runs are what people miss. It shares the
//! caches of all views, and needs no token.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::atomic::Ordering,
    time::Duration,
};

use history_store::{Change, Component, Lease, Recorder, Run, SpanSeen, Store, SystemKey, Tick, Values};
use monitor::{Error, Observed, Selection, Whose, clock, cluster, queries::QueryRun};
use tokio_util::sync::CancellationToken;
use wire::{Cluster, Executors, WorkerState, past::RunState};

use super::{History, error_class, redact, shape};

/// While nothing runs, only every so many samples is taken.
const IDLE: u32 = 5;
/// Queries that are looked at for each sample.
const RUNS: usize = 200;
/// Runs that are known to be written.
const KNOWN: usize = 2_000;
/// A run is written this long after its end, when Spark has counted all its tasks; milliseconds.
const SETTLED_MS: i64 = 2_000;
/// Longest name of an application, characters.
const LONGEST_NAME: usize = 200;
/// Applications, workers and newly lost executors that one sample keeps.
const MOST: usize = 100;

pub(crate) const CLUSTER: (&str, &str) = ("system", "cluster");
pub(super) const APP: &str = "app";
pub(super) const WORKER: &str = "worker";
pub(super) const EXECUTOR: &str = "executor";
pub(super) const GONE: &str = "gone";

/// See the module's sentence.
pub(super) struct Collector<'a> {
    pub history: &'a History,
    pub whose: Whose,
    pub recorder: Recorder,
    pub store: &'a Store,
    /// Applications that were active at the last sample.
    active: BTreeSet<String>,
    /// The queries that ran at the last sample, and their application: the one that was chosen then.
    running: Vec<(String, QueryRun)>,
    /// What was written last, to ask the database less.
    written: VecDeque<(String, String)>,
    /// Lost executors that were written.
    lost: BTreeSet<String>,
}

impl<'a> Collector<'a> {
    pub fn new(history: &'a History, whose: Whose, recorder: Recorder, store: &'a Store) -> Self {
        let (active, running, written, lost) = Default::default();
        Self { history, whose, recorder, store, active, running, written, lost }
    }

    /// Samples until the end.
    pub async fn run(mut self, end: &CancellationToken) {
        let step_ms = i64::try_from(self.history.site.sample.as_millis()).unwrap_or(60_000);
        let lease =
            Lease { name: "collector", holder: holder(), lasts_ms: step_ms.saturating_mul(i64::from(IDLE) + 1) };
        let mut steps = 1;
        loop {
            let wait_ms = step_ms - clock::now_ms().rem_euclid(step_ms);
            let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
            if end.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                break;
            }
            let at_ms = clock::now_ms().div_euclid(step_ms) * step_ms;
            steps -= 1;
            if steps > 0 {
                continue;
            }
            let is_mine = lease.take(self.store, clock::now_ms()).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "The history's lease could not be taken");
                // Whoever sampled goes on, so that what cannot be stored is counted.
                self.history.samples.load(Ordering::Relaxed)
            });
            self.history.samples.store(is_mine, Ordering::Relaxed);
            steps = IDLE;
            if is_mine {
                match end.run_until_cancelled(self.sample(at_ms, step_ms)).await {
                    None => break,
                    Some(Ok(true)) => steps = 1,
                    Some(Ok(false)) => {}
                    Some(Err(error)) => tracing::debug!(%error, "No sample was taken"),
                }
            }
            self.recorder.record(Change::Tend { now_ms: clock::now_ms() });
        }
        // The next sidecar need not wait.
        if let Err(error) = lease.give_back(self.store).await {
            tracing::debug!(%error, "The history's lease could not be given back");
        }
    }

    /// Takes one sample; true if an application is active.
    async fn sample(&mut self, at_ms: i64, step_ms: i64) -> Result<bool, Error> {
        let facts = &self.history.facts;
        let max_age = self.history.site.sample / 4 * 3;
        let selection = Selection::of(&facts.applications, &self.whose, max_age, None).await?;
        // An old answer is no sample: what is not known is a gap.
        if selection.age.failure.is_some() {
            return Ok(!self.active.is_empty());
        }
        let cluster = self.cluster(&selection, max_age).await?;
        let is_active = !selection.value.apps.active.is_empty();
        let mut tick =
            self.tick(&selection.value, &cluster, at_ms, if is_active { step_ms } else { step_ms * i64::from(IDLE) });
        let now: BTreeSet<String> = selection.value.apps.active.iter().map(|app| app.app_id.clone()).collect();
        for app_id in self.active.difference(&now) {
            tick.spans.push(span(APP, app_id, GONE, Values::new()));
            self.lost_runs(app_id);
        }
        self.active = now;
        // Of an application that is not looked at any more, nobody knows which queries still run.
        let chosen = selection.value.chosen.as_ref().map(|chosen| &chosen.app.app_id);
        self.running.retain(|(of_app, _)| Some(of_app) == chosen);
        if let Some(chosen) = &selection.value.chosen {
            let app_id = chosen.app.app_id.clone();
            let slots = match facts.executors.list(&selection).await {
                Ok(seen) if seen.age.failure.is_none() => {
                    self.executors(&app_id, &seen.value, &mut tick);
                    i64::from(seen.value.task_slots)
                }
                _ => 0,
            };
            match facts.queries.moment(&selection).await {
                Ok(moment) if moment.age.failure.is_none() => {
                    if let Some(known) = moment.value.known {
                        self.runs(&app_id, slots, known.runs(RUNS));
                    }
                }
                _ => {}
            }
        }
        self.recorder.record(Change::Tick(tick));
        Ok(is_active)
    }

    async fn cluster(&self, selection: &Observed<Selection>, max_age: Duration) -> Result<Cluster, Error> {
        let facts = &self.history.facts;
        match facts.applications.masters() {
            Ok(masters) => {
                let answer = masters.last_good(&self.whose, max_age).await?;
                Ok(cluster::summary(answer.value.state()?, answer.value.clock_ahead_ms))
            }
            Err(_) => Ok(facts.executors.as_cluster(selection).await?.value),
        }
    }

    fn tick(&self, selection: &Selection, cluster: &Cluster, at_ms: i64, step_ms: i64) -> Tick {
        let mut values = BTreeMap::from([
            ("cores_used", number(cluster.cores.used)),
            ("cores_total", number(cluster.cores.total)),
            ("workers_alive", cluster.workers_alive.into()),
            ("apps_running", cluster.apps_running.into()),
            ("apps_waiting", cluster.apps_waiting.into()),
        ]);
        if let Some(memory) = cluster.memory_mib {
            values.extend([("memory_used_mib", number(memory.used)), ("memory_total_mib", number(memory.total))]);
        }
        let mut components = vec![component(CLUSTER.0, CLUSTER.1, String::new(), &values)];
        let mut spans = Vec::new();
        for app in selection.apps.active.iter().take(MOST) {
            let name: String = shape::long_numbers(&app.name).chars().take(LONGEST_NAME).collect();
            let facts = serde_json::json!({"name": name, "started_at_ms": app.started_at_ms}).to_string();
            let cores = app.cores.map(|cores| ("cores", f64::from(cores)));
            components.push(component(APP, &app.app_id, facts, &cores.into_iter().collect()));
            let state = if app.state == wire::ApplicationState::Waiting { "waiting" } else { "running" };
            spans.push(span(APP, &app.app_id, state, Values::new()));
        }
        for worker in cluster.workers.iter().take(MOST) {
            let state = match worker.state {
                WorkerState::Alive => "alive",
                WorkerState::Dead => "dead",
                WorkerState::Decommissioned => "decommissioned",
                WorkerState::Unknown => "unknown",
            };
            spans.push(span(WORKER, &worker.worker_id, state, Values::new()));
        }
        let (system, received_ms) = (self.system(), clock::now_ms());
        Tick { system, at_ms, step_ms, received_ms, source: "sidecar".to_owned(), components, spans }
    }

    fn executors(&mut self, app_id: &str, seen: &Executors, tick: &mut Tick) {
        let alive = seen.executors.iter().filter(|executor| executor.removed.is_none());
        let heap = seen.executors.iter().chain(&seen.driver).map(|executor| executor.peak_heap_bytes).max();
        let storage = seen.executors.iter().map(|executor| executor.storage_bytes.used).fold(0, u64::saturating_add);
        let values = BTreeMap::from([
            ("executors", number(u64::try_from(alive.count()).unwrap_or(u64::MAX))),
            ("active_tasks", f64::from(seen.active_tasks)),
            ("task_slots", f64::from(seen.task_slots)),
            ("peak_heap_bytes", number(heap.unwrap_or(0))),
            ("storage_bytes", number(storage)),
        ]);
        if let Some(app) =
            tick.components.iter_mut().find(|component| component.kind == APP && component.name == app_id)
        {
            app.values.extend(values.into_iter().map(|(name, value)| (name.to_owned(), value)));
        }
        if self.lost.len() >= KNOWN {
            // What is written again is stored once.
            self.lost.clear();
        }
        // Those that are alive come first, and may be many.
        let removed = seen.executors.iter().filter_map(|executor| Some((executor, executor.removed.as_deref()?)));
        let removed =
            removed.map(|(executor, reason)| (executor, format!("{app_id}/{}", executor.executor_id), reason));
        let new: Vec<_> = removed.filter(|(_, name, _)| !self.lost.contains(name)).take(MOST).collect();
        for (executor, name, reason) in new {
            let values =
                [("peak_heap_bytes", number(executor.peak_heap_bytes)), ("failed_tasks", executor.failed_tasks.into())];
            let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let once_at_ms = Some(executor.removed_at_ms.unwrap_or(tick.at_ms).min(tick.at_ms));
            let reason = error_class::of_removal(reason);
            tick.spans.push(SpanSeen { once_at_ms, ..span(EXECUTOR, &name, &reason, values) });
            self.lost.insert(name);
        }
    }

    /// Writes the runs that have ended, and remembers those that run.
    fn runs(&mut self, app_id: &str, slots: i64, runs: Vec<QueryRun>) {
        self.running.clear();
        for run in runs.into_iter().filter(|run| self.history.is_own(&self.whose, run)) {
            let Some(state) = RunState::of(run.state) else {
                self.running.push((app_id.to_owned(), run));
                continue;
            };
            let ended_ms = run.submitted_at_ms.saturating_add_unsigned(run.elapsed_ms);
            let key = (app_id.to_owned(), run.query_id.clone());
            if state == RunState::Unknown
                || clock::now_ms() < ended_ms.saturating_add(SETTLED_MS)
                || self.written.contains(&key)
            {
                continue;
            }
            self.write(app_id, slots, state, &run);
            self.written.push_back(key);
            if self.written.len() > KNOWN {
                self.written.pop_front();
            }
        }
    }

    /// Writes the queries that ran when their application was last seen. If it comes back, their real ends replace this.
    fn lost_runs(&self, app_id: &str) {
        for (_, run) in self.running.iter().filter(|(of_app, _)| of_app == app_id) {
            self.write(app_id, 0, RunState::Lost, run);
        }
    }

    fn write(&self, app_id: &str, slots: i64, state: RunState, seen: &QueryRun) {
        let texts = self.history.site.keeps_texts.then(|| redact::texts(seen));
        let run = Run { texts, ..run(app_id, slots, state, seen) };
        self.recorder.record(Change::Run { system: self.system(), shape: shape::shape(seen), run: Box::new(run) });
    }

    fn system(&self) -> SystemKey {
        SystemKey { owner: super::owner(&self.whose), name: "spark".to_owned(), kind: "spark".to_owned() }
    }
}

/// A run as it is remembered, without its texts.
pub(super) fn run(app_id: &str, slots: i64, state: RunState, seen: &QueryRun) -> Run {
    let whole = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    Run {
        app_id: app_id.to_owned(),
        query_id: seen.query_id.clone(),
        plan_hash: shape::plan_hash(seen),
        // A time from the future would be the newest for ever.
        submitted_ms: seen.submitted_at_ms.min(clock::now_ms()),
        duration_ms: whole(seen.elapsed_ms),
        waited_ms: whole(seen.waited_ms),
        state: state.word().to_owned(),
        error_class: seen.failure.as_deref().and_then(error_class::of_failure),
        slots,
        tasks: seen.tasks.into(),
        run_ms: whole(seen.sums.run_ms),
        cpu_ms: whole(seen.sums.cpu_ms),
        gc_ms: whole(seen.sums.gc_ms),
        read_bytes: whole(seen.sums.read_bytes),
        shuffle_bytes: whole(seen.sums.shuffle_bytes),
        spilled_bytes: whole(seen.sums.spilled_bytes),
        written_bytes: whole(seen.sums.written_bytes),
        texts: None,
    }
}

fn component(kind: &str, name: &str, facts: String, values: &BTreeMap<&str, f64>) -> Component {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    Component { kind: kind.to_owned(), name: name.to_owned(), facts, values }
}

fn span(kind: &str, name: &str, state: &str, values: Values) -> SpanSeen {
    SpanSeen { kind: kind.to_owned(), name: name.to_owned(), state: state.to_owned(), values, once_at_ms: None }
}

#[expect(clippy::cast_precision_loss, reason = "cores and bytes are far below 2^53")]
pub(super) fn number(value: u64) -> f64 {
    value as f64
}

/// A name that no other process has.
fn holder() -> String {
    let mut random = [0; 8];
    // Without randomness the process's id must do.
    let _ = getrandom::fill(&mut random);
    format!("{}-{:016x}", std::process::id(), u64::from_be_bytes(random))
}
