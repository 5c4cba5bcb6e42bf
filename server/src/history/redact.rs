//! Texts that a setting keeps, without their secrets.

use history_store::Texts;
use monitor::{queries::QueryRun, redact::redacted};

/// Longest statement that is kept, characters.
const LONGEST: usize = 4_000;

/// A query's texts as they are kept.
pub(super) fn texts(query: &QueryRun) -> Texts {
    let statement = redacted(query.sql.as_deref().unwrap_or_default()).chars().take(LONGEST).collect();
    // The traces behind it are long, and say nothing that another run would not.
    let message = query.reason().map(|reason| redacted(&reason)).unwrap_or_default();
    Texts { statement, message }
}
