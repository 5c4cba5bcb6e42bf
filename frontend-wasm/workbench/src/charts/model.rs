//! The state of the tab "Spark charts", and how each action changes it.

use std::rc::Rc;

use wire::past::Series;
use yew::{Callback, Reducible};

use super::span::{Choice, HOUR_MS, Span, Zoom};
use kit::problem::Problem;

/// What is to be shown, and how many times another answer for it was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    pub choice: Choice,
    pub asked: u32,
}

/// What there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub wish: Wish,
    /// The time that was asked for, and when that was.
    pub span: Span,
    pub at_ms: i64,
    /// Whether anything is recorded here at all.
    pub remembers: bool,
    /// Since when; none if there is nothing yet.
    pub oldest_at_ms: Option<i64>,
    pub series: Series,
}

/// The state from which the tab is drawn.
#[derive(Clone, Debug)]
pub struct Model {
    pub zoom: Zoom,
    pub answer: Option<Rc<Answer>>,
    pub problem: Option<Problem>,
    /// How many answers have arrived; the next is asked for some time after each.
    pub answers: u32,
    /// How many times another answer was due.
    pub asked: u32,
    /// The moment that a person has selected; milliseconds since 1970.
    pub looked_at_ms: Option<i64>,
    /// Where the selection of a part has begun.
    pub begun_at_ms: Option<i64>,
    /// The table of all values is expanded.
    pub has_table: bool,
}

/// What the charts can be saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    Csv,
    Svg,
    Png,
}

/// An action of a person or an event.
#[derive(Clone, Debug)]
pub enum Action {
    Choose(i64),
    /// Select a moment, or none; what was selected as a part is not any more.
    Look(Option<i64>),
    /// Begin to select a part.
    Begin(i64),
    /// Select a part from the moment that was selected before, or where it has begun, to this one.
    Extend(i64),
    /// Move the selected moment; if a part has begun, it ends there.
    Drag(i64),
    /// Show the part that is selected.
    Zoom,
    Back,
    ToggleTable,
    AskAgain,
    Arrived(Result<Rc<Answer>, Problem>),
    Save(File),
}

/// The callback by which the tab reports actions.
pub type Act = Callback<Action>;

impl Default for Model {
    fn default() -> Self {
        Self {
            zoom: Zoom::range(12 * HOUR_MS),
            answer: None,
            problem: None,
            answers: 0,
            asked: 0,
            looked_at_ms: None,
            begun_at_ms: None,
            has_table: false,
        }
    }
}

impl Answer {
    /// Whether it ends when it was asked for.
    pub fn is_latest(&self) -> bool {
        matches!(self.wish.choice, Choice::Latest { .. })
    }

    /// Where there is something to look at: samples, and the middle of the time of means.
    pub fn moments(&self) -> Vec<i64> {
        let Span { from_ms, to_ms } = self.span;
        let middle = |at_ms: i64| (at_ms + self.series.step_ms / 2).clamp(from_ms, to_ms);
        self.series.points.iter().map(|point| middle(point.at_ms)).collect()
    }
}

impl Model {
    /// The part that is selected.
    pub fn part(&self) -> Option<Span> {
        let (begun_ms, looked_ms) = self.begun_at_ms.zip(self.looked_at_ms)?;
        (begun_ms != looked_ms).then(|| Span { from_ms: begun_ms.min(looked_ms), to_ms: begun_ms.max(looked_ms) })
    }

