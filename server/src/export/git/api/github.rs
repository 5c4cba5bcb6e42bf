//! GitHub: contents, folder and commit are made one after the other, and at last the branch is set, which GitHub refuses if
//! it is not where the commit's parent is. Or a new branch is made, which GitHub refuses if it is there.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{error::GitError, merge_request::Words, tree::Entry, verdict::NotTaken},
    Commit,
    calls::{Calls, Refused},
    encoded, id, kind,
};

#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

#[derive(Deserialize)]
struct CommitRow {
    tree: Object,
}

/// One page of a folder; Gitea has the same.
#[derive(Deserialize)]
pub(super) struct Tree {
    pub tree: Vec<Row>,
    #[serde(default)]
    pub truncated: bool,
}

#[derive(Deserialize)]
pub(super) struct Row {
    path: String,
    mode: String,
    sha: String,
    #[serde(default)]
    size: Option<u64>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self { kind: kind(&row.mode), id: row.sha, name: row.path.into_bytes(), bytes: row.size }
    }
}

pub(super) async fn head(calls: &Calls, branch: &str) -> Result<String, GitError> {
    let path: Vec<&str> = ["git", "ref", "heads"].into_iter().chain(branch.split('/')).collect();
    let reference: Reference = calls.get(&path, &[]).await?;
    id(reference.object.sha)
}

/// The id of a commit stands for its folder, too.
pub(super) async fn list(calls: &Calls, tree: &str) -> Result<Vec<Entry>, GitError> {
    let page: Tree = calls.get(&["git", "trees", tree], &[]).await?;
    if page.truncated {
        return Err(GitError::TooLarge { most_bytes: calls.most_bytes() });
    }
    Ok(page.tree.into_iter().map(Entry::from).collect())
}

pub(super) async fn commit(calls: &Calls, commit: &Commit<'_>) -> Result<String, NotTaken> {
    let head = commit.head.ok_or(NotTaken::Refused(GitError::EmptyRepository))?;
    // Until the branch is set nothing has happened, whatever breaks.
    let refused = |refused: Refused| NotTaken::Refused(refused.error);
    let made = async {
        let mut entries = Vec::new();
        for write in commit.writes {
            let blob = match write.content {
                Some(content) => {
                    let body = json!({ "content": encoded(content), "encoding": "base64" });
                    let blob: Object = calls.send(Method::POST, &["git", "blobs"], &body).await?;
                    Value::String(blob.sha)
                }
                None => Value::Null,
            };
            entries.push(json!({ "path": write.path, "mode": "100644", "type": "blob", "sha": blob }));
        }
        let base: CommitRow = calls.get(&["git", "commits", head], &[]).await?;
        let body = json!({ "base_tree": base.tree.sha, "tree": entries });
        let tree: Object = calls.send(Method::POST, &["git", "trees"], &body).await?;
        let author = json!({ "name": commit.site.author_name, "email": commit.site.author_email });
        let body = json!({
            "message": commit.message, "tree": tree.sha, "parents": [head], "author": author,
        });
        let made: Object = calls.send(Method::POST, &["git", "commits"], &body).await?;
        Ok::<_, Refused>(id(made.sha)?)
    };
    let made = made.await.map_err(refused)?;
    let set = match commit.own {
        Some(branch) => {
            let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": made });
            calls.send::<Reference>(Method::POST, &["git", "refs"], &body).await
        }
        None => {
            let path: Vec<&str> = ["git", "refs", "heads"].into_iter().chain(commit.site.branch.split('/')).collect();
            calls.send::<Reference>(Method::PATCH, &path, &json!({ "sha": made, "force": false })).await
        }
    };
    let moved = ["fast forward", "fast-forward", "already exists"];
    let has_moved = |refused: &Refused| refused.status == 409 || refused.says(&moved);
    set.map(|_| made).map_err(|refused| refused.verdict(has_moved))
}

/// A pull request; Gitea has the same.
#[derive(Deserialize)]
pub(super) struct Pull {
    pub number: u64,
}

/// The pull request that is open from a branch of the repository itself.
pub(super) async fn open_request(
    calls: &Calls,
    owner: &str,
    (branch, into): (&str, &str),
) -> Result<Option<u64>, GitError> {
    let head = format!("{owner}:{branch}");
    let pulls: Vec<Pull> = calls.get(&["pulls"], &[("state", "open"), ("head", &head), ("base", into)]).await?;
    Ok(pulls.first().map(|pull| pull.number))
}

/// Opens a pull request, and returns its number. Gitea takes the same.
pub(super) async fn propose(calls: &Calls, (branch, into): (&str, &str), words: &Words) -> Result<u64, GitError> {
    let body = json!({ "title": words.title, "body": words.description, "head": branch, "base": into });
    let pull: Result<Pull, _> = calls.send(Method::POST, &["pulls"], &body).await;
    pull.map(|pull| pull.number).map_err(|refused| refused.error)
}
