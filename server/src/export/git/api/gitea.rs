//! Gitea and Forgejo: one call makes the commit. They put it on the newest commit of the branch, and refuse it if a file that
//! it replaces is not the one that is named.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{error::GitError, tree::Entry, verdict::NotTaken},
    Commit, Write,
    calls::Calls,
    encoded,
    github::Tree,
    id,
};

/// What it says when others have changed the branch.
const MOVED: [&str; 5] = ["already exists", "does not match", "does not exist", "out of date", "outofdate"];
/// Open pull requests that are looked through; it gives no more at once, the newest first.
const MOST_PULLS: &str = "50";
/// Most pages of a folder that are read. A page has a thousand entries, unless the host is set otherwise.
const MOST_PAGES: u32 = 20;

#[derive(Deserialize)]
struct Branch {
    commit: Id,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Changed {
    commit: Sha,
}

#[derive(Deserialize)]
struct Sha {
    sha: String,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    head: End,
    base: End,
}

/// The branch at one end of a pull request.
#[derive(Deserialize)]
struct End {
    #[serde(rename = "ref")]
    branch: String,
    /// A fork has another one.
    repo_id: i64,
}

/// The pull request that is open from a branch of the repository itself.
pub(super) async fn open_request(calls: &Calls, (branch, into): (&str, &str)) -> Result<Option<u64>, GitError> {
    let newest = [("state", "open"), ("sort", "recentupdate"), ("limit", MOST_PULLS)];
    let pulls: Vec<Pull> = calls.get(&["pulls"], &newest).await?;
    let is_it =
        |Pull { head, base, .. }: &&Pull| head.branch == branch && base.branch == into && head.repo_id == base.repo_id;
    Ok(pulls.iter().find(is_it).map(|pull| pull.number))
}

pub(super) async fn head(calls: &Calls, branch: &str) -> Result<String, GitError> {
    let path: Vec<&str> = ["branches"].into_iter().chain(branch.split('/')).collect();
    let branch: Branch = calls.get(&path, &[]).await?;
    id(branch.commit.id)
}

/// The id of a commit stands for its folder, too.
pub(super) async fn list(calls: &Calls, tree: &str) -> Result<Vec<Entry>, GitError> {
    let mut entries = Vec::new();
    for number in 1..=MOST_PAGES {
        let page: Tree = calls.get(&["git", "trees", tree], &[("page", &number.to_string())]).await?;
        entries.extend(page.tree.into_iter().map(Entry::from));
        if !page.truncated {
            return Ok(entries);
        }
    }
    Err(GitError::TooLarge { most_bytes: calls.most_bytes() })
}

pub(super) async fn commit(calls: &Calls, commit: &Commit<'_>) -> Result<String, NotTaken> {
    let author = json!({ "name": commit.site.author_name, "email": commit.site.author_email });
    let mut body = json!({
        "branch": commit.site.branch,
        "message": commit.message,
        "author": author,
        "committer": author,
        "files": commit.writes.iter().map(file).collect::<Vec<_>>(),
    });
    if let (Some(own), Some(body)) = (commit.own, body.as_object_mut()) {
        // It is made of the branch, with the commit on it.
        body.insert("new_branch".to_owned(), json!(own));
    }
    let changed = calls.send::<Changed>(Method::POST, &["contents"], &body).await.map_err(|refused| {
        let has_moved = refused.status == 409 || refused.says(&MOVED);
        match refused.status {
            // The repository was there a moment ago, so it is the call that is not.
            404 | 405 if !has_moved => NotTaken::Refused(GitError::NoSuchCall),
            _ => refused.verdict(|_| has_moved),
        }
    })?;
    id(changed.commit.sha).map_err(NotTaken::Unclear)
}

fn file(write: &Write<'_>) -> Value {
    let Write { path, was, content } = write;
    match (was, content) {
        (None, content) => {
            json!({ "operation": "create", "path": path, "content": content.map(encoded) })
        }
        (Some(was), Some(content)) => {
            json!({ "operation": "update", "path": path, "sha": was, "content": encoded(content) })
        }
        (Some(was), None) => json!({ "operation": "delete", "path": path, "sha": was }),
    }
}
