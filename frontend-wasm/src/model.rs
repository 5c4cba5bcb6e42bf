//! What the panel knows and what a person has chosen in it: one value, changed only by an [`Action`].

use std::rc::Rc;

use wire::{Apps, Cluster, Executors, History, Queries, QueryStages, Stages};
use yew::{Callback, Reducible};

use crate::announce::{self, Affairs};
use crate::executor_order::{Column, Order, Window};
use crate::loaded::{self, Loaded};
use crate::mine::{self, Choice, Mine, Notebook};
use crate::poll::{News, Told};
use crate::preferences::Preferences;
use crate::report::Report;

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
    /// The last connection report, when it came, and whether one is on its way.
    pub report: Option<Rc<Report>>,
    pub report_at_ms: i64,
    pub report_pending: bool,
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
    /// The next report is to be copied.
    pub copies_report: bool,
    /// What is read out, what was the case when it was, and when that was.
    pub announced: String,
    pub announced_of: Option<Affairs>,
    pub announced_at_ms: i64,
    /// The number of the session that the sidecar last answered; none before it has.
    pub session: Option<u32>,
}

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
    Report,
}

/// How a copy went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub what: Copyable,
    pub done: bool,
    pub at_ms: i64,
}

/// A line of a notebook's cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub notebook_id: String,
    pub cell: Cell,
    pub line: Option<u32>,
}

/// What names a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Its execution count.
    Count(u32),
    /// The hash of its text.
    Hash(String),
}

/// The part that the connection report is; it is folded at first, and made when it is unfolded.
pub const REPORT: &str = "report";

/// How long a copy is confirmed; milliseconds.
const CONFIRMED_MS: i64 = 4_000;

/// Two answers that disagree by more about the clocks' difference are of different clocks; milliseconds.
const CLOCK_SET_MS: i64 = 10_000;

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
    RunReport,
    Reported(Rc<Report>, i64),
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
    /// Make a report, and copy it.
    CopyReport,
}

/// Where a part of the panel reports what a person does.
pub type Act = Callback<Action>;

