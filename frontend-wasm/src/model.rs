//! What the panel knows and what a person has chosen in it: one value, changed only by an [`Action`].

use std::rc::Rc;

use wire::{Cluster, Executors, Stages};
use yew::{Callback, Reducible};

use crate::loaded::Loaded;
use crate::poll::{News, Told};

/// Everything the panel draws from.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub cluster: Loaded<Cluster>,
    pub executors: Loaded<Executors>,
    pub stages: Loaded<Stages>,
    /// The clock as it was last looked at; milliseconds since 1970.
    pub now_ms: i64,
    /// When the youngest of what is shown was heard from Spark, by this browser's clock.
    pub fresh_at_ms: Option<i64>,
    /// A person wants no polls for now.
    pub paused: bool,
    /// How often a person asked for fresh answers.
    pub refreshes: u32,
    /// Parts that are not as they are at first: sections, recent stages.
    pub toggled: Vec<String>,
}

/// One of the views that are polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Cluster,
    Executors,
    Stages,
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
    /// Fold or unfold a part.
    Toggle(String),
}

/// Where a part of the panel reports what a person does.
pub type Act = Callback<Action>;

impl Model {
    pub fn is_toggled(&self, part: &str) -> bool {
        self.toggled.iter().any(|toggled| toggled == part)
    }

    fn hear(&mut self, view: View, news: News) {
        if let Told::Answer { age_ms, .. } | Told::Same { age_ms } = news.told {
            let fresh_at_ms = news.at_ms - i64::from(age_ms);
            self.fresh_at_ms = self.fresh_at_ms.max(Some(fresh_at_ms));
        }
        self.now_ms = news.at_ms;
        match view {
            View::Cluster => self.cluster.take_in(news),
            View::Executors => self.executors.take_in(news),
            View::Stages => self.stages.take_in(news),
        }
    }
}

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::News(view, news) => next.hear(view, news),
            Action::Tick { now_ms } => next.now_ms = now_ms,
            Action::Refresh => next.refreshes += 1,
            Action::TogglePause => next.paused = !next.paused,
            Action::Toggle(part) => match next.toggled.iter().position(|toggled| *toggled == part) {
                Some(index) => {
                    next.toggled.swap_remove(index);
                }
                None => next.toggled.push(part),
            },
        }
        Rc::new(next)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Action, Model, Rc, Reducible};

    #[test]
    fn a_part_folds_and_unfolds() {
        let once = Rc::new(Model::default()).reduce(Action::Toggle("cluster".to_owned()));
        assert!(once.is_toggled("cluster") && !once.is_toggled("executors"));
        assert!(!once.reduce(Action::Toggle("cluster".to_owned())).is_toggled("cluster"));
    }
}
