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
    content::{Content, LONGEST},
    error::GitError,
    merge_request::{self, Words},
    pause,
    plan::Plan,
    tree::{Entry, Kind},
    verdict::NotTaken,
};
use crate::config::{GitApi, GitApiKind, GitSite};

/// The API of the site's repository. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    calls: Calls,
    kind: GitApiKind,
    site: GitSite,
}

/// A job that is in the repository.
pub(super) struct Pushed {
    pub commit: String,
    /// False if it was there already.
    pub is_new: bool,
    /// The job's own branch, if it has one.
    pub branch: Option<String>,
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

/// What Gitea and GitLab say of a repository without commits. GitHub refuses each call instead.
#[derive(Deserialize)]
struct About {
    #[serde(default, alias = "empty_repo")]
    empty: bool,
}

/// Longest answer with a content that is shown, bytes: base64, with breaks of its lines.
const MOST_SHOWN: u64 = 1 << 20;

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

    /// The branch's newest commit; none in an empty repository.
    ///
    /// # Errors
    /// When the host does not answer, or there is no such branch.
    pub(super) async fn head(&self) -> Result<Option<String>, GitError> {
        let branch = self.site.branch.as_str();
        match self.head_of(branch).await {
            // The repository itself says which of the two is not there.
            Err(GitError::RepositoryMissing) => match self.calls.get::<About>(&[], &[]).await?.empty {
                true => Ok(None),
                false => Err(GitError::BranchMissing { branch: branch.to_owned() }),
            },
            head => head.map(Some),
        }
    }

    /// The newest commit of any branch.
    async fn head_of(&self, branch: &str) -> Result<String, GitError> {
        match self.kind {
            GitApiKind::GitHub => github::head(&self.calls, branch).await,
            GitApiKind::Gitea => gitea::head(&self.calls, branch).await,
            GitApiKind::GitLab => gitlab::head(&self.calls, branch).await,
        }
    }

    pub(super) async fn plan(&self, delivery: &Delivery<'_>, folder: String) -> Result<Plan, GitError> {
        let ids: Vec<(&File, String)> = delivery.files.iter().map(|file| (file, blob_id(&file.content))).collect();
        let plan = compare(self, self.head().await?, folder, &ids).await?;
        merge_request::proposed(plan, &self.site)
    }

    /// As [`super::Repository::push`], without the merge request.
    pub(super) async fn push(
        &self,
        delivery: &Delivery<'_>,
        folder: String,
        agreed: Agreed<'_>,
        message: &str,
    ) -> Result<Pushed, GitError> {
        let here = |commit, branch| Ok(Pushed { commit, is_new: false, branch });
        for attempt in 0..ATTEMPTS {
            let plan = self.plan(delivery, folder.clone()).await?;
            if let Some(head) = plan.head.clone().filter(|_| plan.is_unchanged()) {
                return here(head, None);
            }
            let plan = agreed.check(plan)?;
            if let Some(commit) = self.proposed(&plan, delivery).await? {
                return here(commit, plan.branch);
            }
            match self.commit(&plan, &writes(&plan, delivery.files), message).await {
                Ok(commit) => return Ok(Pushed { commit, is_new: true, branch: plan.branch }),
                Err(NotTaken::Moved) => pause(attempt).await,
                Err(NotTaken::Refused(error)) => return Err(error),
                // The host may have taken it before the connection broke.
                Err(NotTaken::Unclear(error)) => {
                    let arrived = match plan.branch {
                        Some(_) => self.proposed(&plan, delivery).await.ok().flatten(),
                        None => {
                            self.plan(delivery, folder).await.ok().filter(Plan::is_unchanged).and_then(|now| now.head)
                        }
                    };
                    let arrived = arrived.map(|commit| Pushed { commit, is_new: true, branch: plan.branch });
                    return arrived.ok_or(error);
                }
            }
        }
        Err(GitError::Busy)
    }

    /// The newest commit of the job's own branch; none if it has none, or it is not there yet.
    async fn proposed(&self, plan: &Plan, delivery: &Delivery<'_>) -> Result<Option<String>, GitError> {
        let Some(branch) = &plan.branch else { return Ok(None) };
        let head = match self.head_of(branch).await {
            // The repository was there a moment ago, so it is the branch that is not.
            Err(GitError::RepositoryMissing) => return Ok(None),
            head => head?,
        };
        let ids: Vec<(&File, String)> = delivery.files.iter().map(|file| (file, blob_id(&file.content))).collect();
        merge_request::same(self, (branch, &head), &plan.folder, &ids).await?;
        Ok(Some(head))
    }

