//! Everything the panel draws from.

use std::rc::Rc;

use wire::{Apps, Cluster, Executors, History, Queries, QueryStages, Stages};

use super::action::Copied;
use crate::announce::Affairs;
use crate::executor_order::{Order, Window};
use crate::mine::{Choice, Mine, Notebook};
use crate::place::Place;
use crate::preferences::Preferences;
use kit::loaded::Loaded;

/// Everything the panel draws from.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub cluster: Loaded<Cluster>,
    /// Asked for only while there may be more than one.
    pub apps: Loaded<Apps>,
    pub executors: Loaded<Executors>,
    pub stages: Loaded<Stages>,
    pub queries: Loaded<Queries>,
    /// When the driver last said them, by this browser's clock.
    pub queries_at_ms: i64,
    /// The query that is folded out: one at a time, so that one more view is polled at most.
    pub open_query: Option<String>,
    pub query_stages: Loaded<QueryStages>,
    pub history: Loaded<History>,
    /// The open notebooks.
    pub notebooks: Rc<[Notebook]>,
    /// Sessions that a person has chosen for notebooks.
    pub choices: Vec<Choice>,
    /// What is known of the current notebook's queries.
    pub mine: Option<Mine>,
    /// What the browser's clock is ahead of the sidecar's; milliseconds.
    pub clock_ahead_ms: Option<i64>,
    /// Where a person last wanted to jump to, and whether that place is still what it was.
    pub jumped: Option<(Place, bool)>,
    /// The moment of the past that a person looks at; milliseconds since 1970.
    pub looked_at_ms: Option<i64>,
    /// The application a person has chosen; none is the newest.
    pub picked: Option<String>,
    /// What was copied last, and whether that worked.
    pub copied: Option<Copied>,
    /// How the executors are sorted, and which of many can be seen.
    pub order: Order,
    pub window: Window,
    /// The clock as it was last looked at; milliseconds since 1970.
    pub now_ms: i64,
    /// When the youngest of what is shown was heard from Spark, by this browser's clock.
    pub fresh_at_ms: Option<i64>,
    /// A person wants no polls for now.
    pub paused: bool,
    /// How often a person asked for fresh answers.
    pub refreshes: u32,
    /// What a person has set.
    pub preferences: Rc<Preferences>,
    /// Sections that are not as they are at start.
    pub toggled: Vec<String>,
    /// What is read out, what was the case when it was, and when that was.
    pub announced: String,
    pub announced_of: Option<Affairs>,
    pub announced_at_ms: i64,
    /// The number of the session that the sidecar last answered; none before it has.
    pub session: Option<u32>,
}
