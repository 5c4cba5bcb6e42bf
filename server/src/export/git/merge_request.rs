//! A job on a branch of its own, proposed for the configured branch by a merge request (GitHub's and Gitea's pull request).

use super::{
    compare::{Source, compare},
    error::GitError,
    plan::Plan,
};
use crate::config::GitSite;
use notebook_job::File;

/// All our branches are beneath it.
const PREFIX: &str = "spark-monitor";
/// Most characters of the job's name in the branch's.
const LONGEST_NAME: usize = 60;
/// Characters of the hash in the branch's name.
const HASH: usize = 12;
/// Longest title, characters. GitLab allows 255, GitHub 256.
const LONGEST_TITLE: usize = 200;

/// A proposal to merge a job's branch.
#[derive(Debug)]
pub(crate) struct MergeRequest {
    /// The job's branch.
    pub branch: String,
    /// The host's number of it; none if it is not open.
    pub number: Option<u64>,
    /// Its page or, if it is not open, the page on which a person opens it; none if the host's address does not tell.
    pub web_url: Option<String>,
    /// Why the host did not open it. Without an API nobody has asked it to.
    pub problem: Option<GitError>,
}

/// A merge request's words.
pub(super) struct Words {
    pub title: String,
    pub description: String,
}

impl Words {
    /// The first line of a commit's message is the title.
    pub fn of(message: &str) -> Self {
        let message = super::commit::shown(message);
        let (title, rest) = message.trim_end().split_once('\n').unwrap_or((message.trim_end(), ""));
        let is_long = title.chars().count() > LONGEST_TITLE;
        let short: String = title.chars().take(LONGEST_TITLE).collect();
        // A title that was cut is whole in the description.
        let description = if is_long { message.trim() } else { rest.trim() };
        Self { title: short, description: description.to_owned() }
    }
}

/// The plan, with a branch of its own if the site wants merge requests. Equal changes have the same branch, so that a
/// delivery that is repeated proposes nothing twice. The person agrees to the branch too.
///
/// # Errors
/// When there is nothing that it could be merged into.
pub(super) fn proposed(mut plan: Plan, site: &GitSite) -> Result<Plan, GitError> {
    if !site.by_merge_request || plan.is_unchanged() {
        return Ok(plan);
    }
    if plan.head.is_none() {
        return Err(GitError::NothingToMergeInto);
    }
    let mut hasher = blake3::Hasher::new();
    for part in ["merge request", &site.branch, &plan.seen] {
        hasher.update(part.as_bytes()).update(b"\0");
    }
    plan.seen = hasher.finalize().to_hex().to_string();
    let hash: String = plan.seen.chars().take(HASH).collect();
    plan.branch = Some(format!("{PREFIX}/{}-{hash}", name(&plan.folder)));
    Ok(plan)
}

/// The job's name, as a part of a branch's.
fn name(folder: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = name.chars().map(plain).take(LONGEST_NAME).collect();
    match name.trim_matches('-') {
        "" => "job".to_owned(),
        name => name.to_owned(),
    }
}

/// Checks that a branch, whose newest commit is given, proposes this job and nothing else in its folder.
///
/// # Errors
/// When it has another one.
pub(super) async fn same(
    source: &impl Source,
    (branch, head): (&str, &str),
    folder: &str,
    files: &[(&File, String)],
) -> Result<(), GitError> {
    let taken = || GitError::BranchTaken { branch: branch.to_owned() };
    match compare(source, Some(head.to_owned()), folder.to_owned(), files).await {
        Ok(there) if there.is_unchanged() => Ok(()),
        Ok(_) | Err(GitError::InTheWay { .. }) => Err(taken()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branchs_name_has_nothing_that_git_refuses() {
        for (folder, expected) in [
            ("dags/sales", "sales"),
            ("Übung 1.lock", "bung-1-lock"),
            ("a/..b~^:", "b"),
            ("ü", "job"),
            (&"x".repeat(100), &"x".repeat(60)),
        ] {
            assert_eq!(name(folder), expected, "{folder}");
        }
    }

    #[test]
    fn the_first_line_of_the_message_is_the_title() {
        let words = Words::of("Sales by month\n\nFor the board.\n");
        assert_eq!((words.title.as_str(), words.description.as_str()), ("Sales by month", "For the board."));
        let words = Words::of(&"ä".repeat(300));
        assert_eq!((words.title.chars().count(), words.description.chars().count()), (200, 300));
        assert_eq!(Words::of(" ").title, "Update a job");
    }
}
