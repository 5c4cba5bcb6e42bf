//! Carries out what a person does: requests to the sidecar, and calls to the editor and the shell.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::AbortController;
use wire::sql::{SqlQuery, SqlRead, SqlSession};

use super::arguments::arguments;
use super::editor::{Editor, Statement};
use super::model::{Act, Action, Job, Model, Session, View, Want};
use super::requests::{delete_query, delete_session, route_of};
use super::shell::Shell;
use super::snippet;
use super::tokens::parameters;
use kit::api::{self, Api, Ask};
use kit::json_text::{object_json, text_json};
use kit::problem::{Problem, ProblemKind};
use kit::question::{Question, spawn};

/// A whole result may be large, and Spark Connect's server far away. Milliseconds.
const DOWNLOAD_MS: u32 = 120_000;
/// Rows of a table's sample.
const SAMPLE_ROWS: &str = "100";

/// Everything that an action may need.
pub struct Effects {
    pub api: Api,
    pub shell: Rc<Shell>,
    pub act: Act,
    pub editor: Rc<RefCell<Option<Editor>>>,
}

impl Effects {
    /// What the editor has: the selection, or else everything.
    pub fn statement(&self) -> Statement {
        self.editor.borrow().as_ref().map(Editor::statement).unwrap_or_default()
    }

