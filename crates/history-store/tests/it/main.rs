//! The store on a real file: what it writes, forgets, survives and refuses.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::{fs, os::unix::fs::PermissionsExt};

use history_store::{Change, Kept, Places, Store};
use kit::{BEGIN_MS, CAP, Kit, Place, STEP_MS, run, tick};

#[path = "../shared/behaviour.rs"]
mod behaviour;
mod bounds;
mod kill;
#[expect(dead_code, reason = "servers have tests of their own")]
#[path = "../shared/kit.rs"]
mod kit;
#[path = "../shared/permutation.rs"]
mod permutation;

/// Permutations on SQLite alone; on all engines: `cargo xtask verify history`.
const PERMUTATIONS: u32 = 50;

/// Tests what holds on every engine with a file.
macro_rules! with_a_file {
    ($($name:ident),*) => {
        $(#[tokio::test]
        async fn $name() {
            behaviour::$name(Place::file()).await;
        })*
    };
}

behaviour::each! { with_a_file }

#[test]
fn order_and_repetition_change_nothing() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    permutation::all(PERMUTATIONS, &runtime, || vec![Place::file()]);
}

#[tokio::test]
async fn the_file_is_the_persons_alone() {
    let folder = tempfile::tempdir().unwrap();
    Kit::open(folder.path(), CAP).await.settled().await;
    let mode = fs::metadata(folder.path().join("history.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn the_database_never_grows_past_its_cap() {
    const SMALL: u64 = 1 << 19;
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::open(folder.path(), SMALL).await;
    for number in 0..5_000 {
        let at_ms = BEGIN_MS + number * STEP_MS;
        kit.record(Change::Tick(tick(at_ms, 1.0))).await;
        if number % 200 == 0 {
            kit.record(Change::Tend { now_ms: at_ms }).await;
            while kit.store.size().await.unwrap().newest_ms < Some(at_ms) {
                tokio::task::yield_now().await;
            }
            let size = fs::metadata(folder.path().join("history.db")).unwrap().len();
            assert!(size <= SMALL, "{size}");
        }
    }
    let newest = kit.store.size().await.unwrap().newest_ms.unwrap();
    assert!(newest >= BEGIN_MS + 4_700 * STEP_MS, "the newest is kept");
    kit.settled().await;
}

#[tokio::test]
async fn forgetting_leaves_nothing_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let holds = || {
        let mut files = fs::read_dir(folder.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        files.any(|bytes| String::from_utf8_lossy(&bytes).contains("secret_table"))
    };
    let kit = Kit::open(folder.path(), CAP).await;
    for number in 0..500 {
        kit.record(run(&format!("q-{number}"), BEGIN_MS + number)).await;
    }
    while kit.store.size().await.unwrap().runs < 500 {
        tokio::task::yield_now().await;
    }
    assert!(holds(), "the test can see it");
    kit.forget(Some("ann")).await;
    assert!(!holds());
    assert_eq!(kit.store.size().await.unwrap().runs, 0);
    kit.record(run("q-1", BEGIN_MS + 1)).await;
    kit.record(Change::Tick(tick(BEGIN_MS, 1.0))).await;
    kit.settled().await;
    assert!(!holds(), "what Spark still lists does not come back");
}

#[tokio::test]
async fn a_damaged_file_is_put_aside_and_a_new_history_begins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.db");
    for damage in
        ["this is no database, and was never one".repeat(200), String::from("SQLite format 3\0") + &"x".repeat(9000)]
    {
        fs::write(&file, damage).unwrap();
        let kit = Kit::open(folder.path(), CAP).await;
        assert!(matches!(kit.store.local().unwrap().kept(), Kept::Home), "{:?}", kit.store.local().unwrap().kept());
        assert!(folder.path().join("history.db.damaged").exists());
        kit.record(Change::Tick(tick(BEGIN_MS, 1.0))).await;
        kit.settled().await;
    }
}

#[tokio::test]
async fn where_nothing_can_be_written_it_is_kept_in_memory_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let newer = folder.path().join("newer");
    Kit::open(&newer, CAP).await.settled().await;
    let status = std::process::Command::new("sh")
        .args(["-c", "command -v python3 >/dev/null && python3 - \"$0\" <<'END'\nimport sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.execute('INSERT INTO migrations VALUES (99, 0)')\nd.commit()\nEND"])
        .arg(newer.join("history.db"))
        .status();
    assert!(status.unwrap().success());
    for (state_folder, why) in [
        (None, "neither HOME nor XDG_STATE_HOME"),
        (Some(file.join("below-a-file")), "could not be written"),
        (Some(newer), "a newer version"),
    ] {
        let places = Places { state_folder, cap_bytes: CAP, ..Places::default() };
        let kit = Kit::of(Store::open(&places, BEGIN_MS).await.unwrap());
        let Kept::Memory(reason) = kit.store.local().unwrap().kept() else {
            panic!("{:?}", kit.store.local().unwrap().kept())
        };
        assert!(reason.to_string().contains(why), "{reason}");
        kit.record(run("q", BEGIN_MS)).await;
        while kit.store.runs("ann", 1).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}