impl Model {
    /// A section is folded out.
    pub fn is_open(&self, section: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|listed| listed == section);
        is_in(&self.toggled) == is_in(&self.preferences.folded)
    }

    /// A report is on its way, or has to be made before the section can show it.
    pub fn wants_report(&self) -> bool {
        self.report_pending || (self.report.is_none() && self.is_open(REPORT))
    }

    /// Another setting wins over what was folded by hand.
    fn obey(&mut self, preferences: Rc<Preferences>) {
        let old = &self.preferences.folded;
        self.toggled.retain(|section| old.contains(section) == preferences.folded.contains(section));
        self.preferences = preferences;
    }

    /// There may be another application than the one that is shown.
    pub fn may_choose(&self) -> bool {
        let listed = self.cluster.body().map_or(0, |cluster| cluster.apps_running + cluster.apps_waiting);
        listed > 1 || self.picked.is_some()
    }

    fn toggle(&mut self, part: String) {
        match self.toggled.iter().position(|toggled| *toggled == part) {
            Some(index) => {
                self.toggled.swap_remove(index);
            }
            None => self.toggled.push(part.clone()),
        }
        self.report_pending |= part == REPORT && self.is_open(REPORT);
    }

    fn copy_report(&mut self) {
        self.copies_report = true;
        self.report_pending = true;
        if !self.is_open(REPORT) {
            self.toggle(REPORT.to_owned());
        }
    }

    fn toggle_query(&mut self, query_id: String) {
        self.open_query = if self.open_query.as_ref() == Some(&query_id) { None } else { Some(query_id) };
        self.query_stages = Loaded::default();
    }

    fn choose_session(&mut self, session_id: Option<String>) {
        let Some(notebook) = self.notebooks.iter().find(|notebook| notebook.current) else {
            return;
        };
        let notebook_id = notebook.id.clone();
        self.choices.retain(|choice| choice.notebook_id != notebook_id);
        self.choices.extend(session_id.map(|session_id| Choice { notebook_id, session_id }));
        self.find_mine();
    }

    fn find_mine(&mut self) {
        let ahead_ms = self.clock_ahead_ms.unwrap_or_default();
        let queries = self.queries.body();
        self.mine = queries.and_then(|queries| mine::mine(queries, &self.notebooks, &self.choices, ahead_ms));
    }

    /// Compares the clocks by the history, which the sidecar makes as it is asked; any other answer may be the same as one
    /// long ago. Every answer is some way late, so that the least difference is the best.
    fn compare_clocks(&mut self, news: &News) {
        if let Told::Answer { meta, .. } = &news.told {
            let ahead_ms = news.at_ms - meta.observed_at_ms;
            // Further apart than an answer can be late: somebody has set a clock.
            let known = self.clock_ahead_ms.filter(|known| (ahead_ms - known).abs() < CLOCK_SET_MS);
            self.clock_ahead_ms = Some(known.map_or(ahead_ms, |known| known.min(ahead_ms)));
        }
    }

    fn tick(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        self.copied = self.copied.filter(|copied| now_ms - copied.at_ms < CONFIRMED_MS);
    }

    /// What is known of an application, once another is looked at.
    fn forget_app(&mut self) {
        self.executors = Loaded::default();
        self.stages = Loaded::default();
        self.queries = Loaded::default();
        self.query_stages = Loaded::default();
        self.history = Loaded::default();
        self.open_query = None;
        self.mine = None;
    }

    /// Another session's data goes from all views at once, and they are asked for again.
    fn notice_session(&mut self, session: Option<u32>) {
        if loaded::is_another(self.session, session) {
            self.forget_app();
            self.cluster = Loaded::default();
            self.apps = Loaded::default();
            self.choices.clear();
            self.report = None;
            self.fresh_at_ms = None;
            self.refreshes += 1;
        }
        self.session = session.or(self.session);
    }

    fn hear(&mut self, view: View, news: News) {
        self.notice_session(news.session);
        // The history is the sidecar's own memory and says nothing of how old the rest is.
        if view != View::History && !matches!(news.told, Told::Failed(_)) {
            let fresh_at_ms = news.at_ms - i64::from(news.told.age_ms());
            self.fresh_at_ms = self.fresh_at_ms.max(Some(fresh_at_ms));
            if view == View::Queries {
                self.queries_at_ms = fresh_at_ms;
            }
        }
        self.now_ms = news.at_ms;
        match view {
            View::Cluster => self.cluster.take_in(news),
            View::Apps => self.apps.take_in(news),
            View::Executors => self.executors.take_in(news),
            View::Stages => self.stages.take_in(news),
            View::Queries => {
                self.queries.take_in(news);
                self.find_mine();
            }
            View::QueryStages => self.query_stages.take_in(news),
            View::History => {
                self.compare_clocks(&news);
                self.history.take_in(news);
                self.find_mine();
            }
        }
        self.announce();
    }

    /// Says what is the case when that is something else than before; numbers alone are nothing else.
    fn announce(&mut self) {
        let Some(affairs) = Affairs::of(self) else { return };
        if let Some(before) = &self.announced_of {
            let is_soon = (0..announce::RARELY_MS).contains(&(self.now_ms - self.announced_at_ms));
            if *before == affairs || (is_soon && before.warns_like(&affairs)) {
                return;
            }
            self.announced = announce::sentence(self, &affairs);
            self.announced_at_ms = self.now_ms;
        }
        // What is so from the beginning is on the screen already.
        self.announced_of = Some(affairs);
    }
}

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
            Action::Copy { .. } => {
                next.copied = None;
                next.copies_report = false;
            }
            Action::Copied(copied) => next.copied = Some(copied),
            Action::Look(looked_at_ms) => next.looked_at_ms = looked_at_ms,
            Action::RunReport => next.report_pending = true,
            Action::Reported(report, at_ms) => {
                next.report = Some(report);
                next.report_at_ms = at_ms;
                next.report_pending = false;
            }
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
            Action::CopyReport => next.copy_report(),
        }
        Rc::new(next)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{Queries, Query, Tasks};

    use super::{Action, Loaded, Model, Preferences, Rc, Reducible};
    use crate::components::samples;

    #[test]
    fn many_short_queries_are_not_read_out_one_by_one_and_a_warning_is_at_once() {
        let mut model =
            Model { stages: Loaded::default().after(Ok(samples::answer(samples::stages())), 0), ..Model::default() };
        let mut said = |id: &str, failed: u32, now_ms: i64| {
            let query = Query { tasks: Tasks { failed, ..Tasks::default() }, ..samples::query(id) };
            let queries = Queries { running: vec![query], ..samples::queries() };
            model.queries = Loaded::default().after(Ok(samples::answer(queries)), now_ms);
            model.now_ms = now_ms;
            model.announced.clear();
            model.announce();
            !model.announced.is_empty()
        };
        let heard = [said("a", 0, 50_000), said("b", 0, 60_000), said("c", 0, 62_000), said("c", 1, 64_000)];
        assert_eq!(heard, [false, true, false, true], "at first it is on the screen");
        assert!(!said("d", 1, 66_000) && said("d", 1, 74_000), "late, and not lost");
    }

    #[test]
    fn a_part_folds_and_unfolds() {
        let once = Rc::new(Model::default()).reduce(Action::Toggle("cluster".to_owned()));
        assert!(!once.is_open("cluster") && once.is_open("executors"));
        assert!(once.reduce(Action::Toggle("cluster".to_owned())).is_open("cluster"));
    }

    #[test]
    fn a_new_setting_wins_over_what_was_folded_by_hand_and_others_stay() {
        let toggle = |model: Rc<Model>, section: &str| model.reduce(Action::Toggle(section.to_owned()));
        let model = toggle(toggle(Rc::new(Model::default()), "cluster"), "executors");
        let folded = vec!["cluster".to_owned(), "active".to_owned()];
        let preferences = Preferences { folded, ..Preferences::default() };
        let model = model.reduce(Action::Preferences(Rc::new(preferences)));
        let open = ["cluster", "active", "executors", "recent", "report"].map(|section| model.is_open(section));
        assert_eq!(open, [false, false, false, true, true]);
    }
}
