//! What the tests write to a store, whichever engine it is on.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use history_store::{
    Address, Change, Component, HOUR_MS, Places, Recorder, Retention, Run, Shape, SpanSeen, Store, SystemKey, Tick,
    Values, writer,
};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

/// Some Monday.
pub const BEGIN_MS: i64 = 1_795_392_000_000;
pub const STEP_MS: i64 = 60_000;
pub const CAP: u64 = 16 << 20;

/// A store with its writer and a clock of its own.
pub struct Kit {
    pub store: Arc<Store>,
    pub recorder: Recorder,
    end: oneshot::Sender<()>,
    writes: JoinHandle<()>,
    pub clock: Arc<AtomicI64>,
}

/// Where a database is.
pub enum Place {
    File(TempDir),
    Server(Address),
}

impl Place {
    pub fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    pub async fn open(&self) -> Kit {
        match self {
            Self::File(folder) => Kit::open(folder.path(), CAP).await,
            Self::Server(address) => Kit::of(Store::connect(address, BEGIN_MS).await.unwrap()),
        }
    }
}

impl Kit {
    pub async fn open(folder: &Path, cap_bytes: u64) -> Self {
        let places = Places { state_folder: Some(folder.to_owned()), cap_bytes, ..Places::default() };
        Self::of(Store::open(&places, BEGIN_MS).await.unwrap())
    }

    pub fn of(store: Store) -> Self {
        let store = Arc::new(store);
        let (recorder, writer) = writer(Arc::clone(&store), Retention::default());
        let (end, ended) = oneshot::channel::<()>();
        let clock = Arc::new(AtomicI64::new(BEGIN_MS));
        let now = Arc::clone(&clock);
        let run = writer.run(async { _ = ended.await }, move || now.load(Ordering::Relaxed));
        Self { store, recorder, end, writes: tokio::spawn(run), clock }
    }

    /// Records it, waiting for room in the queue.
    pub async fn record(&self, change: Change) {
        // Changes of the other kinds are written in the meantime.
        tokio::task::yield_now().await;
        self.recorder.record(change);
    }

    /// Waits until all that was recorded is written.
    pub async fn settled(self) -> Arc<Store> {
        drop(self.end);
        self.writes.await.unwrap();
        assert_eq!(self.recorder.lost(), 0);
        self.clock.fetch_add(1, Ordering::Relaxed);
        self.store
    }

    pub async fn forget(&self, owner: Option<&str>) {
        let (done, forgotten) = oneshot::channel();
        self.clock.store(BEGIN_MS + HOUR_MS, Ordering::Relaxed);
        self.recorder.record(Change::Forget { owner: owner.map(str::to_owned), now_ms: BEGIN_MS + HOUR_MS, done });
        forgotten.await.unwrap().unwrap();
    }
}

pub fn system() -> SystemKey {
    SystemKey { owner: "ann".into(), name: "spark".into(), kind: "spark".into() }
}

pub fn tick(at_ms: i64, cores: f64) -> Tick {
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

pub fn run(query_id: &str, submitted_ms: i64) -> Change {
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

pub async fn means(store: &Store, step_ms: i64) -> Vec<(i64, i64, String)> {
    let cluster = store.component("ann", "system", "cluster").await.unwrap().unwrap();
    let points = store.points(cluster.component_id, step_ms, (0, i64::MAX), 10_000).await.unwrap();
    points.into_iter().map(|point| (point.at_ms, point.covered_ms, point.vals)).collect()
}
