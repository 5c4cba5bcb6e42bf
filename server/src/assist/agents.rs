//! `assistant/agents`: whether a person lets agents have their code checked by Spark.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Json, extract::State};
use monitor::{Whose, clock};
use serde::{Deserialize, Serialize};
use upstream::user::User;
use wire::{
    ErrorBody, ErrorCode,
    assist::{Agents, AllowAgents},
};

use super::Assist;
use crate::{
    http::{ApiError, Caller, JsonBody},
    words::{errors::Explained, say},
};

const FILE: &str = "agents.json";
/// The largest file that is read, bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// Who has allowed it, in a file in the state folder, which outlives the sidecar.
#[derive(Debug)]
pub(super) struct Permissions {
    folder: Option<PathBuf>,
    /// One writer at a time.
    writes: Mutex<()>,
}

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    allowed: BTreeSet<String>,
}

impl Permissions {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, writes: Mutex::default() }
    }

    /// Whether this person has allowed it. What cannot be read allows nothing.
    pub fn has_allowed(&self, person: &str) -> bool {
        self.stored().is_ok_and(|stored| stored.allowed.contains(person))
    }

    fn stored(&self) -> io::Result<Stored> {
        let folder = self.folder.as_ref().ok_or_else(no_folder)?;
        let file = folder.join(FILE);
        match fs::metadata(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Stored::default()),
            Ok(found) if found.len() > MOST_BYTES => return Err(io::Error::other("its file is too large")),
            _ => {}
        }
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    /// Keeps a person's decision.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set(&self, person: &str, allowed: bool) -> io::Result<()> {
        let _turn = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        // A broken file is written anew: nobody is allowed by it.
        let mut stored = self.stored().unwrap_or_default();
        if allowed {
            stored.allowed.insert(person.to_owned());
        } else {
            stored.allowed.remove(person);
        }
        let folder = self.folder.as_ref().ok_or_else(no_folder)?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        // For its owner alone, and in one piece.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(&stored)?)?;
        file.persist(folder.join(FILE)).map_err(|error| error.error)?;
        Ok(())
    }
}

fn no_folder() -> io::Error {
    io::Error::other("neither HOME nor XDG_STATE_HOME is set")
}

/// A line of the audit log.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    allowed: bool,
}

impl Assist {
    /// Whether agents of this person may have Spark asked.
    pub(super) fn lets_agents(&self, whose: &Whose) -> bool {
        self.has_mcp && self.permissions.has_allowed(name(whose))
    }

    fn agents(&self, whose: &Whose) -> Agents {
        Agents { mcp: self.has_mcp, allowed: self.lets_agents(whose) }
    }
}

fn name(whose: &Whose) -> &str {
    whose.user().map(User::name).unwrap_or_default()
}

/// Whether agents may ask, and have code checked by Spark.
#[utoipa::path(get, path = "/assistant/agents", tag = "assistant", responses(
    (status = 200, description = "What agents of this person may do", body = Agents),
    (status = 404, description = "SPARK_MONITOR_ASSISTANT is off", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_agents(State(assist): State<Arc<Assist>>, Caller(whose): Caller) -> Json<Agents> {
    Json(assist.agents(&whose))
}

/// Lets agents have code checked by Spark, or not any more. It is written to the audit log.
#[utoipa::path(put, path = "/assistant/agents", tag = "assistant", request_body = AllowAgents, responses(
    (status = 200, description = "What agents of this person may do", body = Agents),
    (status = 403, description = "The request may come from another site's page (`csrf`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn allow_agents(
    State(assist): State<Arc<Assist>>,
    Caller(whose): Caller,
    JsonBody(AllowAgents { allowed }): JsonBody<AllowAgents>,
) -> Result<Json<Agents>, ApiError> {
    let line = Line { at_ms: clock::now_ms(), event: "allow_agents", who: name(&whose), allowed };
    let (write, set) = (|| assist.audit.write(&line), || assist.permissions.set(name(&whose), allowed));
    // What cannot be written down is not allowed, but it can always be taken back.
    let kept = if allowed { write().and_then(|()| set()) } else { set().and_then(|()| write()) };
    kept.map_err(|error| not_kept(&error))?;
    Ok(Json(assist.agents(&whose)))
}

fn not_kept(error: &io::Error) -> ApiError {
    let error = say!("The decision cannot be kept, so nothing was changed: %1", error);
    let hint = say!("Make room on the disk, or make the folder of the audit log writable.");
    ApiError::explained(ErrorCode::Internal, Explained { error, hint })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_decision_is_one_persons_and_outlives_the_sidecar() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state");
        Permissions::new(Some(folder.clone())).set("ann", true).unwrap();
        let again = Permissions::new(Some(folder.clone()));
        assert!(again.has_allowed("ann") && !again.has_allowed("bob"));
        assert_eq!(fs::metadata(folder.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        again.set("ann", false).unwrap();
        assert!(!again.has_allowed("ann"));
    }

    #[test]
    fn what_cannot_be_read_allows_nothing_and_what_cannot_be_written_is_said() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(FILE), "{").unwrap();
        let broken = Permissions::new(Some(home.path().to_owned()));
        assert!(!broken.has_allowed("ann"));
        broken.set("ann", true).unwrap();
        assert!(broken.has_allowed("ann"));
        assert!(Permissions::new(None).set("ann", true).unwrap_err().to_string().contains("HOME"));
    }
}
