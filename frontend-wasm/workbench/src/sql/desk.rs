//! Carries out what a person does: requests to the sidecar, and calls to the editor and the shell.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use wire::sql::{NewSqlQuery, NewSqlSession, SqlApprove, SqlInterrupted, SqlProfile, SqlQuery, SqlRead, SqlSession};

use super::arguments::arguments;
use super::editor::{Editor, Statement};
use super::model::{Act, Action, Job, Model, Session, View, Want};
use super::requests::{Question, delete_query, delete_session, route_of};
use super::shell::Shell;
use super::snippet;
use super::tokens::parameters;
use kit::api::{Api, Ask};
use kit::problem::{Problem, ProblemKind};

/// A whole result may be large, and Spark Connect's server far away. Milliseconds.
const DOWNLOAD_MS: u32 = 120_000;
/// Rows of a table's sample.
const SAMPLE_ROWS: &str = "100";

/// Everything that an action may need.
#[derive(Clone)]
pub struct Desk {
    pub api: Api,
    pub shell: Shell,
    pub act: Act,
    pub editor: Rc<RefCell<Option<Editor>>>,
}

impl Desk {
    /// What the editor has: the selection, or else everything.
    pub fn statement(&self) -> Statement {
        self.editor.borrow().as_ref().map(Editor::statement).unwrap_or_default()
    }

    /// Carries out an action; the model is the one before it.
    pub fn carry_out(&self, model: &Model, action: &Action) {
        match action {
            Action::Text(text) => self.shell.keep(text),
            Action::RunEditor => {
                let statement = self.statement();
                if !statement.sql.trim().is_empty() && !model.is_busy() && model.session_id().is_some() {
                    self.act.emit(Action::Run(Job::Statement(statement), model.read, js_sys::Date::now() as i64));
                }
            }
            Action::ReadAll => {
                if let Some(job) = model.run.as_ref().map(|run| run.job.clone()) {
                    self.act.emit(Action::Run(job, SqlRead::Collect, js_sys::Date::now() as i64));
                }
            }
            Action::Run(job, read, _) => self.run(model, job, *read),
            Action::Cancel => {
                if let Some((number, query)) = running(model) {
                    self.cancel(number, &query);
                }
            }
            // It was to be canceled before the sidecar had named it.
            Action::News { number, news: Ok(query) } => {
                let run = model.run.as_ref().filter(|run| run.number == *number);
                if run.is_some_and(|run| run.is_canceling && run.query.is_none()) && !query.state.is_over() {
                    self.cancel(*number, query);
                }
            }
            Action::Approve { hash } => self.approve(model, hash),
            Action::Want(want) => {
                let old = model.sessions.iter().filter(|session| session.want != Want::Own && session.want == *want);
                old.for_each(|session| delete_session(&self.api, &session.session_id));
            }
            Action::Load(sql) => self.with_editor(|editor| editor.set_text(sql)),
            Action::Insert(text) => self.with_editor(|editor| editor.insert(text)),
            Action::InsertCell => {
                let act = self.act.clone();
                let code = snippet::python(&self.statement().sql, &model.form);
                self.shell.insert_cell(&code, move |done| act.emit(Action::Inserted(done)));
            }
            Action::ShowQuery(operation_id) => self.shell.show_query(operation_id),
            Action::Download(extension) => self.download(model, extension),
            _ => {}
        }
    }

    fn with_editor(&self, act: impl FnOnce(&Editor)) {
        if let Some(editor) = &*self.editor.borrow() {
            act(editor);
        }
    }

    /// Switches to another view; plan and schema are those of the statement that the editor has now.
    pub fn view(&self, view: View) {
        self.act.emit(Action::View(view, self.statement()));
    }

    fn run(&self, model: &Model, job: &Job, read: SqlRead) {
        if let Some(old) = model.query() {
            delete_query(&self.api, &old.id);
        }
        self.with_editor(|editor| editor.mark(&[], ""));
        let number = model.runs + 1;
        let session_id = model.session_id().unwrap_or_default().to_owned();
        let (desk, want, order) = (self.clone(), model.want.clone(), Order::of(model, (job, read), session_id.clone()));
        spawn_local(async move {
            let mut news = order.send(&desk.api).await;
            // The sidecar may have been restarted, or have closed a session that was idle for long.
            if news.as_ref().is_err_and(|problem| problem.kind == ProblemKind::NotFound) {
                desk.act.emit(Action::Lost(session_id));
                news = match open(&desk.api, &want).await {
                    Ok(session) => {
                        let order = order.in_session(&session.session_id);
                        desk.act.emit(Action::Opened(session));
                        order.send(&desk.api).await
                    }
                    Err(problem) => Err(problem),
                };
            }
            desk.act.emit(Action::News { number, news: news.map(Rc::new) });
        });
    }

