//! All jobs on their way: in memory, and each in a file of its own.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc;

use super::record::Record;
use crate::export::airflow::follow::Act;

/// Jobs that are kept; the oldest that have ended go.
const MOST: usize = 100;
/// Largest file of one job that is read again, bytes.
const MOST_BYTES: u64 = 32 << 20;

/// See the module's sentence.
#[derive(Debug, Default)]
pub(super) struct Kept {
    folder: Option<PathBuf>,
    /// None before the files are read.
    jobs: Mutex<Option<HashMap<String, Job>>>,
}

/// One job.
#[derive(Debug)]
pub(super) struct Job {
    pub record: Record,
    /// To whoever follows it; none if nobody does.
    pub acts: Option<mpsc::Sender<Act>>,
}

impl Kept {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, jobs: Mutex::default() }
    }

    /// Whether there is anything from before.
    pub fn has_any(&self) -> bool {
        self.folder.as_deref().is_some_and(Path::is_dir)
    }

    /// Does something with all jobs, on a thread that may wait for the disk.
    pub fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Job>) -> T) -> T {
        let mut jobs: MutexGuard<'_, _> = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = jobs.get_or_insert_with(|| self.folder.as_deref().map(read).unwrap_or_default());
        work(jobs)
    }

    /// Adds a job; the oldest that have ended make room.
    ///
    /// # Errors
    /// When its file cannot be written; then it must not begin.
    pub fn add(&self, record: Record) -> io::Result<()> {
        self.write(&record)?;
        self.with(|jobs| {
            let mut ended: Vec<(i64, String)> = jobs
                .values()
                .filter(|job| job.record.has_ended())
                .map(|job| (job.record.started_at_ms, job.record.id.clone()))
                .collect();
            ended.sort();
            let many = (jobs.len() + 1).saturating_sub(MOST);
            for (_, id) in ended.into_iter().take(many) {
                jobs.remove(&id);
                if let Some(folder) = &self.folder {
                    let _ = fs::remove_file(file(folder, &id));
                }
            }
            jobs.insert(record.id.clone(), Job { record, acts: None });
        });
        Ok(())
    }

    /// Keeps how far a job is. What cannot be written is still shown.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut Record)) {
        let changed = self.with(|jobs| {
            let job = jobs.get_mut(id)?;
            change(&mut job.record);
            Some(job.record.clone())
        });
        if let Some(Err(error)) = changed.map(|record| self.write(&record)) {
            tracing::warn!(%error, shipment.id = id, "How far a job is cannot be written");
        }
    }

    fn write(&self, record: &Record) -> io::Result<()> {
        let folder =
            self.folder.as_deref().ok_or_else(|| io::Error::other("neither HOME nor XDG_STATE_HOME is set"))?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let part = folder.join(format!("{}.part", record.id));
        let mut open = OpenOptions::new();
        open.create(true).truncate(true).write(true).mode(0o600);
        let written = open.open(&part).and_then(|mut file| file.write_all(&serde_json::to_vec(record)?));
        let written = written.and_then(|()| fs::rename(&part, file(folder, &record.id)));
        written.inspect_err(|_| _ = fs::remove_file(&part))
    }
}

fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

/// What was kept. A file that cannot be read is left out, and stays.
fn read(folder: &Path) -> HashMap<String, Job> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "json"));
    let records = files.filter_map(|file| {
        let fits = fs::metadata(&file).is_ok_and(|file| file.len() <= MOST_BYTES);
        let text = fits.then(|| fs::read(&file).ok()).flatten()?;
        let record: Record = serde_json::from_slice(&text).ok()?;
        // A file that was copied would be a second job of the same name.
        (file.file_stem().is_some_and(|name| name == record.id.as_str())).then_some(record)
    });
    records.map(|record| (record.id.clone(), Job { record, acts: None })).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::record::Delivery, *};

    fn record(id: &str, started_at_ms: i64) -> Record {
        Record {
            id: id.to_owned(),
            owner: String::new(),
            path: "a.ipynb".to_owned(),
            dag_id: "a".to_owned(),
            started_at_ms,
            delivery: Delivery::Done { at_ms: 2, commit: None, url: None, is_new: true },
            follow: None,
        }
    }

    #[test]
    fn jobs_are_there_again_after_a_restart_and_the_oldest_go() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shipments");
        let kept = Kept::new(Some(folder.clone()));
        assert!(!kept.has_any());
        for at in 0..=MOST {
            kept.add(record(&at.to_string(), i64::try_from(at).unwrap())).unwrap();
        }
        kept.change("7", |record| record.dag_id = "b".to_owned());
        fs::write(folder.join("broken.json"), "{").unwrap();
        let kept = Kept::new(Some(folder));
        assert!(kept.has_any());
        kept.with(|jobs| {
            assert_eq!((jobs.len(), jobs.contains_key("0"), jobs["7"].record.dag_id.as_str()), (MOST, false, "b"));
        });
    }

    #[test]
    fn without_a_folder_nothing_begins() {
        assert!(Kept::new(None).add(record("a", 1)).unwrap_err().to_string().contains("XDG_STATE_HOME"));
    }
}
