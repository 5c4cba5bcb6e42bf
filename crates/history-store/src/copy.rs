//! The history of a state folder on a network: the database is in a local folder, and its copy goes home now and then.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, UNIX_EPOCH},
};

use rustix::fs::FlockOperation;
use sqlx::SqlitePool;

use crate::{
    StoreError,
    files::{DAMAGED, FILE, PATIENCE, beside, patiently, remove, remove_database},
};

/// How often the copy goes home, milliseconds.
pub(crate) const EVERY_MS: i64 = 600_000;
/// Says which machine keeps the history, and since when.
const OWNER: &str = "history.owner";
/// Long ago: whoever had the history ended, and another machine may have it.
const NOBODY_MS: i64 = 0;
/// A copy on its way.
const HALF: &str = "history.db.new";
/// How long the way may take.
pub(crate) const LONGEST_COPY: Duration = Duration::from_secs(60);

/// The database in the runtime folder. Several homes may share one.
pub(crate) fn local_database(home: &Path, runtime: &Path) -> PathBuf {
    let name = blake3::hash(home.as_os_str().as_encoded_bytes()).to_hex();
    runtime.join(format!("history-{}.db", name.get(..16).unwrap_or_default()))
}

/// How often, and after which pauses, the lock of another sidecar of this machine is tried: ten seconds in all.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// See the module's sentence.
#[derive(Debug)]
pub(crate) struct Copy {
    home: PathBuf,
    database: PathBuf,
    /// Locked by each sidecar of this machine, as long as it keeps the history.
    keeps: File,
}

impl Copy {
    /// Takes the history home's place: nobody else on another machine may.
    ///
    /// # Errors
    /// When another machine has it, or one of the folders cannot be written.
    pub fn begin(home: &Path, runtime: &Path, now_ms: i64) -> Result<Self, StoreError> {
        private(runtime)?;
        let database = local_database(home, runtime);
        // Another sidecar of this machine may be restoring, copying or forgetting.
        let lock = wait_for_lock(&database)?;
        let keeps = lock_file(&database, ".keeps")?;
        rustix::fs::flock(&keeps, FlockOperation::NonBlockingLockShared).map_err(io::Error::from)?;
        let copy = Self { home: home.to_owned(), database, keeps };
        not_in_use(home, now_ms)?;
        let was_elsewhere = own(home, now_ms)?;
        if was_elsewhere {
            // What is here is older than what happened there, and may have been forgotten there.
            remove_database(&copy.database)?;
        }
        if !copy.database.exists() && home.join(FILE).exists() {
            let half = beside(&copy.database, ".new");
            fs::copy(home.join(FILE), &half)?;
            for end in ["-wal", "-shm"] {
                remove(&beside(&copy.database, end))?;
            }
            fs::rename(half, &copy.database)?;
        }
        drop(lock);
        Ok(copy)
    }

    pub fn database(&self) -> &Path {
        &self.database
    }

    /// Copies the database home, in one step. If another sidecar of this machine is just doing so, that is enough.
    ///
    /// # Errors
    /// When another machine has taken over, or the copy cannot be written.
    pub async fn take_home(&self, pool: &SqlitePool, now_ms: i64) -> Result<(), StoreError> {
        match lock(&self.database)? {
            Some(lock) => self.carry_home(lock, pool, now_ms).await,
            None => Ok(()),
        }
    }

