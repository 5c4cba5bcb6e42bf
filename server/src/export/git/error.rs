//! Why a job was not delivered to its repository.

use std::{io, time::Duration};

use thiserror::Error;

use super::plan::Plan;

/// Why nothing was pushed. No text has the token, or the user or query of an
/// address.
#[derive(Debug, Error)]
pub(crate) enum GitError {
    /// There is no program `git`.
    #[error("git is not installed here")]
    NotInstalled,
    /// The program could not be started or watched.
    #[error("git could not be run")]
    Start(#[source] io::Error),
    /// The state folder is missing or cannot be written.
    #[error("the folder for fetched commits cannot be used")]
    Cache(#[source] io::Error),
    /// Another export of this person is using the folder.
    #[error("another export is under way")]
    Locked,
    /// Git does not take the configured branch.
    #[error("the branch's name is not allowed")]
    BranchName,
    /// A name of a folder or file that a repository should not have.
    #[error("`{0}` cannot be a path in the repository")]
    Path(String),
    /// A command did not end in time, and was ended.
    #[error("git did not end within {after:?}")]
    Timeout { after: Duration },
    /// The repository is larger than what may be kept of it.
    #[error("more than {most_bytes} bytes would have been fetched")]
    TooLarge { most_bytes: u64 },
    /// The host does not accept who we are.
    #[error("the git host refused the sign-in")]
    SignIn,
    /// The host knows us, and does not let us do this.
    #[error("the git host does not allow this")]
    Forbidden,
    /// We called its API too often.
    #[error("the git host allows no more calls for now")]
    RateLimited {
        /// How long to wait, if it says so.
        after: Option<Duration>,
    },
    /// The answer is none of the API's.
    #[error("the git host's answer is none of its API")]
    NotApi,
    /// Its API has no call that changes several files at once.
    #[error("the git host's API cannot change several files at once")]
    NoSuchCall,
    /// The address of the proxy cannot be used.
    #[error("the proxy's address cannot be used")]
    Proxy,
    /// The host's API cannot make the first commit of a repository.
    #[error("the git host's API cannot begin an empty repository")]
    EmptyRepository,
    /// There is no host of this name.
    #[error("the git host's name is unknown")]
    HostUnknown,
    /// The key by which SSH knows the host is unknown or another one.
    #[error("SSH does not know the git host's key")]
    HostKey,
    /// The host does not answer.
    #[error("the git host could not be reached")]
    Unreachable,
    /// It answered with a status of the server's own faults.
    #[error("the git host failed to answer")]
    HostFailed,
    /// Its certificate is not trusted.
    #[error("the git host's certificate is not trusted")]
    Certificate,
    /// The repository has moved. We do not follow, because the token belongs to the configured host.
    #[error("the git host answered with a redirect")]
    Redirect,
    /// There is no such repository, or it is hidden from us.
    #[error("the git host does not know the repository")]
    RepositoryMissing,
    /// The repository has branches, but not this one.
    #[error("the repository has no branch `{branch}`")]
    BranchMissing { branch: String },
    /// Nothing can be merged into a repository without commits.
    #[error("the repository has no commit that a merge request could be made for")]
    NothingToMergeInto,
    /// The branch for a merge request is there, with another job than ours.
    #[error("the branch `{branch}` has other changes")]
    BranchTaken { branch: String },
    /// There is a folder, a link or a submodule where a file would go, or a file where a folder would.
    #[error("`{path}` is in the way")]
    InTheWay { path: String },
    /// Files that an export did not write would be replaced.
    #[error("files of others would be replaced")]
    Foreign(Box<Plan>),
    /// What would be changed is not what was shown.
    #[error("the repository or the job has changed since")]
    Conflict(Box<Plan>),
    /// The host refused the push for a reason of its own: a protected branch, or a hook.
    #[error("the git host declined the push: {message}")]
    Declined {
        /// The host's own words, cleaned.
        message: String,
    },
    /// Others pushed each time, or the host could not lock the branch.
    #[error("the branch changed again and again")]
    Busy,
    /// Anything else.
    #[error("git failed: {message}")]
    Failed {
        /// Git's or the host's words, cleaned.
        message: String,
    },
}
