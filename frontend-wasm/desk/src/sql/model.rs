//! The state of the tab "Spark SQL", and how each action changes it.

use std::rc::Rc;

use wire::sql::{SqlQuery, SqlRead, SqlState};
use yew::{Callback, Reducible};

use super::arguments::{Entered, Form};
use super::catalog::Completion;
use super::editor::Statement;
use kit::problem::Problem;

/// What is shown below the editor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    Result,
    Plan,
    Schema,
    History,
}

/// Which session a person wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Want {
    #[default]
    Own,
    /// A copy of a notebook's.
    Copy { of: String },
}

/// A session that this tab has opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub want: Want,
    pub session_id: String,
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// What the editor has.
    Statement(Statement),
    /// The first rows of a table.
    Sample { table: String },
    /// The values of a column.
    Profile { place: Vec<String>, column: String },
}

/// The last statement that was run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which run of this tab it is.
    pub number: u32,
    pub job: Job,
    pub read: SqlRead,
    pub begun_ms: i64,
    /// None until the sidecar has accepted it.
    pub query: Option<Rc<SqlQuery>>,
    /// Why it was refused, or why nothing new is known of it.
    pub problem: Option<Problem>,
    /// A person wants it to end.
    pub is_canceling: bool,
    /// It had to be approved: it is no plain query.
    pub may_change: bool,
}

impl Run {
    /// Whether it may still do something.
    pub fn is_busy(&self) -> bool {
        match &self.query {
            Some(query) => !query.state.is_over(),
            None => self.problem.is_none(),
        }
    }

    /// Whether it waits for a click.
    pub fn waits(&self) -> bool {
        self.query.as_ref().is_some_and(|query| query.state == SqlState::WaitsForApproval)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What the editor has.
    pub text: Rc<str>,
    pub form: Form,
    pub read: SqlRead,
    pub view: View,
    pub want: Want,
    pub sessions: Vec<Session>,
    /// Why no session could be opened.
    pub session_problem: Option<Problem>,
    /// The sidecar had forgotten the session, so that another one was opened.
    pub is_renewed: bool,
    pub run: Option<Run>,
    pub runs: u32,
    /// The statement whose plan and schema are shown, and how often one was asked for.
    pub studied: Option<Statement>,
    pub studies: u32,
    pub is_catalog_open: bool,
    /// How many statements have ended that may have changed the catalogue.
    pub changes: u32,
    /// Whether a cell could be inserted; none if it was not tried lately.
    pub inserted: Option<bool>,
    /// How many times another person was answered than before, and how often a person wanted to try again.
    pub forgets: u32,
    pub asks: u32,
}

#[derive(Clone, Debug)]
pub enum Action {
    Text(Rc<str>),
    Enter {
        label: String,
        entered: Entered,
    },
    Read(SqlRead),
    /// Show this below the editor; a statement for plan and schema.
    View(View, Statement),
    Want(Want),
    Opened(Session),
    OpenFailed(Problem),
    /// The sidecar does not know this session any more.
    Lost(String),
    /// Run what the editor has.
    RunEditor,
    /// Run this, unless something else runs.
    RunJob(Job),
    Run(Job, SqlRead, i64),
    News {
        number: u32,
        news: Result<Rc<SqlQuery>, Problem>,
    },
    Cancel,
    Approve {
        hash: String,
    },
    /// Put a statement into the editor.
    Load(String),
    /// Names that the editor completes.
    Complete(Rc<[Completion]>),
    /// Insert text at the cursor.
    Insert(String),
    InsertCell,
    Inserted(bool),
    ToggleCatalog,
    /// Ask again what the sidecar allows.
    AskAgain,
    ShowQuery(String),
    /// Save the result; the format is the end of the file's name.
    Download(&'static str),
    DownloadFailed(Problem),
    /// Read all rows of the last statement.
    ReadAll,
    Forget,
}

/// The callback by which the tab reports actions.
pub type Act = Callback<Action>;

impl Model {
    /// The open session that a person wants.
    pub fn session_id(&self) -> Option<&str> {
        let session = self.sessions.iter().find(|session| session.want == self.want)?;
        Some(&session.session_id)
    }

    pub fn is_busy(&self) -> bool {
        self.run.as_ref().is_some_and(Run::is_busy)
    }

    /// The last statement, as the sidecar knows it.
    pub fn query(&self) -> Option<&Rc<SqlQuery>> {
        self.run.as_ref()?.query.as_ref()
    }
}

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Text(text) => next.text = text,
            Action::Enter { label, entered } => next.form.insert(label, entered),
            Action::Read(read) => next.read = read,
            Action::View(view, statement) => next.show(view, statement),
            Action::Want(want) => {
                // A copy is made of what the notebook has now.
                next.sessions.retain(|session| session.want == Want::Own || session.want != want);
                next.want = want;
                next.session_problem = None;
                next.is_renewed = false;
            }
            Action::Opened(session) => {
                next.sessions.retain(|known| known.want != session.want);
                next.sessions.push(session);
                next.session_problem = None;
            }
            Action::OpenFailed(problem) => next.session_problem = Some(problem),
            Action::Lost(session_id) => {
                next.sessions.retain(|session| session.session_id != session_id);
                next.is_renewed = true;
            }
            Action::Run(job, read, begun_ms) => next.begin(job, read, begun_ms),
            Action::News { number, news } => next.hear(number, news),
            Action::Cancel => {
                if let Some(run) = &mut next.run {
                    run.is_canceling = true;
                }
            }
            Action::InsertCell => next.inserted = None,
            Action::Inserted(done) => next.inserted = Some(done),
            Action::AskAgain => next.asks += 1,
            Action::ToggleCatalog => next.is_catalog_open = !next.is_catalog_open,
            Action::DownloadFailed(problem) => {
                if let Some(run) = &mut next.run {
                    run.problem = Some(problem);
                }
            }
            Action::Forget => {
                let (text, form, read) = (next.text, next.form, next.read);
                let (is_catalog_open, forgets, asks) = (next.is_catalog_open, next.forgets + 1, next.asks);
                next = Self { text, form, read, is_catalog_open, forgets, asks, ..Self::default() };
            }
            // `Effects` carries these out.
            Action::RunEditor
            | Action::RunJob(_)
            | Action::Approve { .. }
            | Action::Load(_)
            | Action::Complete(_)
            | Action::Insert(_)
            | Action::ShowQuery(_)
            | Action::Download(_)
            | Action::ReadAll => return self,
        }
        Rc::new(next)
    }
}

