//! The routes that the older extension served, with its answers byte for byte.

pub(crate) mod cluster;
pub(crate) mod executors;
pub(crate) mod stages;
pub(crate) mod status;

use monitor::{Applications, DriverCall, Selection, cached::Retry};

use crate::http::{ApiError, AskedApp, Session, Sessions};

/// The driver that a route is about, never from an old list; none when nobody asked for one and none is active. The order
/// says which error wins.
///
/// # Errors
/// Nobody lists applications, malformed id, no session, then what the list of applications says.
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
