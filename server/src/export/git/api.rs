//! Delivers through the REST API of a git host, where the program git is not installed: also one commit with all files,
//! never forced, and only what was shown. Plans are compared as with git.

mod calls;
mod gitea;
mod github;
mod gitlab;

use base64::{Engine, engine::general_purpose::STANDARD};
use notebook_job::File;
use rustls::ClientConfig;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use tokio::time::Instant;

use self::calls::Calls;
use super::{
    ATTEMPTS, Agreed, Delivery,
    compare::{Source, compare},
    content::Content,
    error::GitError,
    pause,
    plan::Plan,
    tree::{Entry, Kind},
    verdict::Pushed,
};
use crate::config::{GitApi, GitApiKind, GitSite};

/// The API of the site's repository. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    calls: Calls,
    kind: GitApiKind,
    site: GitSite,
}

/// A file of a commit.
struct Write<'a> {
    /// In the repository.
    path: &'a str,
    /// The id of what is there; none if nothing is.
    was: Option<&'a str>,
    /// None removes it.
    content: Option<&'a [u8]>,
}

/// A file's content, as all three hosts send it.
#[derive(Deserialize)]
struct Blob {
    content: String,
    encoding: String,
}

impl Api {
    /// None if the site has the program git do it.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub(crate) fn of(site: &GitSite, tls: &ClientConfig) -> Result<Option<Self>, GitError> {
        let (Some(api), Some(account)) = (&site.api, &site.account) else { return Ok(None) };
        let GitApi { kind, base, repository } = api;
        let root: Vec<&str> = match kind {
            GitApiKind::GitHub | GitApiKind::Gitea => {
                [&["repos"][..], &repository.split('/').collect::<Vec<_>>()].concat()
            }
            GitApiKind::GitLab => vec!["projects", repository],
        };
        let calls = Calls::new(&upstream::url_path::join(base, &root), account, site, tls)?;
        Ok(Some(Self { calls, kind: *kind, site: site.clone() }))
    }

    /// The branch's newest commit.
    ///
    /// # Errors
    /// When the host does not answer, or there is no such branch.
    pub(super) async fn head(&self) -> Result<String, GitError> {
        let branch = self.site.branch.as_str();
        let head = match self.kind {
            GitApiKind::GitHub => github::head(&self.calls, branch).await,
            GitApiKind::Gitea => gitea::head(&self.calls, branch).await,
            GitApiKind::GitLab => gitlab::head(&self.calls, branch).await,
        };
        match head {
            // The repository itself says which of the two is not there.
            Err(GitError::RepositoryMissing) => {
                let _: serde::de::IgnoredAny = self.calls.get(&[], &[]).await?;
                Err(GitError::BranchMissing { branch: branch.to_owned() })
            }
            head => head,
        }
    }

    pub(super) async fn plan(&self, delivery: &Delivery<'_>, folder: String) -> Result<Plan, GitError> {
        let ids: Vec<(&File, String)> = delivery.files.iter().map(|file| (file, blob_id(&file.content))).collect();
        compare(self, Some(self.head().await?), folder, &ids).await
    }

    /// As [`super::Repository::push`]; the commit's id, and whether it is new.
    pub(super) async fn push(
        &self,
        delivery: &Delivery<'_>,
        folder: String,
        agreed: Agreed<'_>,
        message: &str,
    ) -> Result<(String, bool), GitError> {
        for attempt in 0..ATTEMPTS {
            let plan = self.plan(delivery, folder.clone()).await?;
            let head = plan.head.clone().unwrap_or_default();
            if plan.is_unchanged() {
                return Ok((head, false));
            }
            let plan = agreed.check(plan)?;
            match self.commit(&head, &writes(&plan, delivery.files), message).await {
                Ok(commit) => return Ok((commit, true)),
                Err(Pushed::Moved | Pushed::Accepted) => pause(attempt).await,
                Err(Pushed::Refused(error)) => return Err(error),
                // The host may have taken it before the connection broke.
                Err(Pushed::Unclear(error)) => match self.plan(delivery, folder).await {
                    Ok(Plan { head: Some(head), changes, .. }) if changes.is_empty() => return Ok((head, true)),
                    _ => return Err(error),
                },
            }
        }
        Err(GitError::Busy)
    }

    async fn commit(&self, head: &str, writes: &[Write<'_>], message: &str) -> Result<String, Pushed> {
        let message = super::commit::shown(message);
        let commit = Commit { site: &self.site, head, writes, message: message.trim_end() };
        let began = Instant::now();
        let done = match self.kind {
            GitApiKind::GitHub => github::commit(&self.calls, &commit).await,
            GitApiKind::Gitea => gitea::commit(&self.calls, &commit).await,
            GitApiKind::GitLab => gitlab::commit(&self.calls, &commit).await,
        };
        tracing::debug!(upstream = "git", duration_ms = began.elapsed().as_millis(), "Asked the git host for a commit");
        done
    }

    /// The entries of one folder of a commit.
    async fn list(&self, head: &str, path: &str, tree: &str) -> Result<Vec<Entry>, GitError> {
        match self.kind {
            GitApiKind::GitHub => github::list(&self.calls, tree).await,
            GitApiKind::Gitea => gitea::list(&self.calls, tree).await,
            GitApiKind::GitLab => gitlab::list(&self.calls, head, path).await,
        }
    }
}

