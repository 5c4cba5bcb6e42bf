//! The one task that writes: changes wait in a bounded queue, and whoever adds one never waits.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sqlx::Connection;
use tokio::sync::mpsc;

use crate::{Change, Store, StoreError, retention::Retention, write};

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
}

/// A queue and the task's work, which the caller starts.
#[must_use]
pub fn writer(store: Arc<Store>, retention: Retention) -> (Recorder, Writer) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let lost = Arc::new(AtomicU64::new(0));
    let recorder = Recorder { changes: sender, lost: Arc::clone(&lost) };
    (recorder, Writer { store, changes: receiver, retention, lost, taken_home_ms: None })
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
            self.write(&mut batch).await;
        }
        self.changes.close();
        while self.changes.recv_many(&mut batch, AT_ONCE).await > 0 {
            self.write(&mut batch).await;
        }
        let result = self.store.take_home(now_ms()).await;
        complain(&result, "The history could not be copied to the state folder");
        self.store.close().await;
    }

    async fn write(&mut self, batch: &mut Vec<Change>) {
        let mut rows = Vec::new();
        let mut tend_ms = None;
        for change in batch.drain(..) {
            match change {
                Change::Tend { now_ms } => tend_ms = Some(now_ms),
                Change::Forget { now_ms, done } => {
                    // What was queued before it is forgotten too.
                    rows.clear();
                    let result = self.store.forget(now_ms).await;
                    complain(&result, "The history could not be forgotten");
                    // The asker may have gone.
                    let _ = done.send(result);
                }
                row => rows.push(row),
            }
        }
        let count = u64::try_from(rows.len()).unwrap_or(0);
        let mut result = self.rows(&rows).await;
        if result.as_ref().is_err_and(StoreError::is_full) {
            let newest_ms = rows.iter().filter_map(at_ms).max().unwrap_or(0);
            result = match self.store.purge(self.retention, newest_ms).await {
                Ok(()) => self.rows(&rows).await,
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

    async fn rows(&self, rows: &[Change]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut db = self.store.writer.acquire().await?;
        // A second sidecar may write as well; whoever begins so never has to give up in the middle.
        let mut change = db.begin_with("BEGIN IMMEDIATE").await?;
        for row in rows {
            match row {
                Change::Tick(tick) => write::tick(&mut change, tick).await?,
                Change::Run { system, shape, run } => write::run(&mut change, system, shape, run).await?,
                Change::Tend { .. } | Change::Forget { .. } => {}
            }
        }
        change.commit().await?;
        Ok(())
    }

    async fn tend(&mut self, now_ms: i64) -> Result<(), StoreError> {
        self.store.roll_up(self.retention, now_ms).await?;
        self.store.purge(self.retention, now_ms).await?;
        let Some(every_ms) = self.store.copied_every_ms() else { return Ok(()) };
        if self.taken_home_ms.is_none_or(|taken_ms| !(taken_ms..taken_ms + every_ms).contains(&now_ms)) {
            self.store.take_home(now_ms).await?;
            self.taken_home_ms = Some(now_ms);
        }
        Ok(())
    }
}

fn at_ms(change: &Change) -> Option<i64> {
    match change {
        Change::Tick(tick) => Some(tick.at_ms),
        Change::Run { run, .. } => Some(run.submitted_ms),
        Change::Tend { .. } | Change::Forget { .. } => None,
    }
}

fn complain(result: &Result<(), StoreError>, what: &str) {
    if let Err(error) = result {
        tracing::warn!(%error, "{what}");
    }
}
