//! Transactions that a full disk or another writer may end. SQLite then takes everything back at once; sqlx would count
//! the transaction as open for ever, so that nothing could be written after there is room again.

use std::time::Duration;

use crate::{Engine, StoreError, pool::Db};

/// How often a transaction begins again after the server chose it to end a deadlock, and the first pause before it does.
pub(crate) const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(10);

/// Does some work wholly or not at all, and again if the server gave up on it in favour of another transaction.
macro_rules! in_transaction {
    ($db:expr, $work:expr) => {{
        let mut tried = 0;
        loop {
            $crate::transaction::begin($db).await?;
            let done = $work.await;
            let ended = $crate::transaction::end($db, done).await;
            if !ended.as_ref().is_err_and($crate::StoreError::is_conflict) || tried == $crate::transaction::TRIES {
                break ended;
            }
            $crate::transaction::pause(tried).await;
            tried += 1;
        }
    }};
}
pub(crate) use in_transaction;

/// Begins to write. In a file a second sidecar may write as well; whoever begins so never has to give up in the middle.
pub(crate) async fn begin(db: &mut Db) -> Result<(), StoreError> {
    db.is_busy = true;
    db.run(match db.engine() {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        Engine::MariaDb => "START TRANSACTION",
    })
    .await
}

/// Commits what worked; takes back what did not.
pub(crate) async fn end<T>(db: &mut Db, done: Result<T, StoreError>) -> Result<T, StoreError> {
    let committed = match done {
        Ok(value) => db.run("COMMIT").await.map(|()| value),
        Err(error) => Err(error),
    };
    db.is_busy = match &committed {
        Ok(_) => false,
        // Whoever is silent does not answer this either; the connection is closed.
        Err(StoreError::Silent) => true,
        // In a file there may be nothing left to take back.
        Err(_) => db.run("ROLLBACK").await.is_err(),
    };
    committed
}

/// Lets the other transaction end first.
pub(crate) async fn pause(tried: u32) {
    tokio::time::sleep(PAUSE * 2_u32.saturating_pow(tried)).await;
}