    fn cancel(&self, number: u32, query: &SqlQuery) {
        let (api, act) = (self.api.clone(), self.act.clone());
        let question = Question::post(&[&*route_of(query), "/cancel"].concat(), &Empty {});
        spawn_local(async move {
            if let Err(problem) = alone::<SqlInterrupted>(&api, &question).await {
                act.emit(Action::News { number, news: Err(problem) });
            }
        });
    }

    fn approve(&self, model: &Model, hash: &str) {
        let Some((number, query)) = running(model) else {
            return;
        };
        let (api, act) = (self.api.clone(), self.act.clone());
        let body = SqlApprove { hash: hash.to_owned() };
        spawn_local(async move {
            let question = Question::post(&[&*route_of(&query), "/approve"].concat(), &body);
            if let Err(problem) = alone::<serde::de::IgnoredAny>(&api, &question).await {
                act.emit(Action::News { number, news: Err(problem) });
            }
        });
    }

    fn download(&self, model: &Model, extension: &'static str) {
        let Some(query) = model.query() else {
            return;
        };
        let route = [&*route_of(query), "/result.", extension].concat();
        let (api, act, shell) = (self.api.clone(), self.act.clone(), self.shell.clone());
        spawn_local(async move {
            let Ok(controller) = AbortController::new() else {
                return;
            };
            let ask = Ask { patience_ms: DOWNLOAD_MS, ..Ask::get(&route) };
            match api.download(ask, &controller.signal()).await {
                Ok(file) => shell.save(&file, &["result.", extension].concat()),
                Err(problem) => act.emit(Action::DownloadFailed(problem)),
            }
        });
    }
}

/// The statement that may still do something.
fn running(model: &Model) -> Option<(u32, Rc<SqlQuery>)> {
    let run = model.run.as_ref().filter(|run| run.is_busy())?;
    Some((run.number, run.query.clone()?))
}

/// `{}`: a request that changes something has a body.
#[derive(serde::Serialize)]
struct Empty {}

/// What is sent to run something.
enum Order {
    Query(NewSqlQuery),
    Profile(SqlProfile),
}

impl Order {
    fn of(model: &Model, (job, read): (&Job, SqlRead), session_id: String) -> Self {
        match job {
            Job::Statement(statement) => {
                let given = arguments(&parameters(&statement.sql), &model.form);
                Self::Query(NewSqlQuery {
                    session_id,
                    sql: statement.sql.clone(),
                    named: given.named,
                    positional: given.positional,
                    read,
                    ..NewSqlQuery::default()
                })
            }
            Job::Sample { table } => {
                let sql = ["SELECT * FROM ", table, " LIMIT ", SAMPLE_ROWS].concat();
                Self::Query(NewSqlQuery { session_id, sql, ..NewSqlQuery::default() })
            }
            Job::Profile(profile) => Self::Profile(SqlProfile { session_id, ..profile.clone() }),
        }
    }

    fn in_session(self, session_id: &str) -> Self {
        let session_id = session_id.to_owned();
        match self {
            Self::Query(query) => Self::Query(NewSqlQuery { session_id, ..query }),
            Self::Profile(profile) => Self::Profile(SqlProfile { session_id, ..profile }),
        }
    }

    async fn send(&self, api: &Api) -> Result<SqlQuery, Problem> {
        let question = match self {
            Self::Query(query) => Question::post("sql/queries", query),
            Self::Profile(profile) => Question::post("sql/profile", profile),
        };
        alone(api, &question).await
    }
}

/// Opens a session.
pub async fn open(api: &Api, want: &Want) -> Result<Session, Problem> {
    let copy_of = match want {
        Want::Own => None,
        Want::Copy { of } => Some(of.clone()),
    };
    let question = Question::post("sql/sessions", &NewSqlSession { copy_of });
    let SqlSession { session_id, .. } = alone(api, &question).await?;
    Ok(Session { want: want.clone(), session_id })
}

/// A request that goes on when its tab is closed: what it changes must not be in doubt.
async fn alone<T: serde::de::DeserializeOwned>(api: &Api, question: &Question) -> Result<T, Problem> {
    let controller = AbortController::new().map_err(|_| Problem::unreadable())?;
    question.ask(api, &controller.signal()).await
}
