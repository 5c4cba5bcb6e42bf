//! The store on a real file: what it writes, forgets, survives and refuses.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use history_store::{
    Change, Component, DAY_MS, HOUR_MS, Kept, Places, Recorder, Retention, Run, Shape, SpanSeen, Store, SystemKey,
    Tick, Values, writer,
};
use tokio::{sync::oneshot, task::JoinHandle};

mod bounds;
mod kill;

/// Some Monday.
const BEGIN_MS: i64 = 1_795_392_000_000;
const STEP_MS: i64 = 60_000;
const CAP: u64 = 16 << 20;

/// A store with its writer and a clock of its own.
struct Kit {
    store: Arc<Store>,
    recorder: Recorder,
    end: oneshot::Sender<()>,
    writes: JoinHandle<()>,
    clock: Arc<AtomicI64>,
}

impl Kit {
    async fn open(folder: &Path, cap_bytes: u64) -> Self {
        let places = Places { state_folder: Some(folder.to_owned()), cap_bytes, ..Places::default() };
        Self::of(Store::open(&places, BEGIN_MS).await.unwrap())
    }

    async fn memory() -> Self {
        let places = Places { memory_only: true, cap_bytes: CAP, ..Places::default() };
        Self::of(Store::open(&places, BEGIN_MS).await.unwrap())
    }

    fn of(store: Store) -> Self {
        let store = Arc::new(store);
        let (recorder, writer) = writer(Arc::clone(&store), Retention::default());
        let (end, ended) = oneshot::channel::<()>();
        let clock = Arc::new(AtomicI64::new(BEGIN_MS));
        let now = Arc::clone(&clock);
        let run = writer.run(async { _ = ended.await }, move || now.load(Ordering::Relaxed));
        Self { store, recorder, end, writes: tokio::spawn(run), clock }
    }

    /// Records it, waiting for room in the queue.
    async fn record(&self, change: Change) {
        // Changes of the other kinds are written in the meantime.
        tokio::task::yield_now().await;
        self.recorder.record(change);
    }

    /// Waits until all that was recorded is written.
    async fn settled(self) -> Arc<Store> {
        drop(self.end);
        self.writes.await.unwrap();
        assert_eq!(self.recorder.lost(), 0);
        self.clock.fetch_add(1, Ordering::Relaxed);
        self.store
    }

    async fn forget(&self, owner: Option<&str>) {
        let (done, forgotten) = oneshot::channel();
        self.clock.store(BEGIN_MS + HOUR_MS, Ordering::Relaxed);
        self.recorder.record(Change::Forget { owner: owner.map(str::to_owned), now_ms: BEGIN_MS + HOUR_MS, done });
        forgotten.await.unwrap().unwrap();
    }
}

fn system() -> SystemKey {
    SystemKey { owner: "ann".into(), name: "spark".into(), kind: "spark".into() }
}

fn tick(at_ms: i64, cores: f64) -> Tick {
    let values = Values::from([("cores_used".to_owned(), cores)]);
    let component = |kind: &str, name: &str| Component {
        kind: kind.into(),
        name: name.into(),
        facts: String::new(),
        values: values.clone(),
    };
    let span = SpanSeen {
        kind: "app".into(),
        name: "app-1".into(),
        state: if cores > 6.0 { "waiting".into() } else { "running".into() },
        values: Values::new(),
        once_at_ms: None,
    };
    Tick {
        system: system(),
        at_ms,
        step_ms: STEP_MS,
        received_ms: at_ms,
        source: "sidecar".into(),
        components: vec![component("system", "cluster"), component("app", "app-1")],
        spans: vec![span],
    }
}

fn run(query_id: &str, submitted_ms: i64) -> Change {
    let shape =
        Shape { version: 1, hash: "h".into(), made_from: "sql".into(), label: "select ? from secret_table".into() };
    let run = Run {
        app_id: "app-1".into(),
        query_id: query_id.into(),
        submitted_ms,
        duration_ms: 1_000,
        state: "succeeded".into(),
        ..Run::default()
    };
    Change::Run { system: system(), shape, run: Box::new(run) }
}

async fn means(store: &Store, step_ms: i64) -> Vec<(i64, i64, String)> {
    let cluster = store.component("ann", "system", "cluster").await.unwrap().unwrap();
    let points = store.points(cluster.component_id, step_ms, (0, i64::MAX), 10_000).await.unwrap();
    points.into_iter().map(|point| (point.at_ms, point.covered_ms, point.vals)).collect()
}

