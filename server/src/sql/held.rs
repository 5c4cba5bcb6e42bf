//! What still holds cores after a cancel: a task that is deaf to it may go on for minutes, on a driver that says that
//! nothing runs.

use std::{sync::Arc, time::Duration};

use monitor::Selection;
use tokio_util::sync::CancellationToken;

use super::{Sql, open::OpenSession, statement::Statement};

/// How often the executors are asked.
const ROUND: Duration = Duration::from_secs(2);
/// How long.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How long, if it cannot be known.
const UNKNOWN: Duration = Duration::from_secs(60);
const APP_ID: &str = "spark.app.id";

/// Tells the canceled statement's viewers how many tasks still run, until none does.
pub(super) async fn follow(sql: &Arc<Sql>, statement: &Statement, end: &CancellationToken) {
    if statement.interrupter.get().is_none() {
        return;
    }
    let begin = tokio::time::Instant::now();
    while begin.elapsed() < LONGEST && !end.is_cancelled() && sql.statements.has(&statement.id) {
        let held = orphaned_tasks(sql, statement).await;
        if statement.now().cores_still_held != held {
            statement.change(|now| now.cores_still_held = held);
        }
        // While a stage is active, it is not known yet.
        if held == Some(0) || (held.is_none() && begin.elapsed() > UNKNOWN) {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = end.cancelled() => {}
        }
    }
}

/// Tasks on executors while no stage is active. None if a stage is: then it is not known whose tasks they are.
async fn orphaned_tasks(sql: &Sql, statement: &Statement) -> Option<u32> {
    let app_id = app_id(&statement.session).await?;
    let selection = Selection::of(&sql.applications, &statement.owner, ROUND, Some(&app_id)).await.ok()?;
    let executors = sql.executors.list(&selection).await.ok()?;
    let stages = sql.stages.list(&selection).await.ok()?;
    let known = executors.age.failure.is_none() && stages.age.failure.is_none();
    let is_idle = stages.value.active.is_empty() && stages.value.active_not_shown == 0;
    (known && is_idle).then_some(executors.value.active_tasks)
}

/// The application of the session's driver, asked until the driver answers.
async fn app_id(open: &OpenSession) -> Option<String> {
    open.app_id.get_or_try_init(|| open.session.config_option(APP_ID)).await.ok()?.clone()
}
