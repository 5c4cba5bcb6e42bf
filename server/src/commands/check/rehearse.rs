//! Rehearses the program: on the real schemas, with zero rows, in a sealed child.

use std::{env, time::Duration};

use check::{Checked, Rehearsed};
use connect_client::{Client, Session};
use rehearsal::{Launcher, MAX_TIME, Python};
use tokio::time::timeout;

use super::Check;

/// How long the release of the session may take.
const RELEASE: Duration = Duration::from_secs(5);

/// Rehearses in a session of its own, which is released afterwards.
pub(super) async fn rehearse(command: &Check, client: Option<Client>, source: &str, checked: &mut Checked) {
    if !checked.wants_rehearsal() {
        return;
    }
    let rehearsed = match (client, launcher(command).await) {
        (None, _) => Rehearsed::NotRun("there is no server to ask; give --url sc://HOST".to_owned()),
        (_, Err(reason)) => Rehearsed::NotRun(reason),
        (Some(client), Ok(launcher)) => {
            let user = command.user.as_deref().or(command.login.as_deref()).unwrap_or_default();
            // Never the one that an address names: the program makes views and settings in it.
            let session = Session::of_user(client, user);
            let rehearsed = rehearsal::rehearse(&session, source, &launcher).await;
            if let Ok(Err(error)) = timeout(RELEASE, session.release()).await {
                tracing::debug!(%error, "The Spark session could not be released");
            }
            rehearsed
        }
    };
    checked.rehearsed(&rehearsed);
}

async fn launcher(command: &Check) -> Result<Launcher, String> {
    let executable = env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
    if !rehearsal::can_seal(&executable) {
        return Err("only Linux can seal it".to_owned());
    }
    let python = Python::find(command.rehearsal_python.as_deref(), command.search_path.as_deref()).await;
    let python = python.map_err(|error| error.to_string())?;
    let patience = command.rehearsal_seconds.map_or(MAX_TIME, Duration::from_secs);
    Ok(Launcher { executable, python, patience })
}
