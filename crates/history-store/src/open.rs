//! Opens the database where it can be written, and says where that is.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Store, StoreError,
    copy::{self, Copy, LONGEST_COPY},
    files::{DAMAGED, FILE, PATIENCE, beside, patiently, remove},
    filesystem::Filesystem,
    local::{Kept, Local},
    migrate::migrate,
    pool::Pool,
    statement::Statement,
};

const PROBE: Statement = Statement(
    "INSERT INTO leases (name, holder, until_ms) VALUES ('probe', '', ?) \
     ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms",
);

/// To read all pages of the largest database takes a second; slow disks take longer.
const READ_ALL: Duration = Duration::from_secs(60);
/// Another sidecar of the same person may be writing.
const BUSY: Duration = Duration::from_secs(5);
/// Connections that read close when nobody reads any more.
const IDLE: Duration = Duration::from_secs(60);
/// The log is cut to this size after it was written back, bytes.
const LOG_BYTES: u64 = 1 << 20;
const PAGE_BYTES: u64 = 4096;
/// Largest size in memory, bytes: a quarter of a year of samples, and no more than the sidecar itself uses.
const MEMORY_BYTES: u64 = 16 << 20;

/// Where the history may be kept.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The person's state folder; none to keep it in memory only.
    pub state_folder: Option<PathBuf>,
    /// A local folder for the database if the state folder is on a network.
    pub runtime_folder: Option<PathBuf>,
    /// Whether a setting keeps it in memory.
    pub memory_only: bool,
    /// Largest size of the database, bytes.
    pub cap_bytes: u64,
}

impl Places {
    /// The files in which there may be a history, wherever it is kept now.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let Some(home) = &self.state_folder else { return Vec::new() };
        let local = self.runtime_folder.as_ref().map(|runtime| copy::local_database(home, runtime));
        [home.join(FILE), home.join(DAMAGED)].into_iter().chain(local).collect()
    }
}

impl Store {
    /// Opens the history at the best place that can be written. In the worst case that is memory.
    ///
    /// # Errors
    /// When not even memory works.
    pub async fn open(places: &Places, now_ms: i64) -> Result<Self, StoreError> {
        let opened = match &places.state_folder {
            _ if places.memory_only => Err(StoreError::Asked),
            None => Err(StoreError::NoFolder),
            Some(folder) => at_home(folder, places, now_ms).await,
        };
        match opened {
            Ok(store) => Ok(store),
            Err(reason) => Self::in_memory(reason, places, now_ms).await,
        }
    }

    async fn in_memory(reason: StoreError, places: &Places, now_ms: i64) -> Result<Self, StoreError> {
        let cap_bytes = places.cap_bytes.min(MEMORY_BYTES);
        let options =
            of_all(SqliteConnectOptions::new().in_memory(true).auto_vacuum(SqliteAutoVacuum::Incremental), cap_bytes);
        // The database is this one connection.
        let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let pool = pool.connect_with(options).await?;
        let (kept, untouched) = (Kept::Memory(reason), places.files());
        let local = Local { writer: pool.clone(), kept, file: None, untouched, copy: None, cap_bytes };
        let store = Self::of(local, pool);
        migrate(&mut store.writer.acquire().await?, now_ms).await?;
        Ok(store)
    }

    fn of(local: Local, readers: SqlitePool) -> Self {
        let (writer, readers) = (Pool::Sqlite(local.writer.clone()), Pool::Sqlite(readers));
        Self { writer, readers, local: Some(local) }
    }
}

async fn at_home(folder: &Path, places: &Places, now_ms: i64) -> Result<Store, StoreError> {
    let made = folder.to_owned();
    let is_local = patiently(PATIENCE, move || {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&made)?;
        let is_local = Filesystem::of(&made) == Filesystem::Local;
        if is_local {
            copy::not_elsewhere(&made, now_ms)?;
        }
        Ok(is_local)
    });
    if !is_local.await? {
        return copied(folder, places, now_ms).await;
    }
    match checked(&folder.join(FILE), places.cap_bytes, now_ms).await {
        Ok((writer, readers)) => {
            let file = Some(folder.join(FILE));
            let local = places.runtime_folder.as_ref().map(|runtime| copy::local_database(folder, runtime));
            let (kept, untouched, cap_bytes) = (Kept::Home, local.into_iter().collect(), places.cap_bytes);
            Ok(Store::of(Local { writer, kept, file, untouched, copy: None, cap_bytes }, readers))
        }
        // Only where the log does not work: from a file that is locked, a second history would begin, and its copy would
        // replace the first one.
        Err(error) if error.is_io() => {
            tracing::debug!(%error, "The history cannot be kept in the state folder itself");
            copied(folder, places, now_ms).await
        }
        Err(error) => Err(error),
    }
}

