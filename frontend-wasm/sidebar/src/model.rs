//! The panel's state, and how each action changes it.

mod action;
mod choice;
mod folds;
pub mod found;
mod hear;
mod state;

pub use action::{Act, Action, Copied, Copyable, Stop, StopState, View};
pub use found::Finding;
pub use state::Model;

use std::rc::Rc;

use yew::Reducible;

/// How long a copy is confirmed; milliseconds.
const CONFIRMED_MS: i64 = 4_000;

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::News(view, news) => next.hear(view, news),
            Action::Tick { now_ms } => next.tick(now_ms),
            Action::Refresh => next.refreshes += 1,
            Action::TogglePause => next.paused = !next.paused,
            Action::Pick(app_id) => {
                next.picked = app_id;
                next.forget_app();
            }
            Action::Copy { .. } => next.copied = None,
            Action::Copied(copied) => next.copied = Some(copied),
            Action::Look(looked_at_ms) => next.looked_at_ms = looked_at_ms,
            Action::Sort(column) => next.order = next.order.after_click(column),
            Action::Scroll(window) => next.window = window,
            Action::Toggle(part) => next.toggle(part),
            Action::ToggleQuery(query_id) => next.toggle_query(query_id),
            Action::Notebooks(notebooks) => {
                next.notebooks = notebooks;
                next.find_mine();
            }
            Action::ChooseSession(session_id) => next.choose_session(session_id),
            Action::Jump(_) => next.jumped = None,
            Action::Jumped(place, found) => next.jumped = Some((place, found)),
            Action::Preferences(preferences) => next.obey(preferences),
            Action::Dismiss(finding) => {
                next.dismissed.push(finding);
                next.copied = None;
            }
            Action::ShowDismissed => next.dismissed.clear(),
            Action::AskStop(query_id) => {
                let (session_id, operation_id) = Default::default();
                next.stop = Some(Stop { query_id, session_id, operation_id, state: StopState::Asking });
            }
            Action::KeepRunning => next.stop = None,
            Action::Stop(stop) => next.stop = Some(stop),
            Action::Stopped(state) => {
                if let Some(stop) = &mut next.stop {
                    stop.state = state;
                }
                next.refreshes += 1;
            }
            // Handled by the shell.
            Action::OpenTab(_) => {}
        }
        Rc::new(next)
    }
}

impl Model {
    fn tick(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        self.copied = self.copied.filter(|copied| now_ms - copied.at_ms < CONFIRMED_MS);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Action, Model, Rc, Reducible};
    use crate::preferences::Preferences;

    #[test]
    fn a_part_folds_and_unfolds() {
        let once = Rc::new(Model::default()).reduce(Action::Toggle("recent".to_owned()));
        assert!(!once.is_open("recent") && once.is_open("executors"));
        assert!(once.reduce(Action::Toggle("recent".to_owned())).is_open("recent"));
    }

    #[test]
    fn a_new_setting_wins_over_what_was_folded_by_hand_and_others_stay() {
        let toggle = |model: Rc<Model>, section: &str| model.reduce(Action::Toggle(section.to_owned()));
        let model = toggle(toggle(Rc::new(Model::default()), "history"), "executors");
        let folded = vec!["history".to_owned(), "active".to_owned()];
        let preferences = Preferences { folded, ..Preferences::default() };
        let model = model.reduce(Action::Preferences(Rc::new(preferences)));
        let open = ["history", "active", "executors", "recent"].map(|section| model.is_open(section));
        assert_eq!(open, [false, false, false, true]);
    }
}
