//! A folder shared with what runs the jobs: what a delivery would change there, and the delivery.

use std::{
    io,
    path::Path,
    sync::{Mutex, PoisonError},
};

use notebook_job::File;
use thiserror::Error;
use tokio::task;
use wire::export::{GitChange, GitPlan};

use crate::export::{airflow::dag_folder, git::Content};

/// Largest file that is compared, bytes; no export writes a larger one.
const MOST_BYTES: u64 = 64 << 20;

/// One delivery at a time is compared and written.
static TURN: Mutex<()> = Mutex::new(());

/// Why nothing can be delivered to a folder.
#[derive(Debug, Error)]
pub(super) enum FolderError {
    /// Something else would be changed than what was shown.
    #[error("the files in the shared folder have changed since")]
    Changed,
    /// A file that no export wrote is in the way.
    #[error("{0} is in the shared folder, and not from an export")]
    Foreign(String),
    #[error("the shared folder cannot be used")]
    Disk(#[from] io::Error),
}

/// A job for the folder.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The name of its folder in the shared one.
    pub name: String,
    pub files: Vec<File>,
    /// What is done after the delivery and is part of the plan; empty if nothing.
    pub then: String,
}

/// What a delivery would change.
///
/// # Errors
/// When the folder cannot be read, or a file is in the way.
pub(super) async fn plan(shared: &Path, job: Job) -> Result<GitPlan, FolderError> {
    let shared = shared.to_owned();
    task::spawn_blocking(move || compared(&shared, &job)).await.map_err(io::Error::other)?
}

/// Writes the files, if that changes what was shown.
///
/// # Errors
/// When something else would change, or it cannot be written.
pub(super) async fn deliver(shared: &Path, job: Job, seen: &str) -> Result<(), FolderError> {
    let (shared, seen) = (shared.to_owned(), seen.to_owned());
    let write = move || {
        // Nobody else changes what was compared. A program that panics leaves whole files.
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        if compared(&shared, &job)?.plan != seen {
            return Err(FolderError::Changed);
        }
        dag_folder::deliver(&shared, &job.name, &job.files).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => FolderError::Foreign(job.name.clone()),
            _ => FolderError::Disk(error),
        })
    };
    task::spawn_blocking(write).await.map_err(io::Error::other)?
}

fn compared(shared: &Path, Job { name, files, then }: &Job) -> Result<GitPlan, FolderError> {
    if !shared.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "it is not there").into());
    }
    let folder = shared.join(name);
    let is_ours = folder.join("job.cells.json").is_file();
    let mut hasher = blake3::Hasher::new();
    hasher.update(then.as_bytes());
    let mut changes = Vec::new();
    for File { name: file, content } in files {
        let (path, was) = (format!("{name}/{file}"), read(&folder.join(file))?);
        // The delivery would refuse it, too.
        if was.is_some() && !is_ours {
            return Err(FolderError::Foreign(path));
        }
        if was.as_ref() == Some(content) {
            continue;
        }
        let hash = |bytes: &[u8]| *blake3::hash(bytes).as_bytes();
        hasher.update(&(file.len() as u64).to_le_bytes()).update(file.as_bytes());
        // No file has the hash of zeros.
        hasher.update(&was.as_deref().map_or([0; 32], hash)).update(&hash(content));
        let shown = |bytes: &[u8]| Content::of(bytes).shown();
        changes.push(GitChange { path, is_ours: true, was: was.as_deref().map(shown), becomes: Some(shown(content)) });
    }
    let plan = hasher.finalize().to_hex().to_string();
    Ok(GitPlan { head: None, folder: name.clone(), branch: None, changes, submits: None, plan })
}

fn read(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match dag_folder::whole(file, MOST_BYTES) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn files(job: &str) -> Vec<File> {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        vec![file("job.py", job), file("job.cells.json", "{}"), file("a_dag.py", "dag")]
    }

    fn job(job: &str) -> Job {
        Job { name: "a".to_owned(), files: files(job), then: String::new() }
    }

    #[tokio::test]
    async fn what_is_no_ordinary_file_is_neither_read_nor_waited_for() {
        let shared = tempfile::tempdir().unwrap();
        fs::create_dir(shared.path().join("a")).unwrap();
        let place = shared.path().join("a/job.py");
        std::os::unix::fs::symlink("/dev/zero", &place).unwrap();
        assert!(matches!(plan(shared.path(), job("one")).await, Err(FolderError::Disk(_))));
        fs::remove_file(&place).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, &place, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert!(matches!(plan(shared.path(), job("one")).await, Err(FolderError::Disk(_))));
    }

    #[tokio::test]
    async fn only_what_was_shown_is_written() {
        let workflows = tempfile::tempdir().unwrap();
        let first = plan(workflows.path(), job("one")).await.unwrap();
        assert_eq!(first.changes.iter().map(|change| change.was.as_deref()).collect::<Vec<_>>(), [None; 3]);
        deliver(workflows.path(), job("one"), &first.plan).await.unwrap();
        let second = plan(workflows.path(), job("two")).await.unwrap();
        assert_eq!((second.changes.len(), second.changes[0].was.as_deref()), (1, Some("one")));
        fs::write(workflows.path().join("a/job.py"), "somebody's").unwrap();
        let refused = deliver(workflows.path(), job("two"), &second.plan).await.unwrap_err();
        assert!(matches!(refused, FolderError::Changed), "{refused}");
        assert_eq!(fs::read_to_string(workflows.path().join("a/job.py")).unwrap(), "somebody's");
        assert!(plan(workflows.path(), job("somebody's")).await.unwrap().changes.is_empty());
    }
    #[tokio::test]
    async fn files_are_compared_by_their_bytes() {
        let workflows = tempfile::tempdir().unwrap();
        let first = plan(workflows.path(), job("\u{fffd}")).await.unwrap();
        deliver(workflows.path(), job("\u{fffd}"), &first.plan).await.unwrap();
        // What is no text looks like the same text.
        let mut plans = Vec::new();
        for bytes in [&b"\xff"[..], b"\xfe"] {
            fs::write(workflows.path().join("a/job.py"), bytes).unwrap();
            let plan = plan(workflows.path(), job("\u{fffd}")).await.unwrap();
            assert_eq!(plan.changes[0].was.as_deref(), Some("(1 bytes)"));
            plans.push(plan.plan);
        }
        assert_ne!(plans[0], plans[1]);
    }

    #[tokio::test]
    async fn what_is_done_then_is_part_of_the_plan() {
        let shared = tempfile::tempdir().unwrap();
        let [one, other] = ["submit to a", "submit to b"].map(|then| Job { then: then.to_owned(), ..job("one") });
        let seen = plan(shared.path(), one).await.unwrap();
        let refused = deliver(shared.path(), other, &seen.plan).await.unwrap_err();
        assert!(matches!(refused, FolderError::Changed) && !shared.path().join("a").exists());
    }

    #[tokio::test]
    async fn a_file_of_somebody_else_is_said_before_anything_is_delivered() {
        let workflows = tempfile::tempdir().unwrap();
        fs::create_dir(workflows.path().join("a")).unwrap();
        fs::write(workflows.path().join("a/job.py"), "mine").unwrap();
        let refused = plan(workflows.path(), job("one")).await.unwrap_err();
        assert!(matches!(&refused, FolderError::Foreign(file) if file == "a/job.py"), "{refused}");
        assert!(plan(&workflows.path().join("none"), job("one")).await.is_err(), "it may not be mounted");
    }
}
