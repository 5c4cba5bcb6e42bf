//! The audit log: one line of JSON for each statement, and one more before a statement that may change something.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use monitor::clock;
use serde::Serialize;
use upstream::user::User;
use wire::sql::SqlState;

use super::{Sql, open::OpenSession, statement::Statement};

const FILE: &str = "audit.jsonl";
/// A file of this size is put aside, bytes.
const FILE_BYTES: u64 = 16 << 20;
/// Files that are kept, the current one included.
const FILES: usize = 4;

/// Writes the log. Its folder is made with the first line.
#[derive(Debug)]
pub(super) struct Audit {
    folder: Option<PathBuf>,
    /// Lines are written one after the other.
    writes: Mutex<()>,
}

#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    user_id: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_id: Option<String>,
    operation_id: Option<String>,
    /// Of what may change something.
    effect: Option<&'a str>,
    target: Option<&'a str>,
    /// Of the statement's text, which may hold data.
    #[serde(skip_serializing_if = "Option::is_none")]
    sql_blake3: Option<String>,
    #[serde(flatten)]
    outcome: Option<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    state: SqlState,
    error_class: Option<String>,
    rows: u64,
    bytes: u64,
    duration_ms: i64,
}

impl Audit {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, writes: Mutex::default() }
    }

    fn write(&self, line: &str) -> io::Result<()> {
        let folder =
            self.folder.as_deref().ok_or_else(|| io::Error::other("neither HOME nor XDG_STATE_HOME is set"))?;
        let _turn = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let file = folder.join(FILE);
        if fs::metadata(&file).is_ok_and(|file| file.len() >= FILE_BYTES) {
            put_aside(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
        // In one piece, because another sidecar may write too.
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// `audit.jsonl` becomes `audit.1.jsonl`, and so on; the oldest goes.
fn put_aside(folder: &Path) -> io::Result<()> {
    let name = |number: usize| match number {
        0 => folder.join(FILE),
        _ => folder.join(format!("audit.{number}.jsonl")),
    };
    for number in (1..FILES).rev() {
        match fs::rename(name(number.saturating_sub(1)), name(number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Writes down that a statement which may change something is about to run.
///
/// # Errors
/// When it cannot be written; then it must not run.
pub(super) fn begins(statement: &Statement, audit: &Audit) -> io::Result<()> {
    let line = line(statement, "begins", None)?;
    audit.write(&line)
}

/// Writes down how a statement ended.
pub(super) fn ended(sql: &Sql, statement: &Statement) {
    let now = statement.now();
    let duration_ms = now.ended_at_ms.unwrap_or_default().saturating_sub(statement.started_at_ms);
    let error_class = now.error.as_ref().and_then(|error| error.error_class.clone());
    let outcome = Outcome { state: now.state, error_class, rows: now.rows, bytes: now.bytes, duration_ms };
    tracing::info!(
        statement.id = %statement.id,
        session.id = statement.session.session.session_id(),
        state = ?outcome.state,
        rows = outcome.rows,
        bytes = outcome.bytes,
        duration_ms,
        "A statement ended"
    );
    let line = line(statement, "ended", Some(outcome));
    if let Err(error) = line.and_then(|line| sql.audit.write(&line)) {
        tracing::warn!(%error, "The audit log cannot be written");
    }
}

/// Writes down that a setting of a session is about to be changed; its value may be a secret.
///
/// # Errors
/// When it cannot be written; then it must not be changed.
pub(super) fn sets(open: &OpenSession, audit: &Audit, key: &str) -> io::Result<()> {
    let line = Line { effect: Some("SetCommand"), target: Some(key), ..of_session(open, "sets") };
    audit.write(&serde_json::to_string(&line)?)
}

fn line(statement: &Statement, event: &'static str, outcome: Option<Outcome>) -> io::Result<String> {
    let allowed = statement.allowed.get();
    let line = Line {
        statement_id: Some(statement.id.to_string()),
        operation_id: statement.now().operation_id,
        effect: allowed.map(|allowed| allowed.effect.as_str()),
        target: allowed.and_then(|allowed| allowed.target.as_deref()),
        sql_blake3: Some(blake3::hash(statement.asked.statement.text.as_bytes()).to_hex().to_string()),
        outcome,
        ..of_session(&statement.session, event)
    };
    Ok(serde_json::to_string(&line)?)
}

fn of_session<'a>(open: &'a OpenSession, event: &'static str) -> Line<'a> {
    Line {
        at_ms: clock::now_ms(),
        event,
        who: open.owner.user().map(User::name).unwrap_or_default(),
        user_id: open.session.user_id(),
        session_id: open.session.session_id(),
        statement_id: None,
        operation_id: None,
        effect: None,
        target: None,
        sql_blake3: None,
        outcome: None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn lines_are_added_for_the_user_alone_and_old_files_go() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/berdl-spark-monitor");
        let audit = Audit::new(Some(folder.clone()));
        audit.write("{}").unwrap();
        audit.write("{}").unwrap();
        assert_eq!(fs::read_to_string(folder.join(FILE)).unwrap(), "{}\n{}\n");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&folder), mode(&folder.join(FILE))], [0o700, 0o600]);
        for _ in 0..6 {
            fs::File::options().write(true).open(folder.join(FILE)).unwrap().set_len(FILE_BYTES).unwrap();
            audit.write("{}").unwrap();
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), FILES);
        assert_eq!(fs::read_to_string(folder.join(FILE)).unwrap(), "{}\n");
    }

    #[test]
    fn without_a_folder_nothing_is_written_and_the_reason_is_told() {
        let error = Audit::new(None).write("{}").unwrap_err();
        assert!(error.to_string().contains("XDG_STATE_HOME"));
    }
}