/// What is to be committed.
struct Commit<'a> {
    site: &'a GitSite,
    head: &'a str,
    writes: &'a [Write<'a>],
    message: &'a str,
}

impl Source for Api {
    async fn folder(&self, head: &str, path: &str) -> Result<Vec<Entry>, GitError> {
        let (mut tree, mut above) = (head.to_owned(), String::new());
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let here = self.list(head, &above, &tree).await?;
            let below = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
            match here.into_iter().find(|entry| entry.is_named(name)) {
                None => return Ok(Vec::new()),
                Some(entry) if entry.kind == Kind::Folder => (tree, above) = (entry.id, below),
                Some(_) => return Err(GitError::InTheWay { path: below }),
            }
        }
        self.list(head, &above, &tree).await
    }

    async fn contents(&self, ids: &[&str]) -> Result<Vec<Content>, GitError> {
        let mut contents = Vec::new();
        for id in ids {
            let path: &[&str] = match self.kind {
                GitApiKind::GitHub | GitApiKind::Gitea => &["git", "blobs", id],
                GitApiKind::GitLab => &["repository", "blobs", id],
            };
            let blob: Blob = self.calls.get(path, &[]).await?;
            let text: Vec<u8> = blob.content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let bytes = if blob.encoding == "base64" { STANDARD.decode(text).ok() } else { None };
            let bytes = bytes.filter(|bytes| blob_id(bytes) == **id).ok_or_else(calls::strange)?;
            contents.push(Content::of(&bytes));
        }
        Ok(contents)
    }
}

/// What the plan does with each path.
fn writes<'a>(plan: &'a Plan, files: &'a [File]) -> Vec<Write<'a>> {
    let content = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        files.iter().find(|file| file.name == name).map(|file| file.content.as_slice())
    };
    let write = |step: &'a super::plan::Step| Write {
        path: &step.path,
        was: step.was.as_deref(),
        content: step.id.as_ref().and_then(|_| content(&step.path)),
    };
    plan.steps.iter().map(write).collect()
}

/// The id that git gives a content.
fn blob_id(content: &[u8]) -> String {
    let mut hasher = Sha1::new();
    hasher.update(format!("blob {}\0", content.len()));
    hasher.update(content);
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As all three hosts take it.
fn encoded(content: &[u8]) -> String {
    STANDARD.encode(content)
}

/// An id of a commit, a folder or a file.
fn id(text: String) -> Result<String, GitError> {
    let is_id = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { Ok(text) } else { Err(calls::strange()) }
}

fn kind(mode: &str) -> Kind {
    match mode {
        "040000" | "40000" => Kind::Folder,
        "100644" | "100755" | "100664" => Kind::File,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contents_id_is_gits() {
        assert_eq!(blob_id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(blob_id(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    }
}
