//! What a push would change, to be shown before.

use super::content::Content;

/// What a push would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The branch's newest commit; none in an empty repository.
    pub head: Option<String>,
    /// The job's folder in the repository.
    pub folder: String,
    /// The new branch that the commit goes to, to be merged; none if it goes to the branch itself.
    pub branch: Option<String>,
    /// Only files that become different. None: the job is there as it is.
    pub changes: Vec<Change>,
    /// Names this plan: a push that would change anything else is a conflict.
    pub seen: String,
    pub(super) steps: Vec<Step>,
}

/// A file that becomes different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// In the repository.
    pub path: String,
    /// What is there; none if nothing is.
    pub was: Option<Content>,
    /// What will be there; none if it is removed.
    pub becomes: Option<Content>,
    /// Whether an earlier export wrote what is there. If not, it is replaced only on request.
    pub ours: bool,
}

/// What happens to a path in the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub path: String,
    /// The id of what is there; none if nothing is.
    pub was: Option<String>,
    /// The content's id; none to remove the file.
    pub id: Option<String>,
}

impl Plan {
    /// Whether the job is in the repository as it is.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether files would be replaced that no export wrote.
    pub(crate) fn replaces_foreign(&self) -> bool {
        self.changes.iter().any(|change| !change.ours)
    }
}
