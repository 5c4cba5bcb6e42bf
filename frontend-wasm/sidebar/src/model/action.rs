//! What can happen to a panel, and what the things are called that it happens to.

use std::rc::Rc;

use yew::Callback;

use crate::executor_order::{Column, Window};
use crate::mine::Notebook;
use crate::place::Place;
use crate::preferences::Preferences;
use kit::news::News;

/// One of the views that are polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Cluster,
    Apps,
    Executors,
    Stages,
    Queries,
    QueryStages,
    History,
}

/// What can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copyable {
    MasterUrl,
}

/// How a copy went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub what: Copyable,
    pub done: bool,
    pub at_ms: i64,
}

/// What happens to a panel.
#[derive(Clone, Debug)]
pub enum Action {
    News(View, News),
    Tick {
        now_ms: i64,
    },
    Refresh,
    TogglePause,
    /// Look at this application, or at the newest.
    Pick(Option<String>),
    Copy {
        what: Copyable,
        text: String,
    },
    Copied(Copied),
    /// Look at a moment of the past, or no longer.
    Look(Option<i64>),
    Sort(Column),
    Scroll(Window),
    /// Fold or unfold a section.
    Toggle(String),
    /// Fold or unfold a query.
    ToggleQuery(String),
    Notebooks(Rc<[Notebook]>),
    /// This session is the current notebook's; none is not known.
    ChooseSession(Option<String>),
    Jump(Place),
    Jumped(Place, bool),
    Preferences(Rc<Preferences>),
    /// Open the connection report.
    OpenReport,
}

/// Where a part of the panel reports what a person does.
pub type Act = Callback<Action>;
