//! Queries: their names, and whose they are.

use insta::assert_snapshot;
use wire::{CallSite, ConnectSession, NamedBy, Queries, Query, QueryState};

use super::notebook::{BEGAN_AT_MS, after, cell_query, ended, model, notebook, recent, running, runs};
use crate::mine::{Execution, Notebook};
use crate::model::Action;
use kit::samples;

#[tokio::test]
async fn mine_and_others_stand_apart_with_how_that_is_known() {
    let other = Notebook {
        id: "n-2".to_owned(),
        title: "other.ipynb".to_owned(),
        asked: true,
        session_id: Some("s-2".to_owned()),
        shift: Some(1),
        ..Notebook::default()
    };
    let of = |session: &str| cell_query(&["of ", session].concat(), session);
    let queries = Queries {
        sessions: vec![samples::session("s-1"), samples::session("s-2"), samples::session("0123456789")],
        ..runs(vec![of("s-2"), of("s-1"), of("0123456789")])
    };
    assert_snapshot!(running(&model(queries, vec![notebook(), other])).await, @r#"
    This notebook
    ?
    asked of the kernel
    cell [3], line 2
    cell [3], line 2
    count of range
    20s
    60%
    120 of 200 tasks
    run by cell [5]
    Other sessions
    cell [3], line 2
    cell [3], line 2
    count of range
    20s
    60%
    120 of 200 tasks
    of other.ipynb
    a notebook cell, line 2
    count of range
    20s
    60%
    120 of 200 tasks
    of another notebook
    "#);
}

#[tokio::test]
async fn a_likely_session_says_what_makes_it_likely_and_another_can_be_chosen() {
    let execution = Execution { count: 3, begin_ms: BEGAN_AT_MS - 500, end_ms: Some(BEGAN_AT_MS + 20_500) };
    let unasked = Notebook { asked: false, session_id: None, executions: vec![execution], ..notebook() };
    let sessions = vec![samples::session("s-1"), samples::session("s-2")];
    let queries = Queries { sessions, ..runs(vec![cell_query("q-1", "s-1"), samples::query("q-2")]) };
    let model = model(queries, vec![unasked]);
    assert_snapshot!(running(&model).await, @r#"
    This notebook's session
    Choose a session
    a session, 1 running, last query 11:59:40 UTC
    a session, 1 running, last query 11:59:40 UTC
    This notebook
    ?
    likely: matches cell [3] and its time
    cell [3], line 2
    cell [3], line 2
    count of range
    20s
    60%
    120 of 200 tasks
    select count(*) from events
    select count(*) from events
    20s
    60%
    120 of 200 tasks
    run by cell [3]
    "#);
    let chosen = after(model, Action::ChooseSession(Some("s-2".to_owned())));
    let chosen = running(&chosen).await;
    assert!(chosen.contains("This notebook\n?\nchosen by you\nNone of them is"), "{chosen}");
}

#[tokio::test]
async fn while_nothing_is_known_queries_are_simply_listed_and_one_session_offers_no_choice() {
    let unasked = Notebook { asked: false, session_id: None, executions: Vec::new(), ..notebook() };
    let of = |sessions: &[&str]| {
        let sessions: Vec<_> = sessions.iter().map(|session| samples::session(session)).collect();
        Queries { sessions, ..runs(vec![samples::query("q-1")]) }
    };
    let alone = running(&model(of(&["s-1"]), vec![unasked.clone()])).await;
    assert_eq!(alone, running(&model(of(&["s-1"]), Vec::new())).await);
    assert!(alone.starts_with("select count(*) from events\n20s"), "{alone}");
    let other = Notebook { id: "n-2".to_owned(), current: false, session_id: Some("s-2".to_owned()), ..notebook() };
    let one_is_anothers = running(&model(of(&["s-1", "s-2"]), vec![unasked.clone(), other])).await;
    assert_eq!(one_is_anothers, alone);
    let several = running(&model(of(&["s-1", "s-2"]), vec![unasked])).await;
    assert!(several.starts_with("This notebook's session\nChoose a session"), "{several}");
    assert!(!several.contains("another notebook"), "it may be this one's: {several}");
}

#[tokio::test]
async fn other_sessions_have_their_users_name_where_there_are_several_users() {
    let of = |session: &str, user: &str| ConnectSession { user: user.to_owned(), ..samples::session(session) };
    let queries = Queries {
        sessions: vec![of("s-1", "ada"), of("s-2", "bob"), of("s-3", "")],
        ..runs(vec![cell_query("q-2", "s-2"), cell_query("q-3", "s-3")])
    };
    let seen = running(&model(queries, vec![notebook()])).await;
    assert!(seen.contains("of bob\n") && seen.ends_with("of another notebook"), "{seen}");
}

#[tokio::test]
async fn the_number_of_a_cell_is_not_told_while_its_shift_is_unknown() {
    let unknown = Notebook { shift: None, executions: Vec::new(), ..notebook() };
    for notebooks in [vec![unknown], Vec::new()] {
        let text = running(&model(runs(vec![cell_query("q-1", "s-1")]), notebooks)).await;
        assert!(text.contains("a notebook cell, line 2"), "{text}");
        assert!(!text.contains("cell ["), "{text}");
    }
}

#[tokio::test]
async fn a_name_comes_from_the_best_source() {
    let named = |named_by, name: &str, call_site| Query {
        named_by,
        name: name.to_owned(),
        call_site,
        state: QueryState::Succeeded,
        ..samples::query("q-1")
    };
    let cell = || Some(CallSite::Cell { number: 4, line: 2 });
    let text_of = || Some(CallSite::CellText { hash: "123".to_owned(), line: 2 });
    let file = || Some(CallSite::File { file: "etl.py".to_owned(), line: 6 });
    let mut lines = Vec::new();
    for query in [
        named(NamedBy::Tag, "nightly", cell()),
        named(NamedBy::Sql, "select 1", cell()),
        named(NamedBy::Operators, "show: sort", cell()),
        named(NamedBy::Operators, "show: sort", None),
        named(NamedBy::Spark, "collect", file()),
        named(NamedBy::Spark, "collect", text_of()),
        named(NamedBy::Nothing, "", None),
    ] {
        lines.push(recent(&model(ended(vec![query]), vec![notebook()])).await.replace('\n', " | "));
    }
    assert_snapshot!(lines.join("\n"), @"
    This notebook | ? | asked of the kernel | nightly | nightly | ✓ | 20s
    This notebook | ? | asked of the kernel | select 1 | select 1 | ✓ | 20s
    This notebook | ? | asked of the kernel | cell [3], line 2 | cell [3], line 2 | show: sort | ✓ | 20s
    This notebook | ? | asked of the kernel | show: sort | show: sort | ✓ | 20s
    This notebook | ? | asked of the kernel | etl.py, line 6 | collect | ✓ | 20s
    This notebook | ? | asked of the kernel | a notebook cell, line 2 | a notebook cell, line 2 | collect | ✓ | 20s
    This notebook | ? | asked of the kernel | Query without a name | Query without a name | ✓ | 20s
    ");
}