    /// Carries out an action; the model is the one before it.
    pub fn carry_out(self: &Rc<Self>, model: &Model, action: &Action) {
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
            Action::RunJob(job) if !model.is_busy() => {
                self.act.emit(Action::Run(job.clone(), SqlRead::Preview, js_sys::Date::now() as i64));
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
            Action::Complete(names) => self.with_editor(|editor| editor.complete(names)),
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

    fn run(self: &Rc<Self>, model: &Model, job: &Job, read: SqlRead) {
        self.with_editor(|editor| editor.mark(&[], ""));
        let number = model.runs + 1;
        let session_id = model.session_id().unwrap_or_default().to_owned();
        let (effects, want, order) = (Rc::clone(self), model.want.clone(), Order::of(model, job, read));
        let old = model.query().map(|query| query.id.clone());
        spawn(async move {
            let mut news = alone::<SqlQuery>(&effects.api, &order.question(&session_id)).await;
            // The sidecar may have been restarted, or have closed a session that was idle for long.
            if news.as_ref().is_err_and(|problem| problem.kind == ProblemKind::NotFound) {
                effects.act.emit(Action::Lost(session_id));
                news = match open(&effects.api, &want).await {
                    Ok(session) => {
                        let question = order.question(&session.session_id);
                        effects.act.emit(Action::Opened(session));
                        alone(&effects.api, &question).await
                    }
                    Err(problem) => Err(problem),
                };
            }
            effects.act.emit(Action::News { number, news: news.map(Rc::new) });
            // Deleted only now, because its grid may have been fetching rows.
            if let Some(old) = old {
                delete_query(&effects.api, &old);
            }
        });
    }

    fn cancel(&self, number: u32, query: &SqlQuery) {
        let (api, act) = (self.api.clone(), self.act.clone());
        let question = Question::post(&[&*route_of(query), "/cancel"].concat(), "{}".to_owned());
        spawn(async move {
            if let Err(problem) = question.alone(&api).await {
                act.emit(Action::News { number, news: Err(problem) });
            }
        });
    }

    fn approve(&self, model: &Model, hash: &str) {
        let Some((number, query)) = running(model) else {
            return;
        };
        let (api, act) = (self.api.clone(), self.act.clone());
        let body = object_json(&[("hash", text_json(hash))]);
        spawn(async move {
            let question = Question::post(&[&*route_of(&query), "/approve"].concat(), body);
            if let Err(problem) = question.alone(&api).await {
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
        spawn(async move {
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

/// What is sent to run something: the route, and its fields besides the session.
pub struct Order {
    route: &'static str,
    fields: Vec<(&'static str, String)>,
}

impl Order {
    /// A statement, and whether all of its rows are read.
    pub fn of(model: &Model, job: &Job, read: SqlRead) -> Self {
        let (route, fields) = match job {
            Job::Statement(statement) => {
                let mut fields = arguments(&parameters(&statement.sql), &model.form);
                let mode = if read == SqlRead::Collect { "collect" } else { "preview" };
                fields.extend([("sql", text_json(&statement.sql)), ("mode", text_json(mode))]);
                ("sql/queries", fields)
            }
            Job::Sample { table } => {
                let sql = ["SELECT * FROM ", table, " LIMIT ", SAMPLE_ROWS].concat();
                ("sql/queries", vec![("sql", text_json(&sql))])
            }
            Job::Profile { place, column } => {
                let names = ["catalog", "database", "table"].into_iter().zip(place.iter());
                let mut fields: Vec<_> = names.map(|(name, value)| (name, text_json(value))).collect();
                fields.push(("column", text_json(column)));
                ("sql/profile", fields)
            }
        };
        Self { route, fields }
    }

    pub fn question(&self, session_id: &str) -> Question {
        let mut fields = vec![("session", text_json(session_id))];
        fields.extend_from_slice(&self.fields);
        Question::post(self.route, object_json(&fields))
    }
}

/// Opens a session.
pub async fn open(api: &Api, want: &Want) -> Result<Session, Problem> {
    let question = Question::post("sql/sessions", session_body(want));
    let SqlSession { session_id, .. } = alone(api, &question).await?;
    Ok(Session { want: want.clone(), session_id })
}

/// The body of a new session's request.
fn session_body(want: &Want) -> String {
    match want {
        Want::Own => object_json(&[]),
        Want::Copy { of } => object_json(&[("notebook", text_json(of))]),
    }
}

/// A request that goes on when its tab is closed.
async fn alone<T: serde::de::DeserializeOwned>(api: &Api, question: &Question) -> Result<T, Problem> {
    api::decode(question.alone(api).await?)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::json;
    use wire::sql::{NewSqlQuery, NewSqlSession, SqlProfile, SqlRead};

    use super::{Order, session_body};
    use crate::sql::arguments::{Entered, Form};
    use crate::sql::editor::Statement;
    use crate::sql::model::{Job, Model, Want};

    fn body<T: serde::de::DeserializeOwned>(model: &Model, job: &Job, read: SqlRead) -> Option<T> {
        let question = Order::of(model, job, read).question("s-1");
        serde_json::from_str(&question.body?).ok()
    }

    #[test]
    fn the_sidecar_reads_a_statement_with_its_arguments() {
        let mut form = Form::default();
        form.insert(":n".to_owned(), Entered { text: "7".to_owned(), ..Entered::default() });
        let model = Model { form, ..Model::default() };
        let sql = "SELECT :n, \"a\"\n".to_owned();
        let job = Job::Statement(Statement { sql: sql.clone(), offset: 3 });
        let named = [("n".to_owned(), json!({"type": "long", "value": "7"}))].into();
        let wanted =
            NewSqlQuery { session_id: "s-1".to_owned(), sql, named, read: SqlRead::Collect, ..NewSqlQuery::default() };
        assert_eq!(body(&model, &job, SqlRead::Collect), Some(wanted));
        let sample = Job::Sample { table: "lake.t".to_owned() };
        let read: Option<NewSqlQuery> = body(&model, &sample, SqlRead::Preview);
        assert_eq!(read.map(|query| query.sql), Some("SELECT * FROM lake.t LIMIT 100".to_owned()));
    }

    #[test]
    fn the_sidecar_reads_a_profile_and_a_new_session() {
        let place = ["c", "d", "t"].map(str::to_owned).to_vec();
        let job = Job::Profile { place, column: "x".to_owned() };
        let [session_id, catalog, database, table, column] = ["s-1", "c", "d", "t", "x"].map(str::to_owned);
        let wanted = SqlProfile { session_id, catalog, database, table, column, sample_rows: None };
        assert_eq!(body(&Model::default(), &job, SqlRead::Preview), Some(wanted));
        let opened = |want| serde_json::from_str::<NewSqlSession>(&session_body(&want)).ok();
        assert_eq!(opened(Want::Own), Some(NewSqlSession { copy_of: None }));
        let copy_of = Some("n".to_owned());
        assert_eq!(opened(Want::Copy { of: "n".to_owned() }), Some(NewSqlSession { copy_of }));
    }
}
