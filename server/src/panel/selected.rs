//! What every panel route about one application does first.

use monitor::{Applications, Observed, Selection};

use super::poll::Poll;
use crate::http::{ApiError, AskedApp};

/// The application that is asked for; the order says which error wins.
///
/// # Errors
/// Nobody lists applications, malformed id, no session, then what the list of applications says.
pub(super) async fn select(
    applications: &Applications,
    poll: &Poll,
    asked: &AskedApp,
) -> Result<Observed<Selection>, ApiError> {
    applications.check_lister()?;
    let asked = asked.checked()?;
    let whose = poll.whose().await?;
    Ok(Selection::of(applications, &whose, poll.max_age, asked).await?)
}
