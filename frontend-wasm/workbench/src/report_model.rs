//! What the tab with the connection report knows, and how each action changes it.

use std::rc::Rc;

use yew::{Callback, Reducible};

use crate::report::Report;

/// What the tab is drawn from.
#[derive(Clone, Debug)]
pub struct Model {
    /// The last report, and when it came; milliseconds since 1970.
    pub report: Option<Rc<Report>>,
    pub at_ms: i64,
    /// A report is on its way, or will be made as soon as the tab is shown.
    pub pending: bool,
    /// The next report will be copied.
    pub copies: bool,
    /// Whether the last copy worked; none when there was none lately.
    pub copied: Option<bool>,
}

/// What can happen to the tab.
#[derive(Clone, Debug)]
pub enum Action {
    Run,
    RunAndCopy,
    Reported(Rc<Report>, i64),
    /// Copy what is shown.
    Copy,
    Copied(bool),
    /// The last copy was long enough ago.
    ForgetCopy,
}

/// Where the tab reports what a person does.
pub type Act = Callback<Action>;

impl Default for Model {
    fn default() -> Self {
        Self { report: None, at_ms: 0, pending: true, copies: false, copied: None }
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
            Action::ForgetCopy => next.copied = None,
        }
        Rc::new(next)
    }
}
