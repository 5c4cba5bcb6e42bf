//! Names, cells and housekeeping of recorded requests.

use super::*;

const NOTEBOOK: &str = include_str!("../../../../tests/fixtures/spark-4.3.0/connect_operations_notebook.json");

fn name(details: &str) -> String {
    ConnectRequest::of_details(details).name().1
}

/// The statement recorded from a notebook that starts with this text.
fn recorded(begin: &str) -> ConnectRequest {
    let rows: Vec<serde_json::Value> = serde_json::from_str(NOTEBOOK).unwrap();
    let statements = rows.iter().map(|row| row["statement"].as_str().unwrap());
    ConnectRequest::of_statement(statements.into_iter().find(|text| text.contains(begin)).unwrap())
}

#[test]
fn the_users_tag_comes_before_the_sql_text_before_the_operators() {
    let sql = "plan { root { common { plan_id: 1 } sql { query: \"select\\n  1\" } } }";
    assert_eq!(name(sql), "select 1");
    assert_eq!(name(&format!("{sql} tags: \"nightly\"")), "nightly");
    let show = "plan { root { show_string { input { sort { input { aggregate { input { range { } } } } } } } } }";
    assert_eq!(name(show), "show: sort, aggregate, range");
    let write = "plan { command { write_operation { input { common { } sort { input { range { } } } } } } }";
    assert_eq!(name(write), "write: sort, range");
}

#[test]
fn what_our_own_client_adds_names_nothing() {
    let sql = "plan { root { limit { input { sql { query: \"SELECT * FROM (\\nselect 1\\n)\" } } } } }";
    let tagged = format!("{sql} tags: \"berdl-sql-0d1c\" tags: \"nightly\"");
    assert_eq!((name(sql), name(&tagged)), ("select 1".to_owned(), "nightly".to_owned()));
}

#[test]
fn sql_is_whole_with_its_lines_or_not_told() {
    let of = |sql: &str| {
        ConnectRequest::of_statement(&format!("plan {{ root {{ sql {{ query: \"{sql}\" }} }} }}")).sql_text()
    };
    assert_eq!(of("select 'a' -- first\\n, \\\"b\\\"").as_deref(), Some("select 'a' -- first\n, \"b\""));
    assert_eq!(of("select 1[truncated(size=2,048)]"), None, "Spark cut it");
    assert_eq!(of("select 1…"), None, "we cut it");
    assert_eq!(of(&"x".repeat(4_001)), None);
    assert_eq!(of("select 1\u{202e}").as_deref(), Some("select 1"), "what is not seen is not copied");
    assert_eq!(ConnectRequest::default().sql_text(), None);
}

#[test]
fn a_request_that_says_nothing_has_no_name() {
    for text in ["", "plan { root { common { } } }", "}}{{"] {
        assert_eq!(ConnectRequest::of_details(text).name(), (NamedBy::Nothing, String::new()), "{text}");
    }
}

#[test]
fn recorded_statements_tell_operators_cell_and_sql() {
    let shown = recorded("show_string");
    assert_eq!(shown.name(), (NamedBy::Operators, "show: sort, aggregate, range".into()));
    assert_eq!(shown.call_site, Some(CallSite::Cell { number: 3, line: 3 }));
    let (command, query) = (recorded("sql_command"), recorded("plan_id: 5"));
    assert_eq!(query.name(), (NamedBy::Sql, "select 1 as a, id from range(10)".into()));
    assert!(command.is_analysis() && !query.is_analysis() && command.sql() == query.sql());
    assert!(recorded("ml_command").is_housekeeping() && !query.is_housekeeping());
}

#[test]
fn a_cut_description_still_tells_its_session() {
    for end in ["query...", "query: ...", "query: \"...", "query: \"select..."] {
        let text = format!("Spark Connect - session_id: \"5267a756\"\nplan {{\n  root {{\n    sql {{\n      {end}");
        let request = ConnectRequest::of_details(&text);
        assert_eq!(request.session_id.as_deref(), Some("5267a756"));
        assert_eq!(request.sql, None, "{end}");
    }
}

#[test]
fn call_sites_of_cells_files_and_the_jvm() {
    assert_eq!(call_site("line 2 in cell [13]"), Some(CallSite::Cell { number: 13, line: 2 }));
    let hash = || "1234567890".to_owned();
    assert_eq!(call_site("/tmp/ipykernel_42/1234567890.py:7"), Some(CallSite::CellText { hash: hash(), line: 7 }));
    assert_eq!(call_site("/home/ann/q.py:6"), Some(CallSite::File { file: "q.py".into(), line: 6 }));
    for other in ["NativeMethodAccessorImpl.java:0", "<unknown>:0", "line x in cell [3]", "line 1 in cell [", ""] {
        assert_eq!(call_site(other), None, "{other}");
    }
}

#[test]
fn the_latest_cell_of_a_plan_is_the_one_that_built_it() {
    let origin = |site: &str| format!("common {{ origin {{ python_origin {{ call_site: \"{site}\" }} }} }}");
    let (old, new, file) = (origin("line 9 in cell [2]"), origin("line 1 in cell [5]"), origin("helper.py:70"));
    let text = format!("sort {{ input {{ project {{ a {{ {old} }} b {{ {new} }} }} }} c {{ {file} }} }}");
    assert_eq!(ConnectRequest::of_statement(&text).call_site, Some(CallSite::Cell { number: 5, line: 1 }));
}
