//! What the tab shows of a statement: its state, its result, its error, its plan and a table, as text.

use std::rc::Rc;

use insta::assert_snapshot;
use wire::sql::{
    Sql, SqlApproval, SqlColumn, SqlError, SqlErrorCode, SqlHistory, SqlLimit, SqlLimits, SqlMode, SqlPast,
    SqlPosition, SqlQuery, SqlRead, SqlState, SqlTable,
};
use yew::Html;

use super::argument_form::argument_form;
use super::arguments::{Entered, Form};
use super::editor::Statement;
use super::effects::Effects;
use super::error_view::error_view;
use super::history_pane::history_list;
use super::model::{Act, Action, Job, Model};
use super::result_pane::result_pane;
use super::samples::{column, query};
use super::state_line::state_line;
use super::table_pane::table_view;
use kit::api::Api;
use kit::drawn::{elements, text};
use kit::known::refused;
use kit::samples::OBSERVED_AT_MS;
use yew::Reducible;

fn area() -> Sql {
    Sql {
        mode: SqlMode::Read,
        server: "localhost:15002".to_owned(),
        user_id: "ann".to_owned(),
        limits: SqlLimits {
            preview_rows: 100,
            collect_rows: 10_000,
            result_bytes: 64 << 20,
            sql_bytes: 64 << 10,
            cell_bytes: 4 << 10,
            page_rows: 1_000,
        },
        sessions: Vec::new(),
    }
}

fn begun(read: SqlRead) -> Rc<Model> {
    let job = Job::Statement(Statement { sql: query().sql, offset: 0 });
    Rc::new(Model::default()).reduce(Action::Run(job, read, OBSERVED_AT_MS))
}

fn ran(query: SqlQuery) -> Rc<Model> {
    begun(SqlRead::Preview).reduce(Action::News { number: 1, news: Ok(Rc::new(query)) })
}

fn effects() -> Effects {
    Effects { api: Api::default(), shell: Rc::default(), act: Act::noop(), editor: Rc::default() }
}

/// The state 2.5 s after the click, and what is below the editor.
async fn said(model: &Model) -> String {
    let state: Html = state_line(model, OBSERVED_AT_MS + 2_500, &Act::noop());
    [text(state).await, text(result_pane(model, &effects(), &area())).await].join("\n---\n")
}

