//! All jobs on their way: in memory, and each in a file of its own, which several sidecars of a person may share.
//!
//! Whoever delivers or follows a job holds its lock. Only the holder writes the job's file; all others read it again.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc;

use super::record::Record;
use crate::export::airflow::state::Act;

/// Jobs that are kept; the oldest that have ended go.
const MOST: usize = 100;
/// Largest file of one job that is read again, bytes.
const MOST_BYTES: u64 = 32 << 20;
/// What a person may do before the follower has taken it.
const ACTS: usize = 4;

/// See the module's sentence. Everything here waits for the disk, so it runs on threads that may wait.
#[derive(Debug, Default)]
pub(super) struct Kept {
    folder: Option<PathBuf>,
    /// Held during writes too, so that no older state is written over a newer one.
    jobs: Mutex<HashMap<String, Job>>,
}

/// One job.
#[derive(Debug)]
struct Job {
    /// Shared, because a job's map of cells may be large.
    record: Arc<Record>,
    /// None unless this sidecar delivers or follows it.
    held: Option<Held>,
    /// The file with this record.
    stamp: Option<Stamp>,
}

#[derive(Debug)]
struct Held {
    _lock: File,
    acts: mpsc::Sender<Act>,
}

/// Tells one version of a file from another: each is a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    changed: (i64, i64),
    bytes: u64,
}

/// The jobs at one moment. While it lives, nobody else begins, changes or ends one.
pub(super) struct Look<'a> {
    folder: Option<&'a Path>,
    jobs: MutexGuard<'a, HashMap<String, Job>>,
}

impl Kept {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, jobs: Mutex::default() }
    }

    /// All jobs as they are now, those of other sidecars too.
    pub fn look(&self) -> Look<'_> {
        let mut look = self.held();
        look.refresh();
        look
    }

    /// All jobs, for somebody who holds the one that matters, so that other sidecars cannot have changed it.
    pub fn held(&self) -> Look<'_> {
        // Nothing here panics while it holds the lock, so the state of a poisoned lock is still consistent.
        Look { folder: self.folder.as_deref(), jobs: self.jobs.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

impl<'a> Look<'a> {
    /// A person's job.
    pub fn of(&self, owner: &str, id: &str) -> Option<Arc<Record>> {
        self.jobs.get(id).map(|job| &job.record).filter(|record| record.owner == owner).map(Arc::clone)
    }

    /// A person's jobs, the newest first.
    pub fn all_of(&self, owner: &str) -> Vec<Arc<Record>> {
        let records = self.jobs.values().map(|job| &job.record);
        let mut mine: Vec<_> = records.filter(|record| record.owner == owner).map(Arc::clone).collect();
        mine.sort_by(|a, b| b.started_at_ms.cmp(&a.started_at_ms).then_with(|| a.id.cmp(&b.id)));
        mine
    }

    /// How many of a person's jobs have not ended, besides those that wait for somebody to merge them.
    pub fn going(&self, owner: &str) -> usize {
        let is_going = |record: &Record| !(record.has_ended() || record.awaits_merge());
        self.jobs.values().filter(|job| job.record.owner == owner && is_going(&job.record)).count()
    }

    /// Jobs that have not ended and that this sidecar does not follow.
    pub fn not_followed(&self) -> Vec<String> {
        let is_left = |job: &&Job| !job.record.has_ended() && job.acts().is_none();
        self.jobs.values().filter(is_left).map(|job| job.record.id.clone()).collect()
    }

    /// The way to whoever follows the job in this sidecar; none if nobody does.
    pub fn acts(&self, id: &str) -> Option<mpsc::Sender<Act>> {
        self.jobs.get(id)?.acts()
    }

    /// Adds a job, held; the oldest that have ended make room. Returns what a person will do with it.
    ///
    /// # Errors
    /// When its file cannot be written; then it must not begin.
    pub fn add(&mut self, record: Record) -> io::Result<mpsc::Receiver<Act>> {
        let folder = self.folder()?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = lock(folder, &record.id)?.ok_or(io::ErrorKind::AlreadyExists)?;
        let stamp = write(folder, &record).inspect_err(|_| _ = fs::remove_file(lock_file(folder, &record.id)))?;
        self.make_room(folder);
        let (acts, acted) = mpsc::channel(ACTS);
        let held = Some(Held { _lock: lock, acts });
        self.jobs.insert(record.id.clone(), Job { record: Arc::new(record), held, stamp });
        Ok(acted)
    }

    /// Holds a job that nobody follows, and reads it again. None if another sidecar follows it, or it is gone.
    ///
    /// # Errors
    /// When its lock cannot be taken.
    pub fn hold(&mut self, id: &str) -> io::Result<Option<(Arc<Record>, mpsc::Receiver<Act>)>> {
        let folder = self.folder()?;
        let Some(job) = self.jobs.get_mut(id) else { return Ok(None) };
        if job.acts().is_some() {
            return Ok(None);
        }
        // A follower that has failed leaves its lock.
        let lock = match job.held.take() {
            Some(held) => held._lock,
            None => {
                let Some(lock) = lock(folder, id)? else { return Ok(None) };
                job.refresh(folder, id);
                lock
            }
        };
        let (acts, acted) = mpsc::channel(ACTS);
        job.held = Some(Held { _lock: lock, acts });
        Ok(Some((Arc::clone(&job.record), acted)))
    }

    /// Keeps how far a job is, which the caller holds. What cannot be written is still shown; false then.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Record)) -> bool {
        let folder = self.folder();
        let Some(job) = self.jobs.get_mut(id) else { return false };
        change(Arc::make_mut(&mut job.record));
        match folder.and_then(|folder| write(folder, &job.record)) {
            Ok(stamp) => {
                job.stamp = stamp;
                true
            }
            Err(error) => {
                tracing::warn!(%error, shipment.id = id, "How far a job is cannot be written");
                false
            }
        }
    }

    /// Lets others hold the job.
    pub fn release(&mut self, id: &str) {
        if let Some(job) = self.jobs.get_mut(id) {
            job.held = None;
        }
    }

    fn folder(&self) -> io::Result<&'a Path> {
        self.folder.ok_or_else(|| io::Error::other("neither HOME nor XDG_STATE_HOME is set"))
    }

    /// Reads what other sidecars have written. What is held here is newer in memory than on the disk.
    fn refresh(&mut self) {
        let Some(folder) = self.folder else { return };
        let files = match fs::read_dir(folder) {
            Ok(files) => files.flatten().map(|file| PathBuf::from(file.file_name())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return tracing::warn!(%error, "Jobs on their way cannot be read"),
        };
        let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "json"));
        let ids: HashSet<String> = files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect();
        self.jobs.retain(|id, job| job.held.is_some() || ids.contains(id));
        for id in ids {
            match self.jobs.get_mut(&id) {
                Some(job) if job.held.is_some() => {}
                Some(job) => job.refresh(folder, &id),
                None => {
                    let stamp = stamp(folder, &id);
                    let Some(record) = read(folder, &id) else { continue };
                    self.jobs.insert(id, Job { record: Arc::new(record), held: None, stamp });
                }
            }
        }
    }

    /// Makes room for one more.
    fn make_room(&mut self, folder: &Path) {
        let ended = self.jobs.values().filter(|job| job.held.is_none() && job.record.has_ended());
        let mut ended: Vec<_> = ended.map(|job| (job.record.started_at_ms, job.record.id.clone())).collect();
        ended.sort();
        let many = (self.jobs.len() + 1).saturating_sub(MOST);
        for (_, id) in ended.into_iter().take(many) {
            self.jobs.remove(&id);
            // What cannot be removed is seen again, and removed with the next.
            let _ = fs::remove_file(file(folder, &id));
            let _ = fs::remove_file(lock_file(folder, &id));
        }
    }
}