/// The database in the runtime folder, restored from its copy in the state folder.
pub(crate) async fn copied(folder: &Path, places: &Places, now_ms: i64) -> Result<Store, StoreError> {
    let runtime = places.runtime_folder.clone().ok_or(StoreError::NoFolder)?;
    let home = folder.to_owned();
    let copy = patiently(LONGEST_COPY, move || Copy::begin(&home, &runtime, now_ms)).await?;
    let (writer, readers) = checked(copy.database(), places.cap_bytes, now_ms).await?;
    let file = Some(copy.database().to_owned());
    let (kept, untouched, cap_bytes) = (Kept::Copied, Vec::new(), places.cap_bytes);
    Ok(Store::of(Local { writer, kept, file, untouched, copy: Some(copy), cap_bytes }, readers))
}

/// Opens a file. A damaged one is put aside once; what is left of it is not worth a history that never works again.
async fn checked(file: &Path, cap_bytes: u64, now_ms: i64) -> Result<(SqlitePool, SqlitePool), StoreError> {
    match opened(file, cap_bytes, now_ms).await {
        Err(error) if error.is_corrupt() => {
            tracing::warn!(%error, file = %file.display(), "The history is damaged; it is put aside, and a new one begins");
            let damaged = file.to_owned();
            patiently(PATIENCE, move || Ok(put_aside(&damaged)?)).await?;
            opened(file, cap_bytes, now_ms).await
        }
        other => other,
    }
}

async fn opened(file: &Path, cap_bytes: u64, now_ms: i64) -> Result<(SqlitePool, SqlitePool), StoreError> {
    // SQLite gives its other files the same mode.
    let made = file.to_owned();
    patiently(PATIENCE, move || Ok(OpenOptions::new().create(true).append(true).mode(0o600).open(made).map(drop)?))
        .await?;
    let options = of_all(SqliteConnectOptions::new().filename(file), cap_bytes);
    // Setting it writes, and readers must not need that: the disk may be full.
    let probe = options.clone().auto_vacuum(SqliteAutoVacuum::Incremental);
    // The connection has a thread of its own, so only that thread hangs with a file system.
    tokio::time::timeout(PATIENCE, probed(probe, now_ms)).await.map_err(|_| StoreError::Hangs)??;
    tokio::time::timeout(READ_ALL, whole(&options)).await.map_err(|_| StoreError::Hangs)??;
    let pool = |most| SqlitePoolOptions::new().max_connections(most).max_lifetime(None).acquire_timeout(BUSY);
    let writer = pool(1).idle_timeout(None).connect_lazy_with(options.clone());
    let readers = pool(2).idle_timeout(IDLE).connect_lazy_with(options.pragma("query_only", "1"));
    Ok((writer, readers))
}

/// Migrates and writes: a file system may say that the log works and then fail at the first write.
async fn probed(options: SqliteConnectOptions, now_ms: i64) -> Result<(), StoreError> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
    let mut db = Pool::Sqlite(pool.clone()).acquire().await?;
    migrate(&mut db, now_ms).await?;
    PROBE.bind(now_ms).execute(&mut db).await?;
    drop(db);
    pool.close().await;
    Ok(())
}

/// Reads all pages.
async fn whole(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    connection.close().await?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
}

fn of_all(options: SqliteConnectOptions, cap_bytes: u64) -> SqliteConnectOptions {
    options
        .page_size(u32::try_from(PAGE_BYTES).unwrap_or(4096))
        .journal_mode(SqliteJournalMode::Wal)
        // The database stays whole after a power failure; the last commits may be lost.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .create_if_missing(true)
        .pragma("cache_size", "-512")
        .pragma("journal_size_limit", LOG_BYTES.to_string())
        // The last guard of the size; before it is reached, the oldest goes.
        .pragma("max_page_count", (cap_bytes / PAGE_BYTES).max(64).to_string())
}

fn put_aside(file: &Path) -> io::Result<()> {
    fs::rename(file, file.with_file_name(DAMAGED))?;
    for end in ["-wal", "-shm", "-journal"] {
        remove(&beside(file, end))?;
    }
    Ok(())
}