    async fn carry_home(&self, lock: File, pool: &SqlitePool, now_ms: i64) -> Result<(), StoreError> {
        let whole = beside(&self.database, ".copy");
        remove(&whole)?;
        sqlx::query("VACUUM INTO ?").bind(whole.to_string_lossy().into_owned()).execute(pool).await?;
        let (home, database) = (self.home.clone(), self.database.clone());
        let written = tokio::task::spawn_blocking(move || {
            own(&home, now_ms)?;
            let half = home.join(HALF);
            let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&half)?;
            io::copy(&mut File::open(&whole)?, &mut file)?;
            file.sync_all()?;
            // A log of another database would be applied to this one.
            for end in ["-wal", "-shm"] {
                remove(&beside(&home.join(FILE), end))?;
            }
            fs::rename(half, home.join(FILE))?;
            remove(&beside(&database, ".copy"))?;
            drop(lock);
            Ok::<_, StoreError>(())
        });
        // The file system may be slow; if it hangs, only that thread does.
        let written = tokio::time::timeout(LONGEST_COPY, written).await.map_err(|_| StoreError::Hangs)?;
        written.map_err(|_| StoreError::Ends)?
    }

    /// At the end: lets another machine have the history at once, unless another sidecar of this machine keeps it too.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub async fn release(&self) -> Result<(), StoreError> {
        let Some(lock) = lock(&self.database)? else { return Ok(()) };
        let (home, keeps) = (self.home.clone(), self.keeps.try_clone()?);
        patiently(PATIENCE, move || {
            let is_last = rustix::fs::flock(&keeps, FlockOperation::NonBlockingLockExclusive).is_ok();
            if is_last && owner(&home).is_some_and(|(owner, _)| owner == machine()) {
                write_owner(&home, NOBODY_MS)?;
            }
            rustix::fs::flock(&keeps, FlockOperation::Unlock).map_err(io::Error::from)?;
            drop(lock);
            Ok(())
        })
        .await
    }

    /// Replaces the copy, with which the history would come back, by one of what is left and of the note that the rest
    /// was forgotten: another machine must not write it again. Also removes what is left of earlier attempts.
    ///
    /// # Errors
    /// When a file cannot be removed, or the new copy cannot be written.
    pub async fn forget(&self, pool: &SqlitePool, now_ms: i64) -> Result<(), StoreError> {
        let (home, database) = (self.home.clone(), self.database.clone());
        let lock = patiently(LONGEST_COPY, move || {
            // A copy that is on its way would arrive afterwards.
            let lock = wait_for_lock(&database)?;
            for name in [FILE, HALF, DAMAGED] {
                remove(&home.join(name))?;
            }
            for end in [".copy", ".new"] {
                remove(&beside(&database, end))?;
            }
            Ok(lock)
        });
        self.carry_home(lock.await?, pool, now_ms).await
    }
}

/// A lock that lasts as long as the file is open; none if somebody else has it.
fn lock(database: &Path) -> Result<Option<File>, StoreError> {
    let file = lock_file(database, ".lock")?;
    let taken = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive);
    Ok(taken.is_ok().then_some(file))
}

fn lock_file(database: &Path, end: &str) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(beside(database, end))
}

/// The lock, when whoever has it is done; for a thread that may wait.
fn wait_for_lock(database: &Path) -> Result<File, StoreError> {
    for _ in 0..LOCK_TRIES {
        if let Some(lock) = lock(database)? {
            return Ok(lock);
        }
        thread::sleep(LOCK_PAUSE);
    }
    Err(StoreError::Busy)
}

/// Says that this machine keeps the history; true if another one did before.
fn own(home: &Path, now_ms: i64) -> Result<bool, StoreError> {
    let was_elsewhere = not_elsewhere(home, now_ms)?;
    write_owner(home, now_ms)?;
    Ok(was_elsewhere)
}

fn write_owner(home: &Path, at_ms: i64) -> Result<(), StoreError> {
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(home.join(OWNER))?;
    file.write_all(format!("{} {at_ms}\n", machine()).as_bytes())?;
    Ok(())
}

/// Which machine keeps the history, and when it last wrote.
fn owner(home: &Path) -> Option<(String, i64)> {
    let known = fs::read_to_string(home.join(OWNER)).ok()?;
    let (owner, at_ms) = known.trim().rsplit_once(' ')?;
    Some((owner.to_owned(), at_ms.parse().ok()?))
}

/// Fails if a sidecar of another machine copies its history to this folder; true if one did, some time ago.
pub(crate) fn not_elsewhere(home: &Path, now_ms: i64) -> Result<bool, StoreError> {
    match owner(home) {
        Some((owner, at_ms)) if owner != machine() && is_recent(at_ms, now_ms) => Err(StoreError::Elsewhere),
        Some((owner, _)) => Ok(owner != machine()),
        None => Ok(false),
    }
}