#[tokio::test]
async fn before_the_first_statement_it_says_that_nothing_was_run() {
    assert_snapshot!(said(&Model::default()).await, @r"

    ---
    Nothing has been run yet.
    ");
}

#[tokio::test]
async fn while_it_runs_its_tasks_are_counted_and_its_rows_too() {
    let (state, ended_at_ms) = (SqlState::Running, None);
    let running = SqlQuery { state, ended_at_ms, tasks: 8, tasks_done: 3, tasks_running: 2, ..query() };
    assert_snapshot!(said(&ran(running)).await, @r"
    Running
    2s
    3 of 8 tasks
    2 running
    Show in the monitor
    ---
    Row
    id
    bigint
    name
    string
    1
    2
    Copy
    TSV
    CSV
    Markdown
    2 rows so far
    2.0 KB
    ");
    assert_snapshot!(said(&begun(SqlRead::Preview)).await, @r"
    Sending…
    2s
    ---
    ");
}

#[tokio::test]
async fn a_cut_is_never_hidden() {
    let all = said(&ran(query())).await;
    assert!(all.contains("2 rows, that is all") && !all.contains("Read all"), "{all}");
    let more = said(&ran(SqlQuery { truncated: true, rows: 100, ..query() })).await;
    assert!(more.contains("100 rows shown, there are more") && more.contains("Read all, at most 10000 rows"), "{more}");
    let columns = (0..201).map(|number| column(&format!("c{number}"), "int")).collect();
    let wide = said(&ran(SqlQuery { columns, ..query() })).await;
    assert!(wide.contains("The first 200 of 201 columns are shown."), "{wide}");
    let nothing = said(&ran(SqlQuery { columns: Vec::new(), rows: 0, ..query() })).await;
    assert!(nothing.contains("The statement has no result."), "{nothing}");
}

#[tokio::test]
async fn what_still_holds_cores_after_a_cancel_is_told_until_nothing_does() {
    let canceled = |cores_still_held| ran(SqlQuery { state: SqlState::Canceled, cores_still_held, ..query() });
    let state = async |model: Rc<Model>| text(state_line(&model, OBSERVED_AT_MS, &Act::noop())).await;
    assert!(state(canceled(Some(2))).await.starts_with("Canceled; 2 tasks still hold cores"));
    assert!(state(canceled(Some(0))).await.starts_with("Canceled\n"));
    assert!(state(canceled(None)).await.starts_with("Canceled\n"));
}

#[tokio::test]
async fn a_change_shows_statement_effect_and_target_before_it_runs() {
    let approval = SqlApproval {
        effect: "InsertIntoStatement".to_owned(),
        target: Some("lake.people".to_owned()),
        hash: "h".to_owned(),
    };
    let waits = SqlQuery {
        sql: "INSERT INTO people VALUES (1)".to_owned(),
        state: SqlState::WaitsForApproval,
        approval: Some(approval),
        columns: Vec::new(),
        rows: 0,
        operation_id: None,
        ended_at_ms: None,
        ..query()
    };
    assert_snapshot!(said(&ran(waits)).await, @r"
    Waiting for your approval
    ---
    This statement may change something. Run it?
    What it does
    InsertIntoStatement
    To what
    lake.people
    INSERT INTO people VALUES (1)
    Run it
    Do not run it
    ");
}

#[tokio::test]
async fn a_refused_statement_says_why() {
    let problem = refused(wire::ErrorCode::BadRequest, "The statement is too long.", "Shorten it.");
    let model = begun(SqlRead::Preview).reduce(Action::News { number: 1, news: Err(problem) });
    assert_snapshot!(said(&model).await, @r"
    Not run
    ---
    Something went wrong
    Shorten it.
    The statement is too long.
    Request r-1
    ");
}

#[tokio::test]
async fn an_error_has_class_state_position_and_message() {
    let error = SqlError {
        error_class: Some("PARSE_SYNTAX_ERROR".to_owned()),
        sql_state: Some("42601".to_owned()),
        message: "Syntax error at or near 'FORM'.".to_owned(),
        position: Some(SqlPosition { line: 2, column: 0 }),
        ..SqlError::default()
    };
    assert_snapshot!(text(error_view(&error)).await, @r"
    The statement failed
    PARSE_SYNTAX_ERROR
    SQLSTATE 42601
    line 2, column 1
    Syntax error at or near 'FORM'.
    ");
}

#[tokio::test]
async fn a_limit_says_what_it_is_and_what_to_do() {
    let limit = |limit_type: &str, limit_value, actual_value| SqlError {
        code: SqlErrorCode::LimitExceeded,
        message: "Too many.".to_owned(),
        limit: Some(SqlLimit {
            limit_type: limit_type.to_owned(),
            limit_value,
            actual_value,
            remediation: "Ask for less.".to_owned(),
        }),
        ..SqlError::default()
    };
    let rows = text(error_view(&limit("rows", 10_000, Some(10_001)))).await;
    assert!(rows.contains("more than 10000 rows; 10001 had arrived."), "{rows}");
    assert!(!rows.contains("Too many."), "the message says the same: {rows}");
    let bytes = text(error_view(&limit("bytes", 64 << 20, None))).await;
    assert!(bytes.contains("larger than 64.0 MB.") && bytes.contains("Ask for less."), "{bytes}");
}

#[tokio::test]
async fn a_refusal_of_the_mode_that_reads_explains_it() {
    let error =
        SqlError { code: SqlErrorCode::ReadOnly, message: "It creates a table.".to_owned(), ..SqlError::default() };
    let said = text(error_view(&error)).await;
    assert!(said.contains("SPARK_MONITOR_SQL=write"), "{said}");
}

#[tokio::test]
async fn the_form_has_a_line_for_each_parameter_and_says_which_type_is_meant() {
    let none = elements(argument_form("SELECT ':a'", &Form::default(), &Act::noop())).await;
    assert_eq!(none, "");
    let mut form = Form::default();
    form.insert(":n".to_owned(), Entered { text: "7".to_owned(), ..Entered::default() });
    let said = text(argument_form("SELECT :n, :who", &form, &Act::noop())).await;
    let automatic: Vec<_> =
        said.lines().filter(|line| line.starts_with("automatic") || line.starts_with(':')).collect();
    assert_eq!(automatic, [":n", "automatic (long)", ":who", "automatic (string)"]);
}

#[tokio::test]
async fn the_history_has_each_statements_end() {
    let past = |sql: &str, state, error: Option<&str>| SqlPast {
        id: sql.to_owned(),
        sql: sql.to_owned(),
        state,
        started_at_ms: OBSERVED_AT_MS,
        ended_at_ms: Some(OBSERVED_AT_MS + 1_500),
        rows: 3,
        error: error.map(str::to_owned),
        has_result: false,
    };
    let statements = vec![
        past("SELECT 1", SqlState::Finished, None),
        past("SELECT nosuch", SqlState::Failed, Some("There is no column nosuch.")),
    ];
    assert_snapshot!(text(history_list(&SqlHistory { statements }, &Act::noop())).await, @r"
    SELECT 1
    Completed
    12:00:00 UTC
    1s
    3 rows
    SELECT nosuch
    Failed
    12:00:00 UTC
    1s
    There is no column nosuch.
    ");
}

#[tokio::test]
async fn a_table_shows_its_columns_partitions_and_properties() {
    let comment = |name: &str, type_name: &str, comment: &str| SqlColumn {
        comment: Some(comment.to_owned()),
        ..column(name, type_name)
    };
    let table = SqlTable {
        sql: "spark_catalog.default.people".to_owned(),
        columns: vec![comment("id", "bigint", "who"), SqlColumn { is_partition: true, ..column("day", "date") }],
        table_type: Some("MANAGED".to_owned()),
        provider: Some("parquet".to_owned()),
        comment: None,
        properties: vec![("Owner".to_owned(), "ann".to_owned())],
        partitions: vec!["day=2024-02-29".to_owned()],
        more_partitions: true,
        more_described: true,
    };
    let place = vec!["spark_catalog".to_owned(), "default".to_owned(), "t".to_owned()];
    assert_snapshot!(text(table_view(&table, false, Some(&place), &Act::noop())).await, @r"
    MANAGED · parquet
    id
    bigint
    Profile
    who
    day
    date
    partition column
    Profile
    There are more.
    First 1 partition
    day=2024-02-29
    There are more.
    Properties
    Owner
    ann
    ");
    let temporary = text(table_view(&table, false, None, &Act::noop())).await;
    assert!(!temporary.contains("Profile"), "{temporary}");
}
