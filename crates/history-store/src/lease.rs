//! Two sidecars of one person: only the one with the lease samples.

use crate::{Store, StoreError};

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
        let until_ms = now_ms.saturating_add(self.lasts_ms);
        let take = "INSERT INTO leases (name, holder, until_ms) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE \
                    SET holder = excluded.holder, until_ms = excluded.until_ms \
                    WHERE leases.holder = excluded.holder OR leases.until_ms <= ? OR leases.until_ms > ?";
        // One from far in the future was taken before a clock was set back.
        let taken = sqlx::query(take).bind(self.name).bind(&self.holder).bind(until_ms).bind(now_ms).bind(until_ms);
        Ok(taken.execute(&store.writer).await?.rows_affected() > 0)
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_back(&self, store: &Store) -> Result<(), StoreError> {
        let release = "DELETE FROM leases WHERE name = ? AND holder = ?";
        sqlx::query(release).bind(self.name).bind(&self.holder).execute(&store.writer).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Places;

    #[tokio::test]
    async fn of_two_sidecars_one_samples_until_it_falls_silent() {
        let store =
            Store::open(&Places { memory_only: true, cap_bytes: 1 << 22, ..Places::default() }, 0).await.unwrap();
        let lease = |holder: &str| Lease { name: "collector", holder: holder.into(), lasts_ms: 100 };
        let (one, two) = (lease("one"), lease("two"));
        assert!(one.take(&store, 0).await.unwrap());
        assert!(!two.take(&store, 50).await.unwrap());
        assert!(one.take(&store, 60).await.unwrap(), "it is renewed");
        assert!(!two.take(&store, 159).await.unwrap());
        assert!(two.take(&store, 160).await.unwrap());
        two.give_back(&store).await.unwrap();
        assert!(one.take(&store, 161).await.unwrap());
    }
}