/// Fails if a sidecar for which this folder is local writes to its database.
fn not_in_use(home: &Path, now_ms: i64) -> Result<(), StoreError> {
    let log = fs::metadata(home.join(format!("{FILE}-wal"))).and_then(|log| log.modified());
    let written_ms = log.ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let written_ms = written_ms.and_then(|since| i64::try_from(since.as_millis()).ok());
    let is_used = written_ms.is_some_and(|at_ms| is_recent(at_ms, now_ms));
    if is_used { Err(StoreError::Elsewhere) } else { Ok(()) }
}

/// Whether whoever wrote something then is still there.
fn is_recent(at_ms: i64, now_ms: i64) -> bool {
    (at_ms..at_ms.saturating_add(EVERY_MS * 5 / 2)).contains(&now_ms)
}

fn machine() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

/// Makes a folder for the person alone. In a folder that everybody can write, somebody else may have made it before.
fn private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let found = fs::symlink_metadata(folder)?;
    let is_mine = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0;
    if is_mine { Ok(()) } else { Err(io::Error::other("the runtime folder is not the person's alone")) }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;
    use crate::{Kept, Places, Store, open};

    #[test]
    fn a_history_that_another_machine_keeps_is_left_alone_until_that_machine_falls_silent() {
        let (home, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(home.path().join(OWNER), "elsewhere 1000\n").unwrap();
        let begin = |now_ms| Copy::begin(home.path(), &runtime.path().join("mine"), now_ms);
        assert!(matches!(begin(1000 + EVERY_MS), Err(StoreError::Elsewhere)));
        let copy = begin(1000 + EVERY_MS * 3).unwrap();
        // Back from there, what was written there is newer.
        fs::write(copy.database(), "old").unwrap();
        fs::write(home.path().join(FILE), "new").unwrap();
        begin(1000 + EVERY_MS * 3).unwrap();
        assert_eq!(fs::read_to_string(copy.database()).unwrap(), "old", "it was here");
        fs::write(home.path().join(OWNER), "elsewhere 1000\n").unwrap();
        begin(1000 + EVERY_MS * 3).unwrap();
        assert_eq!(fs::read_to_string(copy.database()).unwrap(), "new");
        assert!(!fs::read_to_string(home.path().join(OWNER)).unwrap().starts_with("elsewhere"));
    }

    #[test]
    fn a_history_that_is_written_at_home_is_not_replaced_by_a_copy() {
        let (home, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(home.path().join("history.db-wal"), "").unwrap();
        let written = fs::metadata(home.path().join("history.db-wal")).unwrap().modified().unwrap();
        let written_ms = i64::try_from(written.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let begin = |now_ms| Copy::begin(home.path(), &runtime.path().join("mine"), now_ms);
        assert!(matches!(begin(written_ms + EVERY_MS), Err(StoreError::Elsewhere)));
        begin(written_ms + EVERY_MS * 3).unwrap();
    }

    #[tokio::test]
    async fn of_two_sidecars_that_copy_at_once_one_does() {
        let (home, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let begin = || Copy::begin(home.path(), &runtime.path().join("mine"), 0).unwrap();
        let (one, two) = (begin(), begin());
        let options = SqliteConnectOptions::new().filename(one.database()).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        sqlx::query("CREATE TABLE something (x)").execute(&pool).await.unwrap();
        let locked = lock(one.database()).unwrap().unwrap();
        two.take_home(&pool, 0).await.unwrap();
        assert!(!home.path().join(FILE).exists());
        drop(locked);
        fs::write(home.path().join("history.db-wal"), "of another database").unwrap();
        two.take_home(&pool, 0).await.unwrap();
        assert!(home.path().join(FILE).exists() && !home.path().join("history.db-wal").exists());
    }

    #[tokio::test]
    async fn when_the_last_sidecar_of_a_machine_has_ended_another_machine_has_the_history_at_once() {
        const NOW_MS: i64 = 1_795_392_000_000;
        let (home, here, there) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (here, there) = (places(home.path(), &here.path().join("x")), places(home.path(), &there.path().join("x")));
        let open = async |places: &Places| open::copied(home.path(), places, NOW_MS).await;
        let seen_from_elsewhere = || {
            let owner = fs::read_to_string(home.path().join(OWNER)).unwrap();
            fs::write(home.path().join(OWNER), format!("elsewhere {}", owner.rsplit_once(' ').unwrap().1)).unwrap();
        };
        let (one, two) = (open(&here).await.unwrap(), open(&here).await.unwrap());
        add_owner(&two, "ann").await;
        one.end(NOW_MS).await.unwrap();
        let kept = fs::read(home.path().join(OWNER)).unwrap();
        seen_from_elsewhere();
        assert!(matches!(open(&there).await, Err(StoreError::Elsewhere)), "the second sidecar keeps it");
        fs::write(home.path().join(OWNER), kept).unwrap();
        two.end(NOW_MS).await.unwrap();
        seen_from_elsewhere();
        assert_eq!(open(&there).await.unwrap().owners().await.unwrap(), ["ann"]);
    }

    #[tokio::test]
    async fn whoever_begins_or_forgets_waits_for_a_copy_that_is_on_its_way() {
        let (home, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let places = places(home.path(), &runtime.path().join("x"));
        let store = copied(&places).await;
        let file = store.local().unwrap().file().unwrap().clone();
        let copying = || {
            let (lock, arrived) = (lock(&file).unwrap().unwrap(), Arc::new(AtomicBool::new(false)));
            let arrives = Arc::clone(&arrived);
            thread::spawn(move || {
                thread::sleep(LOCK_PAUSE * 3);
                arrives.store(true, Ordering::SeqCst);
                drop(lock);
            });
            arrived
        };
        let arrived = copying();
        store.forget(None, 0).await.unwrap();
        assert!(arrived.load(Ordering::SeqCst), "what arrives later would stay");
        let arrived = copying();
        copied(&places).await;
        assert!(arrived.load(Ordering::SeqCst));
    }

    /// A store whose database is copied to the state folder.
    async fn copied(places: &Places) -> Store {
        let store = open::copied(places.state_folder.as_ref().unwrap(), places, 0).await.unwrap();
        assert!(matches!(store.local().unwrap().kept(), Kept::Copied), "{:?}", store.local().unwrap().kept());
        store
    }

    fn places(home: &Path, runtime: &Path) -> Places {
        Places {
            state_folder: Some(home.to_owned()),
            runtime_folder: Some(runtime.to_owned()),
            memory_only: false,
            cap_bytes: 1 << 22,
        }
    }

    async fn add_owner(store: &Store, name: &str) {
        let add = "INSERT INTO systems (owner, name, kind) VALUES (?, 'spark', 'spark')";
        sqlx::query(add).bind(name).execute(&store.local().unwrap().writer).await.unwrap();
    }

    async fn notes(store: &Store) -> i64 {
        let notes = "SELECT count(*) FROM audit WHERE action = 'forget'";
        sqlx::query_scalar(notes).fetch_one(&store.local().unwrap().writer).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_forgotten_on_one_machine_does_not_come_back_from_another_ones_old_database() {
        let (home, here, there) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (here, there) = (places(home.path(), &here.path().join("x")), places(home.path(), &there.path().join("x")));
        let moved = || fs::write(home.path().join(OWNER), "elsewhere -9000000\n").unwrap();
        let store = copied(&here).await;
        add_owner(&store, "ann").await;
        store.local().unwrap().take_home(0).await.unwrap();
        store.end(0).await.unwrap();
        moved();
        let store = copied(&there).await;
        assert_eq!(store.owners().await.unwrap(), ["ann"], "it came along");
        store.forget(None, 0).await.unwrap();
        store.end(0).await.unwrap();
        moved();
        let store = copied(&here).await;
        assert!(store.owners().await.unwrap().is_empty());
        assert_eq!(notes(&store).await, 1, "what Spark still lists is not written again");
        store.end(0).await.unwrap();
        // Even if the copy was taken away.
        let store = copied(&here).await;
        add_owner(&store, "ann").await;
        store.end(0).await.unwrap();
        fs::remove_file(home.path().join(FILE)).unwrap();
        moved();
        assert!(copied(&here).await.owners().await.unwrap().is_empty());
    }
}
