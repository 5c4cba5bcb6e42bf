//! The rungs of a check that need Spark: `EXPLAIN` of the program's statements, and a rehearsal on zero rows. Nothing of
//! the program runs on Spark. The command `check` and the routes of the assistant climb the same ladder.

mod explain;
mod rehearse;

pub(crate) use explain::explain;
pub(crate) use rehearse::{RehearsalSite, rehearse};

use std::time::Duration;

use connect_client::Session;
use tokio::time::timeout;

/// How long the release of a session may take.
const RELEASE: Duration = Duration::from_secs(5);

/// Spark would keep it for an hour.
async fn release(session: &Session) {
    if let Ok(Err(error)) = timeout(RELEASE, session.release()).await {
        tracing::debug!(%error, "The Spark session could not be released");
    }
}
