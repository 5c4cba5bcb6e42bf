//! Sentences about jobs that could not be delivered to a git repository.

use super::{Said, errors::Explained, say};
use crate::export::git::GitError;

/// What went wrong with a delivery, and what to do about it.
pub(crate) fn explained(error: &GitError) -> Explained {
    Explained { error: reason(error), hint: hint(error) }
}

/// Why the host opened no merge request for a branch that it took.
pub(crate) fn not_opened(error: &GitError) -> Explained {
    Explained {
        error: say!("The branch is there, but the git host did not open a merge request.").then(reason(error)),
        hint: say!("Open it on the host's page.").then(hint(error)),
    }
}

fn reason(error: &GitError) -> Said {
    match error {
        GitError::NotInstalled => say!("git is not installed here."),
        GitError::Start(_) => say!("git could not be started."),
        GitError::Cache(_) => say!("The state folder cannot be written."),
        GitError::Locked => say!("Another export of yours is still running."),
        GitError::BranchName => say!("The configured branch has a name that git does not allow."),
        GitError::Path(name) => say!("A repository cannot have a file or folder called %1.", name),
        GitError::Timeout { after } => say!("git did not finish within %1 s.", after.as_secs_f32()),
        GitError::TooLarge { most_bytes } => say!("The repository or a file is larger than %1 bytes.", most_bytes),
        GitError::SignIn => say!("The git host refused the sign-in."),
        GitError::Forbidden => say!("The git host does not allow this user to do that."),
        GitError::RateLimited { .. } => say!("The git host allows no more requests for now."),
        GitError::NotApi => say!("The git host's API answered something unexpected."),
        GitError::NoSuchCall => say!("The git host's API cannot change several files in one commit."),
        GitError::Proxy => say!("The address of the proxy cannot be used."),
        GitError::EmptyRepository => say!("GitHub's API cannot make the first commit of an empty repository."),
        GitError::HostUnknown => say!("The git host's name is unknown."),
        GitError::HostKey => say!("SSH does not know the git host's key, or it has changed."),
        GitError::Unreachable => say!("The git host could not be reached."),
        GitError::HostFailed => say!("The git host failed to answer."),
        GitError::Certificate => say!("The git host's certificate is not trusted."),
        GitError::Redirect => say!("The git host redirects to another address."),
        GitError::RepositoryMissing => say!("The git host does not know the repository, or hides it from this user."),
        GitError::BranchMissing { branch } => say!("The repository has no branch %1.", branch),
        GitError::NothingToMergeInto => {
            say!("The repository has no commit yet that a merge request could be made for.")
        }
        GitError::BranchTaken { branch } => say!("The branch %1 is there already, with other changes.", branch),
        GitError::InTheWay { path } => {
            say!("%1 is in the way: a file where a folder is needed, or the other way round.", path)
        }
        GitError::Foreign(_) => say!("The push would replace files that no export wrote."),
        GitError::Conflict(_) => say!("The repository or the job has changed since the changes were shown."),
        GitError::Declined { message } => say!("The git host declined the push: %1", message),
        GitError::Busy => say!("Others changed the branch during each attempt to push."),
        GitError::Failed { message } => say!("git failed: %1", message),
    }
}

fn hint(error: &GitError) -> Said {
    match error {
        GitError::NotInstalled => say!("Install git 2.31 or newer for the Jupyter server."),
        GitError::Start(_) | GitError::Cache(_) => say!("Check free space and permissions of the home folder."),
        GitError::Locked | GitError::Busy | GitError::HostFailed => say!("Try again in a moment."),
        GitError::BranchName => say!("Correct SPARK_MONITOR_EXPORT_GIT_BRANCH."),
        GitError::Path(_) => say!("Choose another name."),
        GitError::Timeout { .. } => {
            say!("Look at the changes again: if the push has arrived all the same, there are none left.")
                .then(say!("A slow host may need a larger SPARK_MONITOR_EXPORT_GIT_TIMEOUT_MS."))
        }
        GitError::TooLarge { .. } => {
            say!("Choose a smaller repository, or raise SPARK_MONITOR_EXPORT_GIT_MAX_BYTES.")
        }
        GitError::SignIn => say!("Check that the token in SPARK_MONITOR_EXPORT_GIT_TOKEN is valid.")
            .then(say!("Without one, git on this machine must be able to sign in with your own key or password.")),
        GitError::Forbidden => say!("Ask for permission to push, or for a token that may write to the repository."),
        GitError::RateLimited { after: Some(after) } => say!("Try again in %1 s.", after.as_secs()),
        GitError::RateLimited { after: None } => say!("Try again later."),
        GitError::NotApi => {
            say!("Check SPARK_MONITOR_EXPORT_GIT_API and SPARK_MONITOR_EXPORT_GIT_URL: they must name the same host.")
        }
        GitError::NoSuchCall => say!("Gitea can do it since version 1.20; an older one needs the program git."),
        GitError::Proxy => say!("Give HTTPS_PROXY an address that begins with http:// or https://."),
        GitError::EmptyRepository | GitError::NothingToMergeInto => {
            say!("Make a first commit on its page, for example a README, and deliver again.")
        }
        GitError::HostUnknown | GitError::Unreachable => {
            say!("Check the host in SPARK_MONITOR_EXPORT_GIT_URL, and whether this machine needs a proxy.")
        }
        GitError::HostKey => say!("Connect once with ssh in a terminal, and compare the key with the host's own page."),
        GitError::Certificate => say!("Set GIT_SSL_CAINFO to a file with the authority's certificate."),
        GitError::Redirect => say!("Set SPARK_MONITOR_EXPORT_GIT_URL to the address where the repository is now."),
        GitError::RepositoryMissing => {
            say!("Check the path in SPARK_MONITOR_EXPORT_GIT_URL, and the token's permissions.")
        }
        GitError::BranchMissing { .. } => {
            say!("Create the branch, or set SPARK_MONITOR_EXPORT_GIT_BRANCH to another one.")
        }
        GitError::BranchTaken { .. } => say!("Merge or remove that branch on the host's page, and deliver again."),
        GitError::InTheWay { .. } => say!("Choose another folder for the job."),
        GitError::Foreign(_) => {
            say!("Look at the differences, and agree to replace these files or choose another folder.")
        }
        GitError::Conflict(_) => say!("Look at the new differences, and push again."),
        GitError::Declined { .. } => {
            say!("The branch may be protected: ask for permission, or for a branch that you may push to.")
        }
        GitError::Failed { .. } => say!("Try again; if the problem persists, tell the administrator."),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_delivery_that_failed_says_what_happened_and_what_to_do() {
        for (error, expected) in [
            (
                GitError::BranchMissing { branch: "prod".to_owned() },
                "The repository has no branch prod. Create the branch, or set SPARK_MONITOR_EXPORT_GIT_BRANCH to \
                 another one.",
            ),
            (
                GitError::Declined { message: "Not on Friday".to_owned() },
                "The git host declined the push: Not on Friday The branch may be protected: ask for permission, or for \
                 a branch that you may push to.",
            ),
        ] {
            let Explained { error, hint } = explained(&error);
            assert_eq!(format!("{error} {hint}"), expected);
        }
        let slow = explained(&GitError::Timeout { after: Duration::from_secs(30) });
        assert_eq!(slow.error.to_string(), "git did not finish within 30 s.");
    }
}
