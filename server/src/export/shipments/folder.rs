//! A folder of workflows that Airflow reads: what a delivery would change there, and the delivery.

use std::{fs, io, path::Path};

use notebook_job::File;
use tokio::task;
use wire::export::{GitChange, GitPlan};

use crate::export::airflow::dag_folder;

/// Largest text of a file that is shown, bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What a delivery would change.
///
/// # Errors
/// When the folder cannot be read.
pub(super) async fn plan(workflows: &Path, name: &str, files: Vec<File>) -> io::Result<GitPlan> {
    let (folder, name) = (workflows.join(name), name.to_owned());
    task::spawn_blocking(move || compared(&folder, name, &files)).await?
}

/// Writes the files, if that changes what was shown.
///
/// # Errors
/// When something else would change, or it cannot be written.
pub(super) async fn deliver(workflows: &Path, name: &str, files: Vec<File>, seen: &str) -> io::Result<()> {
    let (workflows, name, seen) = (workflows.to_owned(), name.to_owned(), seen.to_owned());
    let write = move || {
        if compared(&workflows.join(&name), name.clone(), &files)?.plan != seen {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the files there have changed since"));
        }
        dag_folder::deliver(&workflows, &name, &files)
    };
    task::spawn_blocking(write).await?
}

fn compared(folder: &Path, name: String, files: &[File]) -> io::Result<GitPlan> {
    let is_ours = folder.join("job.cells.json").is_file();
    let mut hasher = blake3::Hasher::new();
    let mut changes = Vec::new();
    for File { name: file, content } in files {
        let was = read(&folder.join(file))?;
        let becomes = String::from_utf8_lossy(content).into_owned();
        if was.as_deref() == Some(becomes.as_str()) {
            continue;
        }
        for part in [file.as_bytes(), was.as_deref().unwrap_or("\0").as_bytes(), becomes.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        changes.push(GitChange {
            path: format!("{name}/{file}"),
            is_ours: is_ours || was.is_none(),
            was,
            becomes: Some(becomes),
        });
    }
    Ok(GitPlan { head: None, folder: name, changes, plan: hasher.finalize().to_hex().to_string() })
}

fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Ok(there) if there.len() > MOST_BYTES => Ok(Some(format!("({} bytes)", there.len()))),
        _ => Ok(Some(String::from_utf8_lossy(&fs::read(file)?).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(job: &str) -> Vec<File> {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        vec![file("job.py", job), file("job.cells.json", "{}"), file("a_dag.py", "dag")]
    }

    #[tokio::test]
    async fn only_what_was_shown_is_written() {
        let workflows = tempfile::tempdir().unwrap();
        let first = plan(workflows.path(), "a", files("one")).await.unwrap();
        assert_eq!(first.changes.iter().map(|change| change.was.as_deref()).collect::<Vec<_>>(), [None; 3]);
        deliver(workflows.path(), "a", files("one"), &first.plan).await.unwrap();
        let second = plan(workflows.path(), "a", files("two")).await.unwrap();
        assert_eq!((second.changes.len(), second.changes[0].was.as_deref()), (1, Some("one")));
        fs::write(workflows.path().join("a/job.py"), "somebody's").unwrap();
        let refused = deliver(workflows.path(), "a", files("two"), &second.plan).await.unwrap_err();
        assert!(refused.to_string().contains("changed since"));
        assert_eq!(fs::read_to_string(workflows.path().join("a/job.py")).unwrap(), "somebody's");
        assert!(plan(workflows.path(), "a", files("somebody's")).await.unwrap().changes.is_empty());
    }
}