impl Model {
    fn show(&mut self, view: View, statement: Statement) {
        self.view = view;
        if matches!(view, View::Plan | View::Schema) {
            self.studied = Some(statement);
            self.studies += 1;
        }
    }

    fn begin(&mut self, job: Job, read: SqlRead, begun_ms: i64) {
        self.runs += 1;
        self.view = View::Result;
        self.inserted = None;
        let number = self.runs;
        let (query, problem, is_canceling, may_change) = (None, None, false, false);
        self.run = Some(Run { number, job, read, begun_ms, query, problem, is_canceling, may_change });
    }

    fn hear(&mut self, number: u32, news: Result<Rc<SqlQuery>, Problem>) {
        let Some(run) = self.run.as_mut().filter(|run| run.number == number) else {
            return;
        };
        match news {
            Ok(query) => {
                run.may_change |= query.approval.is_some();
                let ends = run.is_busy() && query.state.is_over();
                self.changes += u32::from(ends && run.may_change);
                run.query = Some(query);
                run.problem = None;
            }
            Err(problem) => run.problem = Some(problem),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use wire::sql::{SqlApproval, SqlQuery, SqlRead, SqlState};
    use yew::Reducible;

    use super::{Action, Job, Model, Session, View, Want};
    use crate::sql::editor::Statement;
    use crate::sql::samples::query;
    use kit::problem::Problem;

    fn after(actions: Vec<Action>) -> Rc<Model> {
        actions.into_iter().fold(Rc::new(Model::default()), Reducible::reduce)
    }

    fn opened(want: Want, session_id: &str) -> Action {
        Action::Opened(Session { want, session_id: session_id.to_owned() })
    }

    fn run() -> Action {
        Action::Run(Job::Statement(Statement::default()), SqlRead::Preview, 0)
    }

    #[test]
    fn an_own_session_stays_while_copies_are_made_anew() {
        let copy = || Want::Copy { of: "n".to_owned() };
        let mut actions = vec![opened(Want::Own, "own"), Action::Want(copy()), opened(copy(), "copy")];
        assert_eq!(after(actions.clone()).session_id(), Some("copy"));
        actions.push(Action::Want(copy()));
        assert_eq!(after(actions.clone()).session_id(), None);
        actions.push(Action::Want(Want::Own));
        assert_eq!(after(actions).session_id(), Some("own"));
    }

    #[test]
    fn what_an_earlier_statement_says_is_not_heard_any_more() {
        let news = |number| Action::News { number, news: Ok(Rc::new(query())) };
        let model = after(vec![run(), run(), news(1)]);
        assert!(model.query().is_none() && model.is_busy());
        assert!(after(vec![run(), run(), news(2)]).query().is_some());
    }

    #[test]
    fn the_end_of_a_statement_that_was_approved_may_have_changed_the_catalogue() {
        let news = |query| Action::News { number: 1, news: Ok(Rc::new(query)) };
        let approval = Some(SqlApproval { effect: "CreateTable".to_owned(), target: None, hash: "h".to_owned() });
        let waits = || SqlQuery { state: SqlState::WaitsForApproval, approval: approval.clone(), ..query() };
        let runs = || SqlQuery { state: SqlState::Running, ..query() };
        assert_eq!(after(vec![run(), news(waits()), news(runs())]).changes, 0, "it still runs");
        assert_eq!(after(vec![run(), news(waits()), news(runs()), news(query()), news(query())]).changes, 1);
        assert_eq!(after(vec![run(), news(runs()), news(query())]).changes, 0, "a plain query");
    }

    #[test]
    fn a_refused_statement_is_over_and_an_accepted_one_keeps_its_state_when_the_sidecar_is_silent() {
        let failed = || Action::News { number: 1, news: Err(Problem::no_sidecar()) };
        assert!(!after(vec![run(), failed()]).is_busy());
        let accepted = Action::News { number: 1, news: Ok(Rc::new(query())) };
        let model = after(vec![run(), accepted, failed()]);
        assert!(model.query().is_some());
    }

    #[test]
    fn another_person_finds_the_text_but_nothing_that_was_read_with_it() {
        let text = Action::Text("SELECT 1".into());
        let model = after(vec![text, opened(Want::Own, "own"), run(), Action::Forget]);
        assert_eq!((&*model.text, model.session_id(), model.runs), ("SELECT 1", None, 0));
        assert_eq!((model.view, model.run.is_none()), (View::Result, true));
    }
}
