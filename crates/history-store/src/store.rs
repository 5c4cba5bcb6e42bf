//! The open database.

use crate::{Local, StoreError, forgotten, pool::Pool};

/// The open database, whichever engine it is. Reads are methods; writes go through [`crate::writer`].
#[derive(Debug)]
pub struct Store {
    /// For a file, the one connection that writes.
    pub(crate) writer: Pool,
    pub(crate) readers: Pool,
    pub(crate) local: Option<Local>,
}

impl Store {
    /// What only a history of one person has: a file, a place, a cap. None on a server.
    #[must_use]
    pub fn local(&self) -> Option<&Local> {
        self.local.as_ref()
    }

    /// Removes everything of an owner and of nobody, or of everybody: the rows, and if it is a file, their remains in
    /// the log and in free pages, the copy, and a damaged file. A server removes remains when it tidies up.
    ///
    /// # Errors
    /// The database's, a file cannot be removed, somebody else still reads what the log contains, or the history is in
    /// memory and there is a file too, from which it would come back.
    pub async fn forget(&self, owner: Option<&str>, now_ms: i64) -> Result<(), StoreError> {
        let mut db = self.writer.acquire().await?;
        forgotten::remove(&mut db, owner, now_ms).await?;
        drop(db);
        match &self.local {
            Some(local) => local.erase(now_ms).await,
            None => Ok(()),
        }
    }

    /// Takes the database home, if it is elsewhere, lets other machines have it, and closes it.
    ///
    /// # Errors
    /// When it could not be taken home; then other machines wait, because what they would find there is older.
    pub async fn end(&self, now_ms: i64) -> Result<(), StoreError> {
        let taken_home = match &self.local {
            Some(local) => local.take_home(now_ms).await,
            None => Ok(()),
        };
        self.readers.close().await;
        self.writer.close().await;
        taken_home?;
        match &self.local {
            Some(local) => local.release().await,
            None => Ok(()),
        }
    }
}
