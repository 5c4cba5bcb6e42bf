//! GitLab: one call makes the commit on the newest one of the branch. It refuses it if a file that it replaces was changed by
//! a later commit than the one that is named.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, json};

use super::{
    super::{error::GitError, tree::Entry, verdict::NotTaken},
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
    let body = json!({
        "branch": commit.site.branch,
        "commit_message": commit.message,
        "author_name": commit.site.author_name,
        "author_email": commit.site.author_email,
        "actions": actions,
    });
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

/// The last commit that changed a file.
async fn last_commit(calls: &Calls, head: &str, path: &str) -> Result<String, NotTaken> {
    let headers = calls.head(&["repository", "files", path], &[("ref", head)]).await.map_err(NotTaken::Refused)?;
    let last = headers.get("x-gitlab-last-commit-id").and_then(|last| last.to_str().ok()).unwrap_or_default();
    id(last.to_owned()).map_err(NotTaken::Refused)
}
