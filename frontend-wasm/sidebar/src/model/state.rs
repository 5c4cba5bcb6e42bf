//! The state from which the panel is drawn.

use std::rc::Rc;

use wire::{Apps, Cluster, Executors, History, Queries, QueryStages, Stages};

use super::action::{Copied, Stop};
use super::found::Found;
use crate::announce::Affairs;
use crate::executor_order::{Order, Window};
use crate::mine::{Choice, Mine, Notebook};
use crate::place::Place;
use crate::preferences::Preferences;
use kit::loaded::Loaded;

/// The state from which the panel is drawn.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub cluster: Loaded<Cluster>,
    /// Polled only while there may be more than one.
    pub apps: Loaded<Apps>,
    pub executors: Loaded<Executors>,
    pub stages: Loaded<Stages>,
    pub queries: Loaded<Queries>,
    pub findings: Loaded<Found>,
    /// When the driver last reported them, by this browser's clock.
    pub queries_at_ms: i64,
    /// The expanded query: one at a time, so that there is at most one more view to poll.
    pub open_query: Option<String>,
    pub query_stages: Loaded<QueryStages>,
    pub history: Loaded<History>,
    /// The open notebooks.
    pub notebooks: Rc<[Notebook]>,
    /// Sessions that a person has assigned to notebooks.
    pub choices: Vec<Choice>,
    /// What is known about the current notebook's queries.
    pub mine: Option<Mine>,
    /// How far the browser's clock is ahead of the sidecar's; milliseconds.
    pub clock_ahead_ms: Option<i64>,
    /// The place that a person last wanted to jump to, and whether the cell is unchanged.
    pub jumped: Option<(Place, bool)>,
    /// The past moment that a person has selected; milliseconds since 1970.
    pub looked_at_ms: Option<i64>,
    /// The application that a person has chosen; none for the newest.
    pub picked: Option<String>,
    /// What was copied last, and whether that worked.
    pub copied: Option<Copied>,
    /// The names of the findings that a person has dismissed.
    pub dismissed: Vec<String>,
    /// The query that a person wants to stop, or has stopped last.
    pub stop: Option<Stop>,
    /// How the executors are sorted, and which of many are visible.
    pub order: Order,
    pub window: Window,
    /// The clock at the last update; milliseconds since 1970.
    pub now_ms: i64,
    /// When Spark reported the newest data that is shown, by this browser's clock.
    pub fresh_at_ms: Option<i64>,
    /// A person has paused polling.
    pub paused: bool,
    /// How many times a person has refreshed.
    pub refreshes: u32,
    /// The person's settings.
    pub preferences: Rc<Preferences>,
    /// Sections that a person has toggled.
    pub toggled: Vec<String>,
    /// The last announcement, the situation it described, and its time.
    pub announced: String,
    pub announced_of: Option<Affairs>,
    pub announced_at_ms: i64,
    /// The number of the session that the sidecar last answered; none before its first answer.
    pub session: Option<u32>,
    /// How many times another session was answered than before.
    pub session_changes: u32,
}