    /// The number of the open merge request of a branch, which is opened unless it is.
    ///
    /// # Errors
    /// When the host does not open it.
    pub(super) async fn merge_request(&self, branch: &str, message: &str) -> Result<u64, GitError> {
        if let Some(number) = self.open_request(branch).await? {
            return Ok(number);
        }
        let (words, into) = (Words::of(message), self.site.branch.as_str());
        let opened = match self.kind {
            // Gitea takes what GitHub takes.
            GitApiKind::GitHub | GitApiKind::Gitea => github::propose(&self.calls, (branch, into), &words).await,
            GitApiKind::GitLab => gitlab::propose(&self.calls, (branch, into), &words).await,
        };
        match opened {
            Ok(number) => Ok(number),
            // Somebody else may have been faster, or the answer was lost.
            Err(error) => self.open_request(branch).await.ok().flatten().ok_or(error),
        }
    }

    async fn open_request(&self, branch: &str) -> Result<Option<u64>, GitError> {
        let into = self.site.branch.as_str();
        match self.kind {
            GitApiKind::GitHub => {
                let owner = self.site.api.as_ref().and_then(|api| api.repository.split('/').next()).unwrap_or_default();
                github::open_request(&self.calls, owner, (branch, into)).await
            }
            GitApiKind::Gitea => gitea::open_request(&self.calls, (branch, into)).await,
            GitApiKind::GitLab => gitlab::open_request(&self.calls, (branch, into)).await,
        }
    }

    async fn commit(&self, plan: &Plan, writes: &[Write<'_>], message: &str) -> Result<String, NotTaken> {
        let message = super::commit::shown(message);
        let (head, own) = (plan.head.as_deref(), plan.branch.as_deref());
        let commit = Commit { site: &self.site, head, own, writes, message: message.trim_end() };
        let began = Instant::now();
        let done = match self.kind {
            GitApiKind::GitHub => github::commit(&self.calls, &commit).await,
            GitApiKind::Gitea => gitea::commit(&self.calls, &commit).await,
            GitApiKind::GitLab => gitlab::commit(&self.calls, &commit).await,
        };
        tracing::debug!(upstream = "git", duration_ms = began.elapsed().as_millis(), "Asked the git host for a commit");
        done
    }

    /// What is in a file. One that is too long to be shown is not read.
    async fn content(&self, file: &Entry) -> Result<Content, GitError> {
        if let Some(bytes) = file.bytes.filter(|bytes| *bytes > LONGEST as u64) {
            return Ok(Content::Opaque { bytes });
        }
        let path: &[&str] = match self.kind {
            GitApiKind::GitHub | GitApiKind::Gitea => &["git", "blobs", &file.id],
            GitApiKind::GitLab => &["repository", "blobs", &file.id],
        };
        let (body, is_cut) = self.calls.beginning(path, MOST_SHOWN).await?;
        if is_cut {
            return size(&body).map(|bytes| Content::Opaque { bytes }).ok_or_else(calls::strange);
        }
        let blob: Blob = serde_json::from_slice(&body).map_err(|_| calls::strange())?;
        let text: Vec<u8> = blob.content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = if blob.encoding == "base64" { STANDARD.decode(text).ok() } else { None };
        let bytes = bytes.filter(|bytes| blob_id(bytes) == file.id).ok_or_else(calls::strange)?;
        Ok(Content::of(&bytes))
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
    /// The commit it is made on; none in an empty repository.
    head: Option<&'a str>,
    /// The job's own branch, which is made of it; none if the commit goes to the site's.
    own: Option<&'a str>,
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

    async fn contents(&self, files: &[&Entry]) -> Result<Vec<Content>, GitError> {
        let mut contents = Vec::new();
        for file in files {
            contents.push(self.content(file).await?);
        }
        Ok(contents)
    }
}

/// `"size": 123`, which GitHub and GitLab write before the content.
fn size(beginning: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(beginning.get(..1024).unwrap_or(beginning)).into_owned();
    let (_, behind) = text.split_once("\"size\"")?;
    let number = behind.trim_start().strip_prefix(':')?.trim_start();
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
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
    fn a_size_is_found_before_the_content() {
        assert_eq!(size(br#"{"size": 700000,"encoding":"base64","content":"YQ"#), Some(700_000));
        assert_eq!(size(br#"{"sha":"a","size":12,"content":"#), Some(12));
        assert_eq!(size(br#"{"content":"YQ"#), None);
    }

    #[test]
    fn a_contents_id_is_gits() {
        assert_eq!(blob_id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(blob_id(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    }
}
