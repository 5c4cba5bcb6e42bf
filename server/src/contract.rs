//! The routes of the older extensions: four whose answers are byte for byte the same, and `pipelines/`.

pub(crate) mod cluster;
pub(crate) mod executors;
pub(crate) mod pipelines;
pub(crate) mod stages;
pub(crate) mod status;

use monitor::{Applications, DriverCall, Selection, cached::Retry};

use crate::http::{ApiError, AskedApp, Session, Sessions};

/// The driver that a route is about, never taken from an expired list. `None` when the request names no application and
/// none is active. The order of the steps decides which error wins.
///
/// # Errors
/// In this order: neither master nor driver is set, the id is malformed, there is no session, or the list of
/// applications fails.
async fn driver(
    applications: &Applications,
    sessions: &Sessions,
    asked: &AskedApp,
    session: &Session,
) -> Result<Option<DriverCall>, ApiError> {
    applications.check_lister()?;
    let asked = asked.checked()?;
    let whose = sessions.whose(session, Retry::Soon).await?;
    Ok(Selection::call_soon(applications, &whose, asked).await?)
}
