//! Runs one statement: asks Spark what it is, lets a person approve what may change something, and reads its result.

use std::{io, sync::Arc, time::Duration};

use connect_client::{ConnectError, Event, Run, RunOptions, StatementKind};
use tokio_util::sync::CancellationToken;
use wire::sql::{SqlError, SqlErrorCode, SqlRead, SqlState};

use super::{Sql, approval, audit, errors, held, statement::Statement};

/// How often the server is told to stop: between the two operations of a query there is nothing to stop, and Spark may
/// begin what it was told to stop just before.
const STOP_ROUND: Duration = Duration::from_secs(1);
/// How long that may take, before it is told to forget the operation.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Why a statement ends before its result was read.
enum Ends {
    Canceled,
    Refused(SqlError),
    /// It was stopped to make room for other results.
    TooLarge(SqlError),
    Failed(ConnectError),
}

impl From<ConnectError> for Ends {
    fn from(error: ConnectError) -> Self {
        Self::Failed(error)
    }
}

/// Runs the statement to its end, and writes down how it ended. `end` is the program's end.
pub(super) async fn drive(sql: Arc<Sql>, statement: Arc<Statement>, end: CancellationToken) {
    let outcome = work(&sql, &statement, &end).await;
    statement.session.touch();
    if statement.may_change_something() {
        statement.session.seen.forget();
    }
    match outcome {
        Ok(()) => {}
        Err(Ends::Canceled) => {
            statement.end(stopped(&statement), statement.stopped_because.get().cloned());
        }
        Err(Ends::Refused(error)) => statement.end(SqlState::Failed, Some(error)),
        Err(Ends::TooLarge(error)) => statement.end(SqlState::LimitExceeded, Some(error)),
        Err(Ends::Failed(error)) => {
            let state = state_of(&error, &statement);
            let because = statement.stopped_because.get().filter(|_| state == stopped(&statement));
            statement.end(state, Some(because.cloned().unwrap_or_else(|| errors::field(&error))));
        }
    }
    if statement.state() != SqlState::Finished {
        statement.forget_rows();
    }
    audit::ended(&sql, &statement);
    sql.histories.add(&statement);
    if statement.state() == SqlState::Canceled {
        held::follow(&sql, &statement, &end).await;
    }
}

fn state_of(error: &ConnectError, statement: &Statement) -> SqlState {
    let began = statement.interrupter.get().is_some();
    match error {
        ConnectError::Limit(_) => SqlState::LimitExceeded,
        // With its session, Spark may drop what it was told to stop before it says that it is stopped.
        _ if statement.stop.is_cancelled() => stopped(statement),
        ConnectError::Spark(spark) if spark.error_class.as_deref() == Some("OPERATION_CANCELED") => SqlState::Canceled,
        ConnectError::Unreachable { .. } | ConnectError::SessionChanged if began => SqlState::Lost,
        _ => SqlState::Failed,
    }
}

/// The state of a statement that was stopped: a person wanted it, nobody watched it, or others needed its room.
fn stopped(statement: &Statement) -> SqlState {
    let is_limit = statement.stopped_because.get().is_some_and(|error| error.code == SqlErrorCode::LimitExceeded);
    if is_limit { SqlState::LimitExceeded } else { SqlState::Canceled }
}

/// What is not written down must not run.
fn not_audited(error: io::Error) -> Ends {
    let message = format!("The audit log cannot be written, so nothing was run: {error}");
    Ends::Refused(SqlError { code: SqlErrorCode::Audit, message, ..SqlError::default() })
}

async fn work(sql: &Sql, statement: &Statement, end: &CancellationToken) -> Result<(), Ends> {
    let prepared = async {
        let run = prepare(sql, statement).await?;
        Ok::<_, Ends>((run, sql.statements.place(&statement.session).await))
    };
    // What runs is stopped on the server; until then it is enough not to go on.
    let (run, _place) = tokio::select! {
        biased;
        () = statement.stop.cancelled() => return Err(Ends::Canceled),
        () = end.cancelled() => return Err(Ends::Canceled),
        prepared = prepared => prepared?,
    };
    read(sql, statement, run, end).await
}

