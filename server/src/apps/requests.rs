//! What every route about one application does first; the order says which error wins.

use std::sync::Arc;

use super::{Apps, Chosen, DriverCall};
use crate::{
    app_id::AskedApp,
    cache::Route,
    error::ApiError,
    panel::Poll,
    session::Session,
    state::{AppState, Monitor},
};

/// The application of a pass-through route, never from an old list; none when nobody asked for one and none is active.
///
/// # Errors
/// Not configured, malformed id, no session, then what the list of applications says.
pub(crate) async fn for_passthrough(
    state: &AppState,
    asked: &AskedApp,
    session: &Session,
) -> Result<(Arc<Monitor>, Option<DriverCall>), ApiError> {
    let monitor = Arc::clone(state.monitor()?);
    super::lister_is_configured(&monitor)?;
    let asked = asked.checked()?;
    let whose = monitor.sessions.whose(session, Route::DropIn).await?;
    let apps = Apps::fresh(&monitor, &whose).await?;
    let call = apps.choose(asked)?.map(|chosen| DriverCall { route: Route::DropIn, ..chosen.call });
    Ok((monitor, call))
}

/// The application of a panel route: none is an answer too.
///
/// # Errors
/// As [`for_passthrough`], but no application is no error.
pub(crate) async fn for_panel(
    state: &AppState,
    asked: &AskedApp,
    poll: &Poll,
) -> Result<(Arc<Monitor>, Apps, Option<Chosen>), ApiError> {
    let monitor = Arc::clone(state.monitor()?);
    super::lister_is_configured(&monitor)?;
    let asked = asked.checked()?;
    let whose = poll.whose(&monitor).await?;
    let apps = Apps::last_good(&monitor, &whose, poll.max_age).await?;
    let chosen = apps.choose(asked)?;
    Ok((monitor, apps, chosen))
}
