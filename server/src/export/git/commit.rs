//! Makes one commit of a plan, without a work tree.

use std::{fs, io};

use notebook_job::File;

use super::{call::Git, error::GitError, plan::Plan};

/// Longest message, bytes.
const LONGEST: usize = 4096;

/// Stores a file's content, and returns its id.
///
/// # Errors
/// When git fails.
pub(super) async fn store(git: &Git, file: &File) -> Result<String, GitError> {
    git.line(&["hash-object", "-w", "--no-filters", "--stdin"], &file.content).await
}

/// Makes a commit on the plan's head, with an index of its own, and returns its id. Nothing refers to it yet.
///
/// # Errors
/// When git fails.
pub(super) async fn make(git: &Git, plan: &Plan, message: &str) -> Result<String, GitError> {
    match fs::remove_file(git.index()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(GitError::Cache(error)),
        _ => {}
    }
    if let Some(head) = &plan.head {
        git.local(&["read-tree", head], b"").await?;
    }
    git.local(&["update-index", "-z", "--index-info"], &steps(plan)).await?;
    // Other files' contents are not here, and need not be.
    let tree = git.line(&["write-tree", "--missing-ok"], b"").await?;
    let mut args = vec!["commit-tree", &tree];
    if let Some(head) = &plan.head {
        args.extend(["-p", head]);
    }
    args.extend(["-F", "-"]);
    git.line(&args, shown(message).as_bytes()).await
}

/// Lines for the index: mode, id and path. The mode 0 removes.
fn steps(plan: &Plan) -> Vec<u8> {
    let none = "0".repeat(plan.head.as_ref().map_or(40, String::len));
    let line = |step: &super::plan::Step| match &step.id {
        Some(id) => format!("100644 {id}\t{}\0", step.path),
        None => format!("0 {none}\t{}\0", step.path),
    };
    plan.steps.iter().map(line).collect::<String>().into_bytes()
}

/// The message without control characters.
pub(super) fn shown(message: &str) -> String {
    let mut text: String = message.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    text.truncate(text.floor_char_boundary(LONGEST));
    let text = text.trim();
    if text.is_empty() { "Update a job\n".to_owned() } else { format!("{text}\n") }
}
