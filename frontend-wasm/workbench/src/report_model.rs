//! The state of the connection report's tab, and how each action changes it.

use std::rc::Rc;

use yew::{Callback, Reducible};

use crate::report::Report;
use crate::stored::Removal;
use kit::problem::Problem;

/// The state from which the tab is drawn.
#[derive(Clone, Debug)]
pub struct Model {
    /// The last report, and when it arrived; milliseconds since 1970.
    pub report: Option<Rc<Report>>,
    pub at_ms: i64,
    /// A report is in progress, or starts as soon as the tab is shown.
    pub pending: bool,
    /// The next report will be copied.
    pub copies: bool,
    /// Whether the last copy worked; none if there was no recent copy.
    pub copied: Option<bool>,
    /// How far the removal of what is remembered is.
    pub removal: Removal,
}

/// An action of a person or an event.
#[derive(Clone, Debug)]
pub enum Action {
    Run,
    RunAndCopy,
    /// Another session is answered: the last report may be another person's.
    Forget,
    Reported(Rc<Report>, i64),
    /// Copy what is shown.
    Copy,
    Copied(bool),
    /// Ask whether all that is remembered shall be removed.
    AskToRemove,
    Keep,
    Remove,
    Removed(Result<(), Problem>),
    /// The confirmation of the last copy has been shown long enough.
    ForgetCopy,
}

/// The callback by which the tab reports actions.
pub type Act = Callback<Action>;

impl Default for Model {
    fn default() -> Self {
        Self { report: None, at_ms: 0, pending: true, copies: false, copied: None, removal: Removal::None }
    }
}

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Run => next.pending = true,
            Action::RunAndCopy => {
                next.pending = true;
                next.copies = true;
            }
            Action::Forget => next = Self::default(),
            Action::Reported(report, at_ms) => {
                next.report = Some(report);
                next.at_ms = at_ms;
                next.pending = false;
            }
            Action::Copy => {
                next.copies = false;
                next.copied = None;
            }
            Action::Copied(done) => next.copied = Some(done),
            Action::AskToRemove => next.removal = Removal::Asked,
            // What has begun goes on.
            Action::Keep if next.removal == Removal::Runs => {}
            Action::Keep => next.removal = Removal::None,
            Action::Remove => next.removal = Removal::Runs,
            Action::Removed(Ok(())) => {
                next.removal = Removal::Done;
                next.pending = true;
            }
            Action::Removed(Err(problem)) => next.removal = Removal::Failed(problem),
            Action::ForgetCopy => next.copied = None,
        }
        Rc::new(next)
    }
}
