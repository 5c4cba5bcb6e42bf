//! `GET history` and `PUT history/save`: the older extension's list of exports, in a file beneath Jupyter's folder.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Component, Path, PathBuf},
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{Json, extract::State, http::StatusCode};
use monitor::clock;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use tokio::task;
use upstream::user::User;

use super::{answer::Refused, body::Body, paths::beneath};
use crate::{
    export::{Exports, turn::Turn},
    http::{ApiError, Caller, Parameters},
    words::pipelines as words,
};

/// Largest file, bytes.
pub(super) const MOST_BYTES: usize = 50 << 20;

/// `?path=`
#[derive(Deserialize)]
pub(super) struct Asked {
    path: Option<String>,
}

/// A history to keep.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Save {
    path: Option<String>,
    entries: Option<Box<RawValue>>,
}

/// The answer about a file. The entries are the file's text, which is not made anew.
#[derive(Serialize)]
pub(super) struct History {
    entries: Box<RawValue>,
    source: &'static str,
}

/// An entry, of which nothing matters here.
#[derive(Deserialize)]
struct Entry {}

/// A line of the audit log.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    path: &'a str,
}

/// Reads a history; a file that is not there is an empty one.
pub(super) async fn get_history(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    turn: Turn,
    Parameters(asked): Parameters<Asked>,
) -> Result<Json<History>, Refused> {
    let root = exports.notebooks()?.to_owned();
    let read = move || {
        let _turn = turn;
        read(&root, &asked.path.unwrap_or_default())
    };
    Ok(Json(task::spawn_blocking(read).await.map_err(|_| ApiError::internal())??))
}

/// Replaces a history as a whole.
pub(super) async fn save(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    turn: Turn,
    Body(asked): Body<Save>,
) -> Result<Json<Value>, Refused> {
    let root = exports.notebooks()?.to_owned();
    if !exports.runs() {
        return Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, words::READ_ONLY));
    }
    let entries = asked.entries.filter(|entries| entries.get().trim_start().starts_with('['));
    let entries = entries.ok_or_else(|| Refused::bad(words::NO_LIST))?;
    let path = asked.path.unwrap_or_default();
    let work = move || {
        let _turn = turn;
        let file = placed(&root, &path)?.ok_or_else(|| Refused::bad(words::BAD_HISTORY_PATH))?;
        replaceable(&file)?;
        let who = whose.user().map(User::name).unwrap_or_default();
        exports.audit(&Line { at_ms: clock::now_ms(), event: "saves_history", who, path: &path })?;
        write(&file, entries.get().as_bytes()).map_err(|error| disk(&error))?;
        Ok::<_, Refused>(path)
    };
    let path = task::spawn_blocking(work).await.map_err(|_| ApiError::internal())??;
    Ok(Json(json!({ "saved": true, "path": path })))
}

/// The file, in its folder with links followed; none if the folder is not there.
fn placed(root: &Path, path: &str) -> Result<Option<PathBuf>, Refused> {
    let path = path.trim();
    let given = Path::new(path);
    let is_plain = given.components().all(|part| matches!(part, Component::Normal(_) | Component::RootDir));
    let is_json = path.to_lowercase().ends_with(".json");
    let (Some(folder), Some(name)) = (given.parent(), given.file_name()) else {
        return Err(Refused::bad(words::BAD_HISTORY_PATH));
    };
    if !given.is_absolute() || path.contains('\0') {
        return Err(Refused::bad(words::BAD_HISTORY_PATH));
    }
    let outside = || Refused::new(StatusCode::FORBIDDEN, words::OUTSIDE);
    if !is_plain {
        return Err(outside());
    }
    // The nearest folder that is there says where the path leads.
    let there = folder.ancestors().find(|folder| folder.exists()).ok_or_else(outside)?;
    let real = beneath(root, there).map_err(|error| disk(&error))?.ok_or_else(outside)?;
    if !is_json {
        return Err(Refused::bad(words::BAD_HISTORY_PATH));
    }
    // A link would lead somewhere else, and would be replaced by a file.
    let file = real.join(name);
    if there == folder && file.symlink_metadata().is_ok_and(|file| file.is_symlink()) {
        return Err(outside());
    }
    Ok((there == folder).then_some(file))
}

fn read(root: &Path, path: &str) -> Result<History, Refused> {
    let file = placed(root, path)?;
    let text = file.map_or(Ok(None), |file| text(&file))?;
    let Some(text) = text else {
        let entries = RawValue::from_string("[]".to_owned()).map_err(|_| malformed())?;
        return Ok(History { entries, source: "empty" });
    };
    let entries: Box<RawValue> = serde_json::from_slice(&text).map_err(|_| malformed())?;
    match entries.get().starts_with('[') {
        true => Ok(History { entries, source: "file" }),
        false => Err(malformed()),
    }
}

/// The file's content; none if it is not there.
fn text(file: &Path) -> Result<Option<Vec<u8>>, Refused> {
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk(&error)),
        Ok(there) if !there.is_file() => return Err(malformed()),
        Ok(there) if there.len() > MOST_BYTES as u64 => return Err(too_large()),
        Ok(_) => {}
    }
    let mut text = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MOST_BYTES as u64 + 1).read_to_end(&mut text));
    read.map_err(|error| disk(&error))?;
    if text.len() > MOST_BYTES { Err(too_large()) } else { Ok(Some(text)) }
}

/// Whether the file is a history or not there. Another file is never replaced.
fn replaceable(file: &Path) -> Result<(), Refused> {
    let Some(text) = text(file)? else { return Ok(()) };
    let is_history = serde_json::from_slice::<Vec<Entry>>(&text).is_ok();
    if is_history { Ok(()) } else { Err(Refused::new(StatusCode::CONFLICT, words::NO_HISTORY)) }
}

/// Wholly or not at all, also when two are saved at once.
fn write(file: &Path, entries: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let part = file.with_file_name(format!(".{name}.{}.{number}.part", std::process::id()));
    let written = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&part);
    let written = written.and_then(|mut part| part.write_all(entries)).and_then(|()| fs::rename(&part, file));
    written.inspect_err(|_| _ = fs::remove_file(&part))
}

fn malformed() -> Refused {
    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, words::NO_HISTORY)
}

fn too_large() -> Refused {
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, words::HISTORY_TOO_LARGE)
}

fn disk(error: &io::Error) -> Refused {
    tracing::warn!(%error, "A history of exports cannot be used");
    Refused::new(StatusCode::INTERNAL_SERVER_ERROR, words::disk(error))
}
