//! Puts a job into a folder of workflows that Airflow reads, on a volume shared with it.

use std::{
    fs,
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use notebook_job::File;
use rustix::fs::OFlags;

use super::shipped::is_workflow;
use crate::export::write;

/// Writes a job's files into a folder of its own, `name`, beneath the folder of workflows. The workflow comes last, so
/// that Airflow never finds it without its job, and the list of what Airflow shall not look at comes first.
///
/// # Errors
/// When the folder of workflows is not there, the name is none, or a file is in the way.
pub(crate) fn deliver(workflows: &Path, name: &str, files: &[File]) -> io::Result<()> {
    let invalid = |reason: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, reason.to_owned()));
    if !workflows.is_dir() {
        // It may be a volume that is not mounted; then nobody would find what is written.
        return invalid("the folder is not there");
    }
    if !is_name(name) || files.iter().any(|file| !is_name(&file.name) && file.name != IGNORED) {
        return invalid("a name may have letters, digits, `-`, `_` and `.`, and not begin with `.`");
    }
    let mut ordered: Vec<&File> = files.iter().collect();
    ordered.sort_by_key(|file| match file.name.as_str() {
        IGNORED => 0,
        name if is_workflow(name) => 2,
        _ => 1,
    });
    write::in_order(&workflows.join(name), &ordered, None)
}

/// A file's content. Others write to the folder too, so a link, a pipe or a device is not followed or waited for.
///
/// # Errors
/// When it cannot be read, is no ordinary file, or has more than `most` bytes.
pub(crate) fn whole(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = fs::OpenOptions::new().read(true).custom_flags(flags).open(file)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no ordinary file"));
    }
    let mut content = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > most {
        return Err(io::Error::other("it is too large for a file of an export"));
    }
    Ok(content)
}

/// The list of files that Airflow shall not look at.
const IGNORED: &str = ".airflowignore";

fn is_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn made(job: &str) -> Vec<File> {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        vec![file("job.py", job), file("job.cells.json", "{}"), file("a_dag.py", "dag"), file(IGNORED, "job.py\n")]
    }

    #[test]
    fn a_job_is_put_into_a_folder_of_its_own_and_replaced_there() {
        let workflows = tempfile::tempdir().unwrap();
        for content in ["one", "two"] {
            deliver(workflows.path(), "a", &made(content)).unwrap();
            assert_eq!(fs::read_to_string(workflows.path().join("a/job.py")).unwrap(), content);
        }
        assert_eq!(fs::read_dir(workflows.path().join("a")).unwrap().count(), 4, "nothing half-written is left");
    }

    #[test]
    fn the_workflow_is_not_written_before_its_job() {
        let workflows = tempfile::tempdir().unwrap();
        // The job cannot be written: there is a folder of its name.
        fs::create_dir_all(workflows.path().join("a/job.py")).unwrap();
        fs::write(workflows.path().join("a/job.cells.json"), "{}").unwrap();
        assert!(deliver(workflows.path(), "a", &made("one")).is_err());
        let there = |name: &str| workflows.path().join("a").join(name).exists();
        assert!(there(IGNORED) && !there("a_dag.py"));
    }

    #[test]
    fn a_name_cannot_leave_the_folder_and_a_missing_folder_is_not_made() {
        let workflows = tempfile::tempdir().unwrap();
        for name in ["", "..", ".hidden", "a/b", "/a"] {
            assert!(deliver(workflows.path(), name, &made("one")).is_err(), "{name}");
        }
        let file = File { name: "../x".to_owned(), content: Vec::new() };
        assert!(deliver(workflows.path(), "a", &[file]).is_err());
        assert!(deliver(&workflows.path().join("none"), "a", &made("one")).is_err());
        assert_eq!(fs::read_dir(workflows.path()).unwrap().count(), 0);
    }
}
