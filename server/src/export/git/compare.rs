//! Compares a job with the branch: what a push would change.

use notebook_job::File;

use super::{
    blobs,
    call::Git,
    content::Content,
    error::GitError,
    plan::{Change, Plan, Step},
    tree::{self, Entry, Kind},
};

/// What is read of a repository.
pub(super) trait Source {
    /// The entries of a folder of a commit; none if it is not there.
    ///
    /// # Errors
    /// When something that is no folder is in its place, or it cannot be read.
    fn folder(&self, head: &str, path: &str) -> impl Future<Output = Result<Vec<Entry>, GitError>> + Send;

    /// Files' contents, in the order of their entries.
    ///
    /// # Errors
    /// When the host does not give them.
    fn contents(&self, files: &[&Entry]) -> impl Future<Output = Result<Vec<Content>, GitError>> + Send;
}

impl Source for Git {
    async fn folder(&self, head: &str, path: &str) -> Result<Vec<Entry>, GitError> {
        tree::folder(self, head, path).await
    }

    async fn contents(&self, files: &[&Entry]) -> Result<Vec<Content>, GitError> {
        let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
        blobs::read(self, &ids).await
    }
}

/// The file by which a folder is known as a job's.
const MARK: &str = "job.cells.json";
/// Files that an export writes.
const WRITTEN: [&str; 5] = ["job.py", MARK, "requirements.txt", ".airflowignore", "notebook.ipynb"];
/// The name of a workflow ends so, and its first line begins so.
const WORKFLOW: (&str, &str) = ("_dag.py", "# Made by berdl-spark-monitor");
/// Most workflows of earlier exports that are looked for in one folder.
const MOST_OLD: usize = 20;

/// A file that may become different: what is there, and what comes, with its id.
struct Difference<'a> {
    name: String,
    was: Option<&'a Entry>,
    becomes: Option<(&'a File, &'a str)>,
}

/// Compares the job's files, whose ids are given, with the branch.
///
/// # Errors
/// When something is in the way, or the host does not give a file's content.
pub(super) async fn compare(
    source: &impl Source,
    head: Option<String>,
    folder: String,
    files: &[(&File, String)],
) -> Result<Plan, GitError> {
    let entries = match &head {
        Some(head) => source.folder(head, &folder).await?,
        None => Vec::new(),
    };
    let found = |name: &str| entries.iter().find(|entry| entry.is_named(name));
    let is_job = found(MARK).is_some_and(|mark| mark.kind == Kind::File);
    let mut differs: Vec<Difference<'_>> = Vec::new();
    for (file, id) in files {
        match found(&file.name) {
            Some(entry) if entry.kind != Kind::File => {
                return Err(GitError::InTheWay { path: format!("{folder}/{}", file.name) });
            }
            Some(entry) if entry.id == *id => {}
            was => differs.push(Difference { name: file.name.clone(), was, becomes: Some((file, id)) }),
        }
    }
    let is_ours = |name: &str| WRITTEN.contains(&name);
    if is_job {
        let names = |entry: &Entry| String::from_utf8(entry.name.clone()).ok();
        let old = entries.iter().filter(|entry| entry.kind == Kind::File);
        let old = old.filter_map(|entry| Some((names(entry)?, entry)));
        let old = old.filter(|(name, _)| !files.iter().any(|(file, _)| file.name == *name));
        let old = old.filter(|(name, _)| is_ours(name) || name.ends_with(WORKFLOW.0));
        let removed = |(name, entry)| Difference { name, was: Some(entry), becomes: None };
        differs.extend(old.take(MOST_OLD).map(removed));
    }
    let there: Vec<&Entry> = differs.iter().filter_map(|one| one.was).collect();
    let mut contents = source.contents(&there).await?.into_iter();
    let (mut changes, mut steps) = (Vec::new(), Vec::new());
    let mut name = blake3::Hasher::new();
    for Difference { name: file, was, becomes } in differs {
        let content = was.and_then(|_| contents.next());
        let is_workflow = matches!(&content, Some(Content::Text(text)) if text.starts_with(WORKFLOW.1));
        let ours = content.is_none() || (is_job && (is_ours(&file) || is_workflow));
        // A workflow that somebody else wrote stays.
        if becomes.is_none() && !ours {
            continue;
        }
        let path = format!("{folder}/{file}");
        let id = becomes.map(|(_, id)| id.to_owned());
        for part in [Some(path.as_str()), was.map(|was| was.id.as_str()), id.as_deref()] {
            name.update(part.unwrap_or("-").as_bytes()).update(b"\0");
        }
        name.update(&[u8::from(ours)]);
        changes.push(Change {
            path: path.clone(),
            was: content,
            becomes: becomes.map(|(file, _)| Content::of(&file.content)),
            ours,
        });
        steps.push(Step { path, was: was.map(|was| was.id.clone()), id });
    }
    let seen = name.finalize().to_hex().to_string();
    Ok(Plan { head, folder, branch: None, changes, seen, steps })
}
