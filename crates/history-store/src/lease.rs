//! Two processes that could do the same work: only the one with the lease does.

use crate::{Store, StoreError, statement::statements};

statements! {
    // One from far in the future was taken before a clock was set back.
    TAKE = "UPDATE leases SET holder = ?, until_ms = ? \
            WHERE name = ? AND (holder = ? OR until_ms <= ? OR until_ms > ?)";
    ADD = "INSERT INTO leases (name, holder, until_ms) VALUES (?, '', 0) ON CONFLICT (name) DO NOTHING";
    GIVE_BACK = "DELETE FROM leases WHERE name = ? AND holder = ?";
}

/// A claim that lasts until a moment.
#[derive(Clone, Debug)]
pub struct Lease {
    pub name: &'static str,
    /// Differs from process to process.
    pub holder: String,
    /// How long it lasts without being renewed, milliseconds.
    pub lasts_ms: i64,
}

impl Lease {
    /// Takes or renews the lease; false if somebody else has it.
    ///
    /// # Errors
    /// The database's.
    pub async fn take(&self, store: &Store, now_ms: i64) -> Result<bool, StoreError> {
        let mut db = store.writer.acquire().await?;
        let until_ms = now_ms.saturating_add(self.lasts_ms);
        let take = || {
            let take = TAKE.bind(&self.holder).bind(until_ms).bind(self.name);
            take.bind(&self.holder).bind(now_ms).bind(until_ms)
        };
        if take().execute(&mut db).await? > 0 {
            return Ok(true);
        }
        // Somebody has it, or there is none.
        Ok(ADD.bind(self.name).execute(&mut db).await? > 0 && take().execute(&mut db).await? > 0)
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_back(&self, store: &Store) -> Result<(), StoreError> {
        let mut db = store.writer.acquire().await?;
        GIVE_BACK.bind(self.name).bind(&self.holder).execute(&mut db).await?;
        Ok(())
    }
}