#[tokio::test]
async fn two_days_become_hours_and_days_and_a_night_without_samples_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::open(folder.path(), CAP).await;
    for minute in 0..2 * 24 * 60 {
        // No sidecar runs from ten to eleven.
        if minute / 60 % 24 != 10 {
            kit.record(Change::Tick(tick(BEGIN_MS + minute * STEP_MS, if minute % 2 == 0 { 2.0 } else { 4.0 }))).await;
        }
        if minute % 60 == 59 {
            kit.record(Change::Tend { now_ms: BEGIN_MS + (minute + 1) * STEP_MS }).await;
            // The queue is bounded, so let it be written.
            while kit.store.size().await.unwrap().newest_ms < Some(BEGIN_MS + (minute - 60) * STEP_MS) {
                tokio::task::yield_now().await;
            }
        }
    }
    kit.record(Change::Tend { now_ms: BEGIN_MS + 2 * DAY_MS + HOUR_MS }).await;
    kit.settled().await;
    let kit = Kit::open(folder.path(), CAP).await;
    let hours = means(&kit.store, HOUR_MS).await;
    assert_eq!(hours.len(), 2 * 24 + 1, "the last values hold a minute and a half into the next hour");
    assert_eq!(hours[0], (BEGIN_MS, HOUR_MS, r#"{"cores_used":[3.0,2.0,4.0,4.0]}"#.into()));
    assert_eq!((hours[10].0, hours[10].1), (BEGIN_MS + 10 * HOUR_MS, STEP_MS * 3 / 2));
    let days = means(&kit.store, DAY_MS).await;
    let covered: Vec<i64> = days.iter().map(|day| day.1).collect();
    let silent = HOUR_MS - STEP_MS * 3 / 2;
    assert_eq!(covered[..2], [DAY_MS - silent, DAY_MS - silent]);
    let mode = fs::metadata(folder.path().join("history.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn the_greatest_value_is_found_in_means_when_its_sample_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::open(folder.path(), CAP).await;
    for (minute, cores) in (0..).zip([2.0, 6.0, 4.0]) {
        kit.record(Change::Tick(tick(BEGIN_MS + minute * STEP_MS, cores))).await;
    }
    // By then only means of these are kept.
    kit.record(Change::Tend { now_ms: BEGIN_MS + 2 * HOUR_MS }).await;
    kit.record(Change::Tick(tick(BEGIN_MS + 20 * DAY_MS, 1.0))).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + 20 * DAY_MS + 2 * HOUR_MS }).await;
    kit.settled().await;
    let kit = Kit::open(folder.path(), CAP).await;
    let store = &kit.store;
    assert_eq!(means(store, 0).await.len(), 1);
    let app = store.component("ann", "app", "app-1").await.unwrap().unwrap();
    assert_eq!(store.greatest(app.component_id, "cores_used").await.unwrap(), Some(6.0));
    assert_eq!(store.greatest(app.component_id, "another").await.unwrap(), None);
    kit.settled().await;
}

#[tokio::test]
async fn order_and_repetition_change_nothing() {
    let ticks: Vec<Tick> = (0..90).map(|minute| tick(BEGIN_MS + minute * STEP_MS, (minute % 9) as f64)).collect();
    let mut first: Option<Vec<(i64, i64, String)>> = None;
    let mut chance = 7_usize;
    for _ in 0..40 {
        let kit = Kit::memory().await;
        let mut order: Vec<usize> = (0..ticks.len()).chain(0..10).collect();
        for at in (1..order.len()).rev() {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(at, (chance >> 33) % (at + 1));
        }
        for number in order {
            kit.record(Change::Tick(ticks[number].clone())).await;
        }
        kit.record(Change::Tend { now_ms: BEGIN_MS + 3 * HOUR_MS }).await;
        let store = Arc::clone(&kit.store);
        while store.size().await.unwrap().points < 2 * 90 + 2 * 3 {
            tokio::task::yield_now().await;
        }
        let mut all = means(&store, 0).await;
        all.extend(means(&store, HOUR_MS).await);
        all.extend(means(&store, DAY_MS).await);
        assert_eq!(&all, first.get_or_insert_with(|| all.clone()));
    }
}

#[tokio::test]
async fn what_is_too_old_goes_and_a_run_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let kit = Kit::open(folder.path(), CAP).await;
    kit.record(Change::Tick(tick(BEGIN_MS, 1.0))).await;
    kit.record(run("old", BEGIN_MS)).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + DAY_MS }).await;
    kit.settled().await;
    let kit = Kit::open(folder.path(), CAP).await;
    for _ in 0..2 {
        kit.record(run("new", BEGIN_MS + 80 * DAY_MS)).await;
    }
    // Samples of before say that the clock is right.
    kit.record(Change::Tick(tick(BEGIN_MS + 91 * DAY_MS - 20 * STEP_MS, 1.0))).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + 91 * DAY_MS }).await;
    kit.settled().await;
    let kit = Kit::open(folder.path(), CAP).await;
    let ids: Vec<String> = kit.store.runs("ann", 10).await.unwrap().into_iter().map(|row| row.run.query_id).collect();
    assert_eq!(ids, ["new"]);
    assert!(kit.store.runs("bob", 10).await.unwrap().is_empty(), "another person's");
    for (step_ms, kept) in [(0, 1), (HOUR_MS, 1), (DAY_MS, 2)] {
        assert_eq!(means(&kit.store, step_ms).await.len(), kept, "{step_ms}");
    }
    kit.settled().await;
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
        assert!(matches!(kit.store.kept(), Kept::Home), "{:?}", kit.store.kept());
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
        let Kept::Memory(reason) = kit.store.kept() else { panic!("{:?}", kit.store.kept()) };
        assert!(reason.to_string().contains(why), "{reason}");
        kit.record(run("q", BEGIN_MS)).await;
        while kit.store.runs("ann", 1).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_second_sidecar_writes_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Kit::open(folder.path(), CAP).await, Kit::open(folder.path(), CAP).await);
    for number in 0..200 {
        one.record(run(&format!("one-{number}"), BEGIN_MS + number)).await;
        two.record(run(&format!("two-{number}"), BEGIN_MS + number)).await;
    }
    one.settled().await;
    two.settled().await;
    let kit = Kit::open(folder.path(), CAP).await;
    assert_eq!(kit.store.size().await.unwrap().runs, 400);
}
