//! Rehearses a program: on the real schemas, with zero rows, in a sealed child.

use std::{env, path::PathBuf, time::Duration};

use check::{Checked, Rehearsed};
use connect_client::Session;
use rehearsal::{Launcher, MAX_TIME, Python};

use super::release;

/// With what a program is rehearsed.
#[derive(Clone, Debug, Default)]
pub(crate) struct RehearsalSite {
    /// The kernel's Python; else `python3` of the search path.
    pub python: Option<PathBuf>,
    pub search_path: Option<String>,
    /// How long it may take, if less than [`MAX_TIME`].
    pub seconds: Option<u64>,
}

/// Rehearses the program if that can say more, in a session that is released afterwards: never one that is used for
/// anything else, because the program makes views and settings in it. Without a session there is no server to ask.
pub(crate) async fn rehearse(site: &RehearsalSite, session: Option<Session>, source: &str, checked: &mut Checked) {
    if !checked.wants_rehearsal() {
        return;
    }
    let rehearsed = match (session, launcher(site).await) {
        (None, _) => Rehearsed::NotRun("there is no server to ask; give --url sc://HOST".to_owned()),
        (_, Err(reason)) => Rehearsed::NotRun(reason),
        (Some(session), Ok(launcher)) => {
            let rehearsed = rehearsal::rehearse(&session, source, &launcher).await;
            release(&session).await;
            rehearsed
        }
    };
    checked.rehearsed(&rehearsed);
}

async fn launcher(site: &RehearsalSite) -> Result<Launcher, String> {
    let executable = env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
    if !rehearsal::can_seal(&executable) {
        return Err("only Linux can seal it".to_owned());
    }
    let python = Python::find(site.python.as_deref(), site.search_path.as_deref()).await;
    let python = python.map_err(|error| error.to_string())?;
    let patience = site.seconds.map_or(MAX_TIME, Duration::from_secs);
    Ok(Launcher { executable, python, patience })
}