impl Job {
    /// The way to its follower. One that has failed has closed it.
    fn acts(&self) -> Option<mpsc::Sender<Act>> {
        self.held.as_ref().map(|held| held.acts.clone()).filter(|acts| !acts.is_closed())
    }

    /// Reads the file again if it is another one. A file that cannot be read does not take the job away.
    fn refresh(&mut self, folder: &Path, id: &str) {
        let stamp = stamp(folder, id);
        if stamp == self.stamp {
            return;
        }
        self.stamp = stamp;
        match read(folder, id) {
            Some(record) => self.record = Arc::new(record),
            None => tracing::warn!(shipment.id = id, "How far a job is cannot be read"),
        }
    }
}

fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

fn lock_file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.lock"))
}

/// The lock, held until it is dropped or the sidecar ends; none if somebody else holds it.
fn lock(folder: &Path, id: &str) -> io::Result<Option<File>> {
    let mut open = OpenOptions::new();
    open.read(true).write(true).create(true).truncate(false).mode(0o600);
    let lock = open.open(lock_file(folder, id))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Writes a job's file, wholly or not at all, also if the machine stops.
fn write(folder: &Path, record: &Record) -> io::Result<Option<Stamp>> {
    let part = folder.join(format!("{}.part", record.id));
    let mut open = OpenOptions::new();
    open.create(true).truncate(true).write(true).mode(0o600);
    let write = |mut file: File| file.write_all(&serde_json::to_vec(record)?).and_then(|()| file.sync_data());
    let written = open.open(&part).and_then(write).and_then(|()| fs::rename(&part, file(folder, &record.id)));
    written.inspect_err(|_| _ = fs::remove_file(&part))?;
    Ok(stamp(folder, &record.id))
}

fn stamp(folder: &Path, id: &str) -> Option<Stamp> {
    let file = fs::metadata(file(folder, id)).ok()?;
    Some(Stamp { inode: file.ino(), changed: (file.mtime(), file.mtime_nsec()), bytes: file.len() })
}

/// What was kept of a job. A file that cannot be read is left out, and stays.
fn read(folder: &Path, id: &str) -> Option<Record> {
    let file = file(folder, id);
    let fits = fs::metadata(&file).is_ok_and(|file| file.len() <= MOST_BYTES);
    let text = fits.then(|| fs::read(&file).ok()).flatten()?;
    let record: Record = serde_json::from_slice(&text).ok()?;
    // A file that was copied would be a second job of the same name.
    (record.id == id).then_some(record)
}

#[cfg(test)]
mod tests {
    use wire::export::ShipmentPlace;

    use super::{super::record::Delivery, *};

    fn record(id: &str, started_at_ms: i64) -> Record {
        Record {
            id: id.to_owned(),
            owner: String::new(),
            path: "a.ipynb".to_owned(),
            dag_id: "a".to_owned(),
            started_at_ms,
            place: ShipmentPlace::Airflow,
            delivery: Delivery::Done { at_ms: 2, commit: None, url: None, is_new: true, merge_request: None },
            follow: None,
        }
    }

    fn going(id: &str) -> Record {
        Record { delivery: Delivery::Now, ..record(id, 1) }
    }

    fn dag_ids(kept: &Kept) -> Vec<String> {
        kept.look().all_of("").iter().map(|record| record.dag_id.clone()).collect()
    }

    #[test]
    fn jobs_are_there_again_after_a_restart_and_the_oldest_go() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shipments");
        let kept = Kept::new(Some(folder.clone()));
        let of = |at: usize| Record { dag_id: format!("b{at}"), ..record(&at.to_string(), i64::try_from(at).unwrap()) };
        kept.look().add(of(0)).unwrap();
        kept.look().release("0");
        for at in 1..MOST {
            fs::write(file(&folder, &at.to_string()), serde_json::to_vec(&of(at)).unwrap()).unwrap();
        }
        let last = MOST.to_string();
        kept.look().add(Record { dag_id: String::new(), ..of(MOST) }).unwrap();
        kept.look().change(&last, |record| record.dag_id = format!("b{last}"));
        fs::write(folder.join("broken.json"), "{").unwrap();
        let ids = dag_ids(&Kept::new(Some(folder.clone())));
        assert_eq!((ids.len(), ids[0].as_str(), ids[MOST - 1].as_str()), (MOST, "b100", "b1"));
        assert!(!lock_file(&folder, "0").exists() && lock_file(&folder, &last).exists());
    }

    #[test]
    fn a_job_has_one_follower_among_all_sidecars_and_the_others_read_what_it_writes() {
        let home = tempfile::tempdir().unwrap();
        let [one, other] = [(); 2].map(|()| Kept::new(Some(home.path().to_owned())));
        let acted = one.look().add(going("a")).unwrap();
        assert!(one.look().not_followed().is_empty(), "it was begun here");
        assert_eq!(other.look().not_followed(), ["a"]);
        assert!(other.look().hold("a").unwrap().is_none());
        one.held().change("a", |record| record.dag_id = "b".to_owned());
        assert_eq!(dag_ids(&other), ["b"]);
        one.held().change("a", |record| record.dag_id = "c".to_owned());
        one.held().release("a");
        drop(acted);
        let (held, _acted) = other.look().hold("a").unwrap().unwrap();
        assert_eq!(held.dag_id, "c", "read again under the lock");
        assert!(one.look().hold("a").unwrap().is_none() && other.look().hold("a").unwrap().is_none());
    }

    #[test]
    fn a_follower_that_failed_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::new(Some(home.path().to_owned()));
        drop(kept.look().add(going("a")).unwrap());
        assert_eq!(kept.look().not_followed(), ["a"]);
        assert!(kept.look().hold("a").unwrap().is_some());
    }

    #[test]
    fn a_torn_file_does_not_take_a_job_away() {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::new(Some(home.path().to_owned()));
        kept.look().add(record("a", 1)).unwrap();
        kept.look().release("a");
        fs::write(home.path().join("a.json"), "{").unwrap();
        assert_eq!(dag_ids(&kept), ["a"]);
        fs::remove_file(home.path().join("a.json")).unwrap();
        assert!(dag_ids(&kept).is_empty(), "another sidecar has made room");
    }

    #[test]
    fn states_that_are_written_at_once_leave_the_last_on_the_disk() {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::new(Some(home.path().to_owned()));
        let _acted = kept.look().add(record("a", 0)).unwrap();
        std::thread::scope(|threads| {
            for _ in 0..4 {
                let change = |_| _ = kept.held().change("a", |record| record.started_at_ms += 1);
                threads.spawn(move || (0..25).for_each(change));
            }
        });
        assert_eq!(read(home.path(), "a").unwrap().started_at_ms, 100);
    }

    #[test]
    fn without_a_folder_nothing_begins() {
        assert!(Kept::new(None).look().add(record("a", 1)).unwrap_err().to_string().contains("XDG_STATE_HOME"));
    }
}
