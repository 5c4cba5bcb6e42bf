//! GitLab: one call makes the commit on the newest one of the branch. It refuses it if a file that it replaces was changed by
//! a later commit than the one that is named.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, json};

use super::{
    super::{error::GitError, merge_request::Words, tree::Entry, verdict::NotTaken},
    Commit,
    calls::Calls,
    encoded, id, kind,
};

/// Most pages of a folder that are read, with a hundred entries each.
const MOST_PAGES: u32 = 100;

#[derive(Deserialize)]
struct Branch {
    commit: Id,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    name: String,
    mode: String,
}

pub(super) async fn head(calls: &Calls, branch: &str) -> Result<String, GitError> {
    let branch: Branch = calls.get(&["repository", "branches", branch], &[]).await?;
    id(branch.commit.id)
}

pub(super) async fn list(calls: &Calls, head: &str, path: &str) -> Result<Vec<Entry>, GitError> {
    let mut entries = Vec::new();
    let mut page = "1".to_owned();
    for _ in 0..MOST_PAGES {
        let query = [("ref", head), ("path", path), ("per_page", "100"), ("page", &page)];
        let rows = calls.get_with_head::<Vec<Row>>(&["repository", "tree"], &query).await?;
        let entry = |row: Row| Entry { kind: kind(&row.mode), id: row.id, name: row.name.into_bytes(), bytes: None };
        entries.extend(rows.body.into_iter().map(entry));
        match rows.headers.get("x-next-page").and_then(|next| next.to_str().ok()) {
            Some(next) if !next.is_empty() => next.clone_into(&mut page),
            _ => return Ok(entries),
        }
    }
    Err(GitError::TooLarge { most_bytes: calls.most_bytes() })
}

pub(super) async fn commit(calls: &Calls, commit: &Commit<'_>) -> Result<String, NotTaken> {
    let mut actions = Vec::new();
    for write in commit.writes {
        let name = match (write.was, write.content) {
            (None, _) => "create",
            (Some(_), Some(_)) => "update",
            (Some(_), None) => "delete",
        };
        let mut action =
            Map::from_iter([("action".to_owned(), json!(name)), ("file_path".to_owned(), json!(write.path))]);
        if let Some(content) = write.content {
            action.insert("content".to_owned(), json!(encoded(content)));
            action.insert("encoding".to_owned(), json!("base64"));
        }
        if let (Some(_), Some(head)) = (write.was, commit.head) {
            let last = last_commit(calls, head, write.path).await?;
            action.insert("last_commit_id".to_owned(), json!(last));
        }
        actions.push(action);
    }
    let mut body = json!({
        "branch": commit.own.unwrap_or(&commit.site.branch),
        "commit_message": commit.message,
        "author_name": commit.site.author_name,
        "author_email": commit.site.author_email,
        "actions": actions,
    });
    if let (Some(_), Some(head), Some(body)) = (commit.own, commit.head, body.as_object_mut()) {
        // The branch begins at this commit. GitLab refuses it if there is such a branch.
        body.insert("start_sha".to_owned(), json!(head));
    }
    let made = calls.send::<Id>(Method::POST, &["repository", "commits"], &body).await.map_err(|refused| {
        refused.verdict(|refused| {
            let parts = [
                "has changed since",
                "already exists",
                "doesn't exist",
                "does not exist",
                "could not update",
                "try again",
            ];
            refused.status == 409 || refused.status == 400 && refused.says(&parts)
        })
    })?;
    id(made.id).map_err(NotTaken::Unclear)
}

#[derive(Deserialize)]
struct MergeRequest {
    iid: u64,
    /// None if the fork is gone.
    #[serde(default)]
    source_project_id: Option<i64>,
    #[serde(default)]
    target_project_id: Option<i64>,
}

/// The merge request that is open from a branch of the repository itself.
pub(super) async fn open_request(calls: &Calls, (branch, into): (&str, &str)) -> Result<Option<u64>, GitError> {
    let query = [("state", "opened"), ("source_branch", branch), ("target_branch", into)];
    let requests: Vec<MergeRequest> = calls.get(&["merge_requests"], &query).await?;
    // A fork's has another source.
    let own = requests.iter().find(|request| request.source_project_id == request.target_project_id);
    Ok(own.map(|request| request.iid))
}

/// Opens a merge request, and returns its number. Its branch goes when it is merged.
pub(super) async fn propose(calls: &Calls, (branch, into): (&str, &str), words: &Words) -> Result<u64, GitError> {
    let body = json!({
        "title": words.title,
        "description": words.description,
        "source_branch": branch,
        "target_branch": into,
        "remove_source_branch": true,
    });
    let opened: Result<MergeRequest, _> = calls.send(Method::POST, &["merge_requests"], &body).await;
    opened.map(|request| request.iid).map_err(|refused| refused.error)
}

/// The last commit that changed a file.
async fn last_commit(calls: &Calls, head: &str, path: &str) -> Result<String, NotTaken> {
    let headers = calls.head(&["repository", "files", path], &[("ref", head)]).await.map_err(NotTaken::Refused)?;
    let last = headers.get("x-gitlab-last-commit-id").and_then(|last| last.to_str().ok()).unwrap_or_default();
    id(last.to_owned()).map_err(NotTaken::Refused)
}
