//! The state of the tabs "My queries" and "Spark applications", and how each action changes it.

use std::rc::Rc;

use yew::{Callback, Reducible};

use super::which::Which;

/// The state from which a tab is drawn, besides what was fetched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub search: String,
    pub which: Which,
    chosen: Option<Chosen>,
    /// How many times a person has refreshed.
    pub refreshes: u32,
    /// When the run that is looked at was submitted.
    pub looked_at_ms: Option<i64>,
    /// Whether the last copy worked; none if it was a while ago.
    pub copied: Option<bool>,
}

/// An entry of the list, and how many times the tab had been opened with one when it was chosen.
#[derive(Clone, Debug, PartialEq)]
struct Chosen {
    key: String,
    opens: u32,
}

/// An action of a person or an event.
#[derive(Clone, Debug)]
pub enum Action {
    Search(String),
    Show(Which),
    Choose { key: String, opens: u32 },
    Refresh,
    Look(Option<i64>),
    Copied(Option<bool>),
}

/// The callback by which the tab reports actions.
pub type Act = Callback<Action>;

impl Model {
    /// What is shown beside the list: the last of what was chosen in it and what the tab was opened with.
    pub fn chosen<'a>(&'a self, opened_with: Option<&'a str>, opens: u32) -> Option<&'a str> {
        let chosen = self.chosen.as_ref().filter(|chosen| chosen.opens == opens);
        chosen.map(|chosen| chosen.key.as_str()).or(opened_with)
    }
}

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Search(search) => next.search = search,
            Action::Show(which) => next.which = which,
            Action::Choose { key, opens } => {
                next.chosen = Some(Chosen { key, opens });
                (next.looked_at_ms, next.copied) = (None, None);
            }
            Action::Refresh => next.refreshes += 1,
            Action::Look(at_ms) => next.looked_at_ms = at_ms,
            Action::Copied(copied) => next.copied = copied,
        }
        Rc::new(next)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use yew::Reducible;

    use super::{Action, Model};

    #[test]
    fn the_last_wins_of_what_was_chosen_and_what_the_tab_was_opened_with() {
        let model = Rc::new(Model::default());
        assert_eq!(model.chosen(Some("a"), 1), Some("a"));
        let model = model.reduce(Action::Look(Some(3))).reduce(Action::Choose { key: "b".to_owned(), opens: 1 });
        assert_eq!((model.chosen(Some("a"), 1), model.looked_at_ms), (Some("b"), None));
        assert_eq!(model.chosen(Some("a"), 2), Some("a"), "it was opened again");
    }
}