    fn look(&mut self, looked_at_ms: Option<i64>) {
        self.looked_at_ms = looked_at_ms;
        self.begun_at_ms = None;
    }
}

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Choose(range_ms) => {
                next.zoom = Zoom::range(range_ms);
                next.look(None);
            }
            Action::Look(at_ms) => next.look(at_ms),
            Action::Begin(at_ms) => {
                next.looked_at_ms = Some(at_ms);
                next.begun_at_ms = Some(at_ms);
            }
            Action::Extend(at_ms) => {
                next.begun_at_ms = next.begun_at_ms.or(next.looked_at_ms).or(Some(at_ms));
                next.looked_at_ms = Some(at_ms);
            }
            Action::Drag(at_ms) => next.looked_at_ms = Some(at_ms),
            Action::Zoom => {
                if let Some(part) = next.part() {
                    let latest_ms = next.answer.as_ref().map_or(i64::MAX, |answer| answer.at_ms);
                    next.zoom.zoom(part.long_enough(latest_ms));
                }
                next.look(None);
            }
            // One thing at a time: the selection, then the zoom.
            Action::Back if next.begun_at_ms.is_some() => next.begun_at_ms = None,
            Action::Back => {
                next.zoom.back();
                next.look(None);
            }
            Action::ToggleTable => next.has_table = !next.has_table,
            Action::AskAgain => next.asked += 1,
            Action::Arrived(arrived) => {
                next.answers += 1;
                match arrived {
                    Ok(answer) => {
                        next.answer = Some(answer);
                        next.problem = None;
                    }
                    Err(problem) => next.problem = Some(problem),
                }
            }
            Action::Save(_) => {}
        }
        // A problem is of the time that was asked for.
        if next.zoom != self.zoom {
            next.problem = None;
        }
        Rc::new(next)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use yew::Reducible;

    use super::{Action, Answer, Model, Wish};
    use crate::charts::span::{Choice, HOUR_MS, Span};
    use kit::problem::Problem;
    use wire::past::Series;

    fn after(actions: &[Action]) -> Rc<Model> {
        actions.iter().cloned().fold(Rc::new(Model::default()), Reducible::reduce)
    }

    #[test]
    fn a_part_is_selected_then_shown_then_left_again() {
        let select = [Action::Look(Some(0)), Action::Extend(HOUR_MS), Action::Extend(2 * HOUR_MS)];
        let part = Span { from_ms: 0, to_ms: 2 * HOUR_MS };
        assert_eq!(after(&select).part(), Some(part));
        let zoomed = select.iter().cloned().chain([Action::Zoom]).fold(Rc::new(Model::default()), Reducible::reduce);
        assert_eq!((zoomed.zoom.shown(), zoomed.looked_at_ms), (Choice::Part(part), None));
        assert!(!zoomed.reduce(Action::Back).zoom.is_part());
    }

    #[test]
    fn escape_leaves_the_selection_before_the_zoom() {
        let actions = [
            Action::Begin(0),
            Action::Extend(HOUR_MS),
            Action::Zoom,
            Action::Begin(0),
            Action::Extend(HOUR_MS / 2),
            Action::Back,
        ];
        let model = after(&actions);
        assert!(model.zoom.is_part() && model.part().is_none());
        assert!(!model.reduce(Action::Back).zoom.is_part());
    }

    #[test]
    fn a_button_that_was_pressed_outside_selects_nothing() {
        let entered = after(&[Action::Drag(0), Action::Drag(HOUR_MS)]);
        assert_eq!((entered.part(), entered.looked_at_ms), (None, Some(HOUR_MS)));
    }

    #[test]
    fn escape_during_a_drag_ends_it() {
        let escaped = after(&[Action::Begin(0), Action::Drag(HOUR_MS), Action::Back, Action::Drag(2 * HOUR_MS)]);
        assert_eq!(escaped.part(), None);
        assert!(!escaped.reduce(Action::Zoom).zoom.is_part());
    }

    #[test]
    fn a_problem_goes_with_the_time_that_was_asked_for() {
        let zoom = [Action::Begin(0), Action::Extend(HOUR_MS), Action::Zoom];
        let failed = Action::Arrived(Err(Problem::late()));
        let failed = after(&[zoom.as_slice(), &[failed]].concat());
        assert!(failed.clone().reduce(Action::Look(Some(0))).problem.is_some());
        assert!(failed.clone().reduce(Action::Back).problem.is_none());
        assert!(failed.reduce(Action::Choose(HOUR_MS)).problem.is_none());
    }

    #[test]
    fn a_short_part_is_not_widened_into_the_future() {
        let wish = Wish { choice: Choice::Latest { length_ms: HOUR_MS }, asked: 0 };
        let (span, series) = (Span { from_ms: 0, to_ms: HOUR_MS }, Series::default());
        let answer = Answer { wish, span, at_ms: HOUR_MS, remembers: true, oldest_at_ms: None, series };
        let actions = [Action::Arrived(Ok(Rc::new(answer))), Action::Begin(HOUR_MS - 1), Action::Extend(HOUR_MS)];
        let zoomed = after(&actions).reduce(Action::Zoom).zoom.shown();
        assert_eq!(zoomed, Choice::Part(Span { from_ms: HOUR_MS / 6 * 5, to_ms: HOUR_MS }));
    }

    #[test]
    fn a_click_zooms_into_nothing() {
        assert!(!after(&[Action::Begin(HOUR_MS), Action::Zoom]).zoom.is_part());
    }
}
