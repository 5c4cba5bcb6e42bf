//! One statement: what is asked, how far it is, and its rows.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use connect_client::{Column, Interrupter, Limits, Progress, Rows};
use monitor::{Whose, clock};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wire::sql::{SqlApproval, SqlColumn, SqlError, SqlQuery, SqlRead, SqlState};

use super::open::OpenSession;

/// What a statement is asked to do.
#[derive(Debug)]
pub(super) struct Asked {
    pub statement: connect_client::Statement,
    pub read: SqlRead,
    pub limits: Limits,
    pub tags: Vec<String>,
    /// It was written by the sidecar and only reads, so Spark need not be asked what it is.
    pub is_own_query: bool,
}

/// One statement of a caller.
#[derive(Debug)]
pub(super) struct Statement {
    pub id: Uuid,
    pub owner: Whose,
    pub session: Arc<OpenSession>,
    pub asked: Asked,
    pub started_at_ms: i64,
    now: watch::Sender<Now>,
    result: Mutex<Vec<Rows>>,
    /// Set while it runs.
    pub(super) interrupter: OnceLock<Interrupter>,
    /// Somebody wants it to end.
    pub(super) stop: CancellationToken,
    /// Why it was stopped, if not because its person wanted it.
    pub(super) stopped_because: OnceLock<SqlError>,
    pub(super) approved: Notify,
    /// What it would change; set for a statement that may change something.
    pub(super) allowed: OnceLock<SqlApproval>,
    seen: Mutex<Instant>,
}

/// How far it is. Each change has a new number.
#[derive(Clone, Debug)]
pub(super) struct Now {
    pub seq: u64,
    pub state: SqlState,
    pub approval: Option<SqlApproval>,
    pub columns: Arc<[Column]>,
    pub rows: u64,
    pub bytes: u64,
    pub progress: Progress,
    pub truncated: bool,
    pub error: Option<Arc<SqlError>>,
    pub operation_id: Option<String>,
    pub ended_at_ms: Option<i64>,
    pub cores_still_held: Option<u32>,
    /// Whether rows were dropped to make room.
    pub forgotten: bool,
}

impl Statement {
    pub fn new(owner: Whose, session: Arc<OpenSession>, asked: Asked) -> Arc<Self> {
        let now = Now {
            seq: 1,
            state: SqlState::Queued,
            approval: None,
            columns: Arc::from([]),
            rows: 0,
            bytes: 0,
            progress: Progress::default(),
            truncated: false,
            error: None,
            operation_id: None,
            ended_at_ms: None,
            cores_still_held: None,
            forgotten: false,
        };
        Arc::new(Self {
            id: Uuid::new_v4(),
            owner,
            session,
            asked,
            started_at_ms: clock::now_ms(),
            now: watch::Sender::new(now),
            result: Mutex::default(),
            interrupter: OnceLock::new(),
            stop: CancellationToken::new(),
            stopped_because: OnceLock::new(),
            approved: Notify::new(),
            allowed: OnceLock::new(),
            seen: Mutex::new(Instant::now()),
        })
    }

    pub fn now(&self) -> Now {
        self.now.borrow().clone()
    }

    pub fn state(&self) -> SqlState {
        self.now.borrow().state
    }

    /// Changes what it says, and wakes whoever waits for that. What has ended stays as it ended.
    pub fn change(&self, change: impl FnOnce(&mut Now)) {
        self.now.send_modify(|now| {
            change(now);
            now.seq = now.seq.saturating_add(1);
        });
    }

    /// Ends it, unless it has ended already.
    pub fn end(&self, state: SqlState, error: Option<SqlError>) {
        self.change(|now| {
            if !now.state.is_over() {
                now.state = state;
                now.error = error.map(Arc::new);
                now.approval = None;
                now.ended_at_ms = Some(clock::now_ms());
            }
        });
    }

    /// Waits until something is newer than `after`, at most `patience`.
    pub async fn newer(&self, after: u64, patience: Duration) {
        let mut now = self.now.subscribe();
        let _ = tokio::time::timeout(patience, now.wait_for(|now| now.seq > after)).await;
    }

    /// Waits until `reached` holds, at most `patience`.
    pub async fn until(&self, patience: Duration, reached: impl FnMut(&Now) -> bool) {
        let mut now = self.now.subscribe();
        let _ = tokio::time::timeout(patience, now.wait_for(reached)).await;
    }

    /// Stops it; returns the operations that the server stopped.
    pub async fn cancel(&self) -> Result<Vec<String>, connect_client::ConnectError> {
        self.stop.cancel();
        match self.interrupter.get() {
            Some(interrupter) if !self.state().is_over() => interrupter.interrupt().await,
            _ => Ok(Vec::new()),
        }
    }

    pub fn touch(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When somebody last asked for it.
    pub fn seen(&self) -> Instant {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn may_change_something(&self) -> bool {
        self.allowed.get().is_some()
    }

    pub fn add_rows(&self, rows: Rows) {
        let (count, bytes) = (rows.len(), rows.bytes());
        let mut result = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        // What nobody can ask for any more is not kept either.
        if self.now.borrow().forgotten {
            return;
        }
        result.push(rows);
        drop(result);
        self.change(|now| {
            now.rows = now.rows.saturating_add(u64::try_from(count).unwrap_or(0));
            now.bytes = now.bytes.saturating_add(bytes);
        });
    }

    pub fn forget_rows(&self) {
        // First the mark, so that whoever finds no rows knows why.
        self.change(|now| now.forgotten = true);
        self.result.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The rows that have arrived.
    pub fn result(&self) -> Vec<Rows> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One part of the rows that have arrived, from 0.
    pub fn part_of_result(&self, index: usize) -> Option<Rows> {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned()
    }

    /// Memory of its rows, bytes.
    pub fn kept_bytes(&self) -> u64 {
        self.result.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Rows::bytes).sum()
    }

    pub fn shown(&self) -> SqlQuery {
        let now = self.now();
        let sum = |of: fn(&connect_client::StageProgress) -> u64| now.progress.stages.iter().map(of).sum();
        SqlQuery {
            id: self.id.to_string(),
            session_id: self.session.session.session_id().to_owned(),
            sql: self.asked.statement.text.clone(),
            seq: now.seq,
            state: now.state,
            approval: now.approval,
            columns: now.columns.iter().map(column).collect(),
            rows: now.rows,
            bytes: now.bytes,
            stages: sum(|_| 1),
            stages_done: sum(|stage| stage.done.into()),
            tasks: sum(|stage| stage.tasks),
            tasks_done: sum(|stage| stage.tasks_done),
            tasks_running: if now.state.is_over() { 0 } else { now.progress.running_tasks },
            truncated: now.truncated,
            error: now.error.as_deref().cloned(),
            operation_id: now.operation_id,
            started_at_ms: self.started_at_ms,
            ended_at_ms: now.ended_at_ms,
            cores_still_held: now.cores_still_held,
        }
    }
}

pub(super) fn column(column: &Column) -> SqlColumn {
    SqlColumn { name: column.name.clone(), type_name: column.type_name.clone(), comment: None, is_partition: false }
}