/// Asks Spark what the statement is, and a person if it may change something.
async fn prepare(sql: &Sql, statement: &Statement) -> Result<Run, Ends> {
    let session = &statement.session.session;
    let asked = &statement.asked;
    let options = RunOptions { limits: asked.limits, tags: asked.tags.clone() };
    if asked.is_own_query {
        return Ok(session.run_query(&asked.statement, options));
    }
    let kind = {
        // Not a place among those that run, so that what is refused is refused while others run.
        let _turn = statement.session.places_of_owner.checks.acquire().await;
        statement.change(|now| now.state = SqlState::Checking);
        session.kind(&asked.statement).await?
    };
    statement.change(|now| now.state = SqlState::Queued);
    match kind {
        // Spark itself refuses what is no query.
        StatementKind::Query => Ok(session.run_query(&asked.statement, options)),
        StatementKind::Shows { .. } => Ok(session.run(&asked.statement, options)),
        StatementKind::Command { plan, .. } if !sql.may_write() => Err(Ends::Refused(errors::read_only(plan))),
        StatementKind::Command { plan, target } => {
            let approval = approval::of(statement, plan, target);
            let _ = statement.allowed.set(approval.clone());
            statement.change(|now| {
                now.state = SqlState::WaitsForApproval;
                now.approval = Some(approval);
            });
            statement.approved.notified().await;
            audit::begins(statement, &sql.audit).map_err(not_audited)?;
            statement.change(|now| {
                now.state = SqlState::Queued;
                now.approval = None;
            });
            Ok(session.run(&asked.statement, options))
        }
    }
}

/// Reads the result until it ends, fails or is stopped.
async fn read(sql: &Sql, statement: &Statement, mut run: Run, end: &CancellationToken) -> Result<(), Ends> {
    let interrupter = run.interrupter();
    let _ = statement.interrupter.set(interrupter.clone());
    // Whoever stops it later finds the interrupter.
    if statement.stop.is_cancelled() {
        return Err(Ends::Canceled);
    }
    statement.change(|now| now.state = SqlState::Running);
    let mut stopped = Box::pin(async {
        statement.stop.cancelled().await;
        let rounds = async {
            loop {
                tokio::time::sleep(STOP_ROUND).await;
                if let Err(error) = interrupter.interrupt().await {
                    tracing::debug!(%error, statement.id = %statement.id, "A statement could not be stopped");
                }
            }
        };
        let _: Result<(), _> = tokio::time::timeout(STOP_PATIENCE, rounds).await;
    });
    loop {
        let event = tokio::select! {
            biased;
            () = &mut stopped => {
                run.close().await;
                return Err(Ends::Canceled);
            }
            () = end.cancelled() => {
                run.close().await;
                return Err(Ends::Canceled);
            }
            event = run.next() => event?,
        };
        let operation_id = run.operation_id().map(str::to_owned);
        if statement.now().operation_id != operation_id && operation_id.is_some() {
            statement.change(|now| now.operation_id = operation_id);
        }
        match event {
            None => return Ok(()),
            Some(Event::Columns(columns)) => statement.change(|now| now.columns = columns),
            Some(Event::Rows(rows)) => {
                statement.add_rows(rows);
                if let Some(largest) = sql.statements.make_room(sql.limits.results_bytes) {
                    let error = errors::no_room(sql.limits.results_bytes);
                    if largest.id == statement.id {
                        run.close().await;
                        return Err(Ends::TooLarge(error));
                    }
                    let _ = largest.stopped_because.set(error);
                    largest.forget_rows();
                    largest.stop.cancel();
                }
            }
            Some(Event::Progress(progress)) => statement.change(|now| now.progress = progress),
            Some(Event::Ended(ended)) => match ended.limit {
                Some(limit) if statement.asked.read == SqlRead::Collect => return Err(Ends::Failed(limit.into())),
                limit => {
                    statement.change(|now| {
                        now.truncated = limit.is_some();
                        now.bytes = ended.bytes;
                    });
                    statement.end(SqlState::Finished, None);
                }
            },
        }
    }
}
