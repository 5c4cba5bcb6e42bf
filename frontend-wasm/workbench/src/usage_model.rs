//! The state of the tab with the last minutes as a chart, and how each action changes it.

use std::rc::Rc;

use wire::{Executors, History};
use yew::{Callback, Reducible};

use kit::loaded::Loaded;
use kit::news::News;

/// The state from which the tab is drawn.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub history: Loaded<History>,
    /// They name the application. That they are fetched makes the sidecar record how many tasks run.
    pub executors: Loaded<Executors>,
    /// The past moment that a person has selected; milliseconds since 1970.
    pub looked_at_ms: Option<i64>,
    /// The table of all values is expanded.
    pub has_table: bool,
}

/// An action of a person or an event.
#[derive(Clone, Debug)]
pub enum Action {
    History(News),
    Executors(News),
    /// Select a past moment, or none.
    Look(Option<i64>),
    ToggleTable,
}

/// The callback by which the tab reports actions.
pub type Act = Callback<Action>;

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::History(news) => next.history.take_in(news),
            Action::Executors(news) => next.executors.take_in(news),
            Action::Look(looked_at_ms) => next.looked_at_ms = looked_at_ms,
            Action::ToggleTable => next.has_table = !next.has_table,
        }
        Rc::new(next)
    }
}
