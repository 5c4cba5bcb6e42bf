//! Transactions that a full disk may end. SQLite then takes everything back at once; sqlx would count the transaction as
//! open for ever, so that nothing could be written after there is room again.

use sqlx::SqliteConnection;

use crate::StoreError;

/// Begins to write. A second sidecar may write as well; whoever begins so never has to give up in the middle.
pub(crate) async fn begin(db: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("BEGIN IMMEDIATE").execute(db).await?;
    Ok(())
}

/// Commits what worked; takes back what did not.
pub(crate) async fn end<T>(db: &mut SqliteConnection, done: Result<T, StoreError>) -> Result<T, StoreError> {
    let committed = match done {
        Ok(value) => sqlx::query("COMMIT").execute(&mut *db).await.map(|_| value).map_err(StoreError::from),
        Err(error) => Err(error),
    };
    if committed.is_err() {
        // There may be nothing left to take back.
        let _ = sqlx::query("ROLLBACK").execute(db).await;
    }
    committed
}
