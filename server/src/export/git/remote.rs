//! What is asked of the git host: where the branch is, its newest commit, files' content, and to take a commit.

use super::{
    call::Git,
    error::GitError,
    verdict::{self, NotTaken},
};

/// Where the fetched commit is kept.
const FETCHED: &str = "refs/spark-monitor/head";
/// Most that is read of a list of branches, bytes.
const MOST_BRANCHES: usize = 64 << 10;
/// Where a reference is in a list, after the id.
const SEPARATOR: char = '\t';

/// The newest commit of the branch, as the host says; none in a repository without branches.
///
/// # Errors
/// When the host does not answer, or has other branches only.
pub(super) async fn head(git: &Git) -> Result<Option<String>, GitError> {
    if let Some(id) = head_of(git, &git.site.branch).await? {
        return Ok(Some(id));
    }
    let done = git.remote(&["ls-remote", "--quiet", "--heads", "--", "origin"], MOST_BRANCHES).await?;
    if !done.success && !done.is_cut {
        return Err(git.failure(&done));
    }
    match done.out.is_empty() {
        true => Ok(None),
        false => Err(GitError::BranchMissing { branch: git.site.branch.clone() }),
    }
}

/// The newest commit of any branch; none if it is not there.
///
/// # Errors
/// When the host does not answer.
pub(super) async fn head_of(git: &Git, branch: &str) -> Result<Option<String>, GitError> {
    let branch = format!("refs/heads/{branch}");
    let done = git.remote(&["ls-remote", "--quiet", "--heads", "--", "origin", &branch], MOST_BRANCHES).await?;
    if !done.success && !done.is_cut {
        return Err(git.failure(&done));
    }
    let text = String::from_utf8_lossy(&done.out);
    let mut lines = text.lines().filter_map(|line| line.split_once(SEPARATOR));
    match lines.find(|(_, name)| *name == branch) {
        Some((id, _)) if is_id(id) => Ok(Some(id.to_owned())),
        Some(_) => Err(nonsense()),
        None => Ok(None),
    }
}

/// Fetches the newest commit of a branch with its folders, and files' content only if the host cannot leave it out.
///
/// # Errors
/// When the host does not give it, or there is too much of it.
pub(super) async fn fetch(git: &Git, branch: &str, newest: &str) -> Result<String, GitError> {
    if let Ok(id) = fetched(git).await
        && id == newest
    {
        return Ok(id);
    }
    let refspec = format!("+refs/heads/{branch}:{FETCHED}");
    let args = [
        "fetch",
        "--quiet",
        "--no-tags",
        "--depth=1",
        "--filter=blob:none",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--",
        "origin",
        &refspec,
    ];
    let done = git.remote(&args, 1 << 10).await?;
    if !done.success {
        return Err(git.failure(&done));
    }
    let id = fetched(git).await?;
    if is_id(&id) { Ok(id) } else { Err(nonsense()) }
}

/// The commit that was fetched last.
async fn fetched(git: &Git) -> Result<String, GitError> {
    git.line(&["rev-parse", "--verify", "--quiet", &format!("{FETCHED}^{{commit}}")], b"").await
}

/// Fetches the content of files that a fetch has left out.
///
/// # Errors
/// When the host does not give it, or there is too much of it.
pub(super) async fn fetch_files(git: &Git, ids: &[&str]) -> Result<(), GitError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut args = vec!["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags"];
    args.extend(["--filter=blob:none", "--no-write-fetch-head", "--no-recurse-submodules", "--", "origin"]);
    args.extend(ids);
    let done = git.remote(&args, 1 << 10).await?;
    if done.success { Ok(()) } else { Err(git.failure(&done)) }
}

/// Pushes a commit to a branch, which takes it only if it is new or where the commit's parent is.
///
/// # Errors
/// When the host does not take it, or nobody knows whether it did.
pub(super) async fn push(git: &Git, branch: &str, commit: &str) -> Result<(), NotTaken> {
    let refspec = format!("{commit}:refs/heads/{branch}");
    // A thin pack would need the old files, which are not here.
    let args = ["push", "--porcelain", "--no-verify", "--no-thin", "--no-follow-tags", "--", "origin", &refspec];
    match git.remote(&args, MOST_BRANCHES).await {
        Ok(done) => verdict::pushed(done.success, &String::from_utf8_lossy(&done.out), &done.err, git.secret()),
        Err(error @ GitError::Timeout { .. }) => Err(NotTaken::Unclear(error)),
        Err(error) => Err(NotTaken::Refused(error)),
    }
}

/// An id of a commit, with SHA-1 or SHA-256.
fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn nonsense() -> GitError {
    GitError::Failed { message: "the host named a commit that is none".to_owned() }
}
