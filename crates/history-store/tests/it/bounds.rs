//! What others do, their clocks and their file systems do not decide what the history costs and loses.

use std::{fs, sync::atomic::Ordering};

use history_store::{Change, Engine, Kept, Places, RunRow, SpanSeen, Store, StoreError, Texts, migrations};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{BEGIN_MS, CAP, Kit, Place, STEP_MS, behaviour, run, tick};

#[tokio::test]
async fn files_that_hang_hang_nobody_and_a_file_that_is_locked_is_not_copied_over() {
    let (hanging, locked, runtime) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // To open a pipe that nobody reads takes for ever, as a file on a server that is gone.
    let made = std::process::Command::new("mkfifo").arg(hanging.path().join("history.db")).status();
    assert!(made.unwrap().success());
    Kit::open(locked.path(), CAP).await.settled().await;
    let other = sqlx::SqlitePool::connect(&format!("sqlite:{}/history.db", locked.path().display())).await.unwrap();
    let mut other = other.acquire().await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut *other).await.unwrap();
    for folder in [&hanging, &locked] {
        let places = Places {
            state_folder: Some(folder.path().to_owned()),
            runtime_folder: Some(runtime.path().join("mine")),
            cap_bytes: CAP,
            ..Places::default()
        };
        let store = Store::open(&places, BEGIN_MS).await.unwrap();
        assert!(
            matches!(store.local().unwrap().kept(), Kept::Memory(StoreError::Hangs)),
            "{:?}",
            store.local().unwrap().kept()
        );
    }
    assert!(!runtime.path().join("mine").exists(), "a second history would replace the first");
    // The test's runtime would wait for the thread that hangs.
    fs::OpenOptions::new().read(true).open(hanging.path().join("history.db")).unwrap();
}

#[tokio::test]
async fn while_somebody_reads_what_the_log_holds_nothing_is_called_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::open(folder.path(), CAP).await;
    kit.record(run("q", BEGIN_MS)).await;
    while kit.store.size().await.unwrap().runs == 0 {
        tokio::task::yield_now().await;
    }
    let other = sqlx::SqlitePool::connect(&format!("sqlite:{}/history.db", folder.path().display())).await.unwrap();
    let mut reads = other.begin().await.unwrap();
    sqlx::query("SELECT * FROM query_runs").fetch_all(&mut *reads).await.unwrap();
    assert!(matches!(kit.store.forget(None, BEGIN_MS + 1).await, Err(StoreError::Busy)));
    reads.rollback().await.unwrap();
    kit.store.forget(None, BEGIN_MS + 1).await.unwrap();
}

#[tokio::test]
async fn made_up_names_of_queries_and_workers_do_not_fill_the_database_for_good() {
    const SMALL: u64 = 1 << 19;
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::open(folder.path(), SMALL).await;
    for number in 0..40 {
        let at_ms = BEGIN_MS + number * STEP_MS;
        kit.clock.store(at_ms, Ordering::Relaxed);
        for each in 0..100 {
            let Change::Run { system, mut shape, mut run } = run("q", at_ms) else { panic!() };
            shape.hash = format!("{number}-{each}");
            shape.label = shape.hash.repeat(20);
            run.query_id.clone_from(&shape.hash);
            kit.record(Change::Run { system, shape, run }).await;
        }
        let mut tick = tick(at_ms, 1.0);
        let name = |each| format!("worker-{number}-{each}-{}", "x".repeat(100));
        let span = |each| SpanSeen { kind: "worker".into(), name: name(each), ..tick.spans[0].clone() };
        let spans = (0..50).map(span).collect();
        tick.spans = spans;
        kit.record(Change::Tick(tick)).await;
        kit.record(Change::Tend { now_ms: at_ms }).await;
        while kit.store.size().await.unwrap().newest_ms < Some(at_ms) {
            tokio::task::yield_now().await;
        }
    }
    let newest = kit.store.runs("ann", 1).await.unwrap();
    assert_eq!(newest[0].run.submitted_ms, BEGIN_MS + 39 * STEP_MS, "the newest is kept");
    kit.settled().await;
}

#[tokio::test]
async fn a_file_of_an_older_version_is_brought_up_to_date_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    let newer: Vec<String> = migrations(Engine::Sqlite, 1);
    let all = migrations(Engine::Sqlite, 0);
    for statement in &all[..all.len() - newer.len()] {
        sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&mut old).await.unwrap();
    }
    for statement in [
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY NOT NULL, applied_ms BIGINT NOT NULL)",
        "INSERT INTO migrations VALUES (1, 0)",
        "INSERT INTO systems (system_id, owner, name, kind) VALUES (1, 'ann', 'spark', 'spark')",
        "INSERT INTO query_shapes VALUES (1, 1, 1, 'h', 'sql', 'select old', 0, 5)",
        "INSERT INTO query_runs VALUES (1, 1, 'app-1', 'old', '', 5, 1, 0, 'failed', NULL, 1, 1, 1, 1, 1, 1, 1, 1, 1)",
    ] {
        sqlx::query(statement).execute(&mut old).await.unwrap();
    }
    old.close().await.unwrap();
    let kit = Kit::open(folder.path(), CAP).await;
    assert!(matches!(kit.store.local().unwrap().kept(), Kept::Home), "{:?}", kit.store.local().unwrap().kept());
    let Change::Run { system, shape, mut run } = run("new", BEGIN_MS) else { panic!() };
    run.texts = Some(Texts { statement: "SELECT 1".into(), message: String::new() });
    kit.record(Change::Run { system, shape, run }).await;
    kit.settled().await;
    let kit = Kit::open(folder.path(), CAP).await;
    let runs = kit.store.runs("ann", 9).await.unwrap();
    let texts = |row: &RunRow| row.run.texts.as_ref().map(|texts| texts.statement.clone());
    let found: Vec<_> = runs.iter().map(|row| (row.run.query_id.as_str(), texts(row))).collect();
    assert_eq!(found, [("new", Some("SELECT 1".to_owned())), ("old", None)]);
}

#[tokio::test]
async fn a_database_that_is_full_writes_again_when_there_is_room() {
    let places = Places { memory_only: true, cap_bytes: 64 * 4096, ..Places::default() };
    let kit = Kit::of(Store::open(&places, BEGIN_MS).await.unwrap());
    let Change::Run { system, shape, mut run } = run("huge", BEGIN_MS) else { panic!() };
    run.texts = Some(Texts { statement: "x".repeat(1 << 20), message: String::new() });
    kit.record(Change::Run { system, shape, run }).await;
    while kit.recorder.lost() == 0 {
        tokio::task::yield_now().await;
    }
    kit.record(super::run("small", BEGIN_MS)).await;
    while kit.recorder.lost() == 1 && kit.store.size().await.unwrap().runs == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!((kit.recorder.lost(), kit.store.size().await.unwrap().runs), (1, 1));
    kit.forget(None).await;
}

#[tokio::test]
async fn only_the_newest_runs_are_kept() {
    let place = Place::file();
    let kit = place.open().await;
    kit.record(run("oldest", BEGIN_MS)).await;
    let file = kit.settled().await.local().unwrap().file().unwrap().clone();
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    for statement in behaviour::surplus() {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
    behaviour::only_the_newest_runs_are_kept(place).await;
}
