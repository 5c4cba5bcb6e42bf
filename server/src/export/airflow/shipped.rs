//! A job that is delivered to Airflow, and the mark by which its workflow is known again.

use notebook_job::File;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::export::places::{CellMap, NoCellMap};

/// A job that was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shipped {
    pub dag_id: String,
    /// The workflow's file: its path in the repository or the folder.
    pub file: String,
    pub delivery: Delivery,
    pub cells: CellMap,
    /// The hash of the workflow's text.
    source: String,
}

/// How a job was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub(crate) enum Delivery {
    /// A commit that was pushed.
    Commit { id: String },
    /// A branch that somebody merges. What Airflow reads then is another commit.
    Branch { name: String },
    /// Files in a folder that Airflow reads.
    Folder,
}

/// Files that cannot be followed.
#[derive(Clone, Copy, Debug, Error)]
pub(crate) enum NoShipment {
    #[error("there is no workflow among the files")]
    NoWorkflow,
    #[error(transparent)]
    NoCellMap(#[from] NoCellMap),
}

impl Shipped {
    /// What is followed of these files, which [`marked`] made, in this folder of the repository or of the workflows.
    ///
    /// # Errors
    /// When the files are not those of a job for Airflow.
    pub(crate) fn new(dag_id: &str, folder: &str, files: &[File], delivery: Delivery) -> Result<Self, NoShipment> {
        let workflow = files.iter().find(|file| is_workflow(&file.name)).ok_or(NoShipment::NoWorkflow)?;
        let cells = files.iter().find(|file| file.name == "job.cells.json").ok_or(NoCellMap)?;
        Ok(Self {
            dag_id: dag_id.to_owned(),
            file: format!("{}/{}", folder.trim_matches('/'), workflow.name).trim_start_matches('/').to_owned(),
            delivery,
            cells: CellMap::read(&cells.content)?,
            source: hash(&String::from_utf8_lossy(&workflow.content)),
        })
    }

    /// Whether somebody must merge it before Airflow can read it.
    pub(crate) fn is_merged_first(&self) -> bool {
        matches!(self.delivery, Delivery::Branch { .. })
    }

    /// Whether this is the workflow's text. With its mark, so are the other files those that were delivered.
    pub(crate) fn has_source(&self, text: &str) -> bool {
        hash(text) == self.source
    }
}

/// The files, with a mark in the workflow that changes with any of them: Airflow shows only the workflow's text, which
/// is the same for every change of the job alone.
pub(crate) fn marked(mut files: Vec<File>) -> Vec<File> {
    let mut hasher = blake3::Hasher::new();
    for File { name, content } in &files {
        // Lengths keep a name apart from what follows it.
        for part in [name.as_bytes(), content] {
            hasher.update(&part.len().to_le_bytes()).update(part);
        }
    }
    let mark = format!("\n# Delivered together: {}\n", hasher.finalize().to_hex());
    for file in files.iter_mut().filter(|file| is_workflow(&file.name)) {
        file.content.extend_from_slice(mark.as_bytes());
    }
    files
}

/// Whether a job's file is its workflow.
pub(super) fn is_workflow(name: &str) -> bool {
    name.ends_with("_dag.py")
}

/// Line ends do not count.
fn hash(text: &str) -> String {
    blake3::hash(text.replace("\r\n", "\n").as_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(job: &str) -> Vec<File> {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        vec![file("job.py", job), file("job.cells.json", r#"{"lines":[[0,1]]}"#), file("a_dag.py", "dag()\n")]
    }

    fn shipped(files: &[File]) -> Shipped {
        Shipped::new("a", "/jobs/a/", files, Delivery::Folder).unwrap()
    }

    #[test]
    fn a_change_of_the_job_alone_changes_the_workflow() {
        let (old, new) = (marked(files("x = 1")), marked(files("x = 2")));
        let text = |files: &[File]| String::from_utf8(files[2].content.clone()).unwrap();
        assert!(text(&new).starts_with("dag()\n\n# Delivered together: "));
        assert_eq!(marked(files("x = 2")), new, "the same files have the same mark");
        assert!(shipped(&new).has_source(&text(&new).replace('\n', "\r\n")));
        assert!(!shipped(&new).has_source(&text(&old)));
        assert_eq!(shipped(&new).file, "jobs/a/a_dag.py");
        assert_eq!(Shipped::new("a", "", &new, Delivery::Folder).unwrap().file, "a_dag.py");
    }

    #[test]
    fn files_without_a_workflow_or_a_map_are_refused() {
        assert!(Shipped::new("a", "a", &files("")[..2], Delivery::Folder).is_err());
        assert!(Shipped::new("a", "a", &files("")[2..], Delivery::Folder).is_err());
    }
}
