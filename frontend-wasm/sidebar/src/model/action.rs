//! The panel's actions, and the names of what they affect.

use std::rc::Rc;

use yew::Callback;

use crate::executor_order::{Column, Window};
use crate::mine::Notebook;
use crate::place::Place;
use crate::preferences::Preferences;
use kit::news::News;
use kit::problem::Problem;

/// One of the views that are polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Cluster,
    Apps,
    Executors,
    Stages,
    Queries,
    Findings,
    QueryStages,
    History,
}

/// What can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copyable {
    MasterUrl,
    StartCode,
    /// The code of the finding at this place.
    Finding(usize),
    /// Chosen in a row's context menu.
    FromRow,
}

/// The result of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub what: Copyable,
    pub done: bool,
    pub at_ms: i64,
}

/// A query that a person wants to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    pub query_id: String,
    pub session_id: String,
    pub operation_id: String,
    pub state: StopState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopState {
    Asking,
    Sent,
    /// Whether Spark found it running.
    Done(bool),
    Failed(Problem),
}

/// An action of a person or an event.
#[derive(Clone, Debug)]
pub enum Action {
    News(View, News),
    Tick {
        now_ms: i64,
    },
    Refresh,
    TogglePause,
    /// Select this application, or the newest.
    Pick(Option<String>),
    Copy {
        what: Copyable,
        text: String,
    },
    Copied(Copied),
    /// Select a past moment, or none.
    Look(Option<i64>),
    Sort(Column),
    Scroll(Window),
    /// Expand or collapse a section.
    Toggle(String),
    /// Expand or collapse a query.
    ToggleQuery(String),
    Notebooks(Rc<[Notebook]>),
    /// Choose the current notebook's session; none if it is unknown.
    ChooseSession(Option<String>),
    Jump(Place),
    Jumped(Place, bool),
    Preferences(Rc<Preferences>),
    /// Show no finding of this name any more.
    Dismiss(String),
    /// Show all dismissed findings again.
    ShowDismissed,
    /// Open a tab of the main area, by the end of its command's name: `report` or `usage`.
    OpenTab(&'static str),
    /// Ask whether to stop this query.
    AskStop(String),
    KeepRunning,
    Stop(Stop),
    Stopped(StopState),
}

/// The callback by which parts of the panel report actions.
pub type Act = Callback<Action>;
