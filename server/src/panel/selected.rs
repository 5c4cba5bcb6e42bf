//! The first step of every panel route about one application.

use monitor::{Applications, Observed, Selection};

use super::poll::Poll;
use crate::http::{ApiError, AskedApp};

/// Selects the requested application. The order of the steps decides which error wins.
///
/// # Errors
/// In this order: neither master nor driver is set, the id is malformed, there is no session, or the list of
/// applications fails.
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
