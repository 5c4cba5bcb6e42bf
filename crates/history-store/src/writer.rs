//! The one task that writes: changes wait in a bounded queue, and whoever adds one never waits.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::mpsc;

use crate::{
    Change, Store, StoreError, SystemKey, Tick,
    forgotten::Forgotten,
    pool::Db,
    retention::{HOUR_MS, Retention},
    transaction::in_transaction,
    write,
};

/// Changes that may wait. A tick a minute and a few runs need far less; more means that the disk hangs.
const WAITING: usize = 1_024;
/// Changes that are written at once.
const AT_ONCE: usize = 128;

/// Adds changes to the queue. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder {
    changes: mpsc::Sender<Change>,
    lost: Arc<AtomicU64>,
}

/// Writes the changes; see [`Self::run`].
#[derive(Debug)]
pub struct Writer {
    store: Arc<Store>,
    changes: mpsc::Receiver<Change>,
    retention: Retention,
    lost: Arc<AtomicU64>,
    /// When the database was last taken home.
    taken_home_ms: Option<i64>,
    /// When what was too old was last removed.
    old_removed_ms: Option<i64>,
}

/// A queue and the task's work, which the caller starts.
#[must_use]
pub fn writer(store: Arc<Store>, retention: Retention) -> (Recorder, Writer) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let lost = Arc::new(AtomicU64::new(0));
    let recorder = Recorder { changes: sender, lost: Arc::clone(&lost) };
    (recorder, Writer { store, changes: receiver, retention, lost, taken_home_ms: None, old_removed_ms: None })
}

impl Recorder {
    /// Adds a change. If the queue is full, the change is lost and counted.
    pub fn record(&self, change: Change) {
        if self.changes.try_send(change).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changes that could not be kept since the start.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Writer {
    /// Writes until `end`, then what still waits; at last the log is written back and the database taken home. `now_ms`
    /// says what time it is.
    pub async fn run(mut self, end: impl Future<Output = ()>, now_ms: impl Fn() -> i64) {
        tokio::pin!(end);
        let mut batch = Vec::with_capacity(AT_ONCE);
        loop {
            let taken = tokio::select! {
                biased;
                taken = self.changes.recv_many(&mut batch, AT_ONCE) => taken,
                () = &mut end => break,
            };
            if taken == 0 {
                break;
            }
            self.write(&mut batch, now_ms()).await;
        }
        self.changes.close();
        while self.changes.recv_many(&mut batch, AT_ONCE).await > 0 {
            self.write(&mut batch, now_ms()).await;
        }
        let result = self.store.end(now_ms()).await;
        complain(&result, "The history could not be copied to the state folder");
    }

    async fn write(&mut self, batch: &mut Vec<Change>, now_ms: i64) {
        let mut rows = Vec::new();
        let mut tend_ms = None;
        for change in batch.drain(..) {
            match change {
                Change::Tend { now_ms } => tend_ms = Some(now_ms),
                Change::Forget { owner, now_ms, done } => {
                    // What was queued before it is forgotten too.
                    rows.retain(|row| owner.as_ref().is_some_and(|owner| !is_of(row, owner)));
                    let result = self.store.forget(owner.as_deref(), now_ms).await;
                    complain(&result, "The history could not be forgotten");
                    // The asker may have gone.
                    let _ = done.send(result);
                }
                row => rows.push(row),
            }
        }
        let count = u64::try_from(rows.len()).unwrap_or(0);
        let mut result = self.rows(&rows, now_ms).await;
        if let (Some(local), Err(error)) = (self.store.local(), &result)
            && error.is_full()
        {
            result = match local.shrink(self.retention, now_ms).await {
                Ok(()) => self.rows(&rows, now_ms).await,
                Err(error) => Err(error),
            };
        }
        if result.is_err() {
            self.lost.fetch_add(count, Ordering::Relaxed);
        }
        complain(&result, "The history could not be written");
        if let Some(now_ms) = tend_ms {
            complain(&self.tend(now_ms).await, "The history could not be tidied");
        }
    }

    async fn rows(&self, rows: &[Change], now_ms: i64) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        // Whoever writes the same systems at the same time waits at the first, instead of each for the other.
        let mut sorted: Vec<&Change> = rows.iter().collect();
        sorted.sort_by_key(|row| system_of(row).map(|system| (&system.owner, &system.name)));
        let mut db = self.store.writer.acquire().await?;
        in_transaction!(&mut db, write_all(&mut db, &sorted, now_ms))
    }

    async fn tend(&mut self, now_ms: i64) -> Result<(), StoreError> {
        self.store.roll_up(self.retention, now_ms).await?;
        let is_due = |then_ms: Option<i64>, every_ms| then_ms.is_none_or(|ms| !(ms..ms + every_ms).contains(&now_ms));
        if is_due(self.old_removed_ms, HOUR_MS) && self.store.remove_old(self.retention, now_ms).await? {
            self.old_removed_ms = Some(now_ms);
        }
        let Some(local) = self.store.local() else { return Ok(()) };
        local.shrink(self.retention, now_ms).await?;
        let Some(every_ms) = local.copied_every_ms() else { return Ok(()) };
        if is_due(self.taken_home_ms, every_ms) {
            local.take_home(now_ms).await?;
            self.taken_home_ms = Some(now_ms);
        }
        Ok(())
    }
}

async fn write_all(db: &mut Db, rows: &[&Change], now_ms: i64) -> Result<(), StoreError> {
    let forgotten = Forgotten::read(&mut *db, now_ms).await?;
    for row in rows {
        match row {
            Change::Tick(tick) if !forgotten.has(&tick.system.owner, tick.at_ms) => write::tick(&mut *db, tick).await?,
            Change::Run { system, shape, run } if !forgotten.has(&system.owner, run.submitted_ms) => {
                write::run(&mut *db, system, shape, run).await?;
            }
            Change::Tick(_) | Change::Run { .. } | Change::Tend { .. } | Change::Forget { .. } => {}
        }
    }
    Ok(())
}

/// Whether a row belongs to an owner or to nobody.
fn is_of(change: &Change, owner: &str) -> bool {
    system_of(change).is_some_and(|system| system.owner == owner || system.owner.is_empty())
}

fn system_of(change: &Change) -> Option<&SystemKey> {
    match change {
        Change::Tick(Tick { system, .. }) | Change::Run { system, .. } => Some(system),
        Change::Tend { .. } | Change::Forget { .. } => None,
    }
}

fn complain(result: &Result<(), StoreError>, what: &str) {
    if let Err(error) = result {
        tracing::warn!(%error, "{what}");
    }
}
