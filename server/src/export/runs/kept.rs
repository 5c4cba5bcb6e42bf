//! All runs: their folders, how far each is, and how much is kept of them.

use std::{
    collections::HashMap,
    fs, io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use wire::export::{Run, RunCell, RunCellState, RunKind};

use super::{folder::Folder, printed, progress::Progress, request::Request};
use crate::config::RunsSite;

/// Runs that are kept, however small they are: each costs a look at its folder.
const MOST_RUNS: usize = 200;
/// Text of one answer of what a run has printed, bytes.
const PRINTED_BYTES: usize = 64 * 1024;

/// What is known of the runs. Its methods read the disk, so they run on threads that may wait.
#[derive(Debug, Default)]
pub(super) struct Kept {
    known: Mutex<HashMap<String, Known>>,
}

/// A run.
#[derive(Debug)]
pub(super) struct Known {
    id: String,
    folder: Folder,
    pub request: Request,
    pub progress: Progress,
}

impl Kept {
    /// All runs as they are now. The guard keeps others from starting or removing one meanwhile.
    pub fn look(&self, site: &RunsSite) -> io::Result<Look<'_>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = HashMap::new();
        for id in ids(&site.folder)? {
            let Some(run) = known.remove(&id).or_else(|| Known::open(&site.folder, &id)) else { continue };
            found.insert(id, run);
        }
        *known = found;
        known.values_mut().for_each(Known::refresh);
        Ok(Look { known })
    }
}

fn ids(root: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        folders => folders?.map(|folder| Ok(folder?.file_name().to_string_lossy().into_owned())).collect(),
    }
}

impl Known {
    fn open(root: &Path, id: &str) -> Option<Self> {
        let folder = Folder::of(root, id)?;
        // One that is just being made, or removed, has none.
        let request = folder.request().ok()?;
        Some(Self { id: id.to_owned(), folder, request, progress: Progress::default() })
    }

    fn refresh(&mut self) {
        if self.progress.has_ended() {
            return;
        }
        // In this order: a program says how it ended before it is gone.
        let lives = self.folder.is_locked();
        if let Err(error) = self.progress.read(self.folder.path(), self.request.cells) {
            tracing::warn!(%error, run.id = self.id, "How far a job is cannot be read");
        }
        if !lives && !self.progress.has_ended() {
            self.progress.lose(self.folder.path(), self.request.started_at_ms);
        }
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Without its cells and its text.
    pub fn brief(&self) -> Run {
        let Progress { cells, connection_file, .. } = &self.progress;
        let in_state = |state: RunCellState| cells.values().filter(move |cell| cell.state == state);
        let with_tag = in_state(RunCellState::Skipped).filter(|cell| !self.request.skip.contains(&cell.cell)).count();
        let kernel_is_there = connection_file.as_ref().is_none_or(|file| file.exists());
        Run {
            id: self.id.clone(),
            path: self.request.path.clone(),
            kind: self.request.kind,
            state: self.progress.state,
            started_at_ms: self.request.started_at_ms,
            ended_at_ms: self.progress.ended_at_ms,
            cells_done: u32::try_from(in_state(RunCellState::Done).count()).unwrap_or(u32::MAX),
            cells_all: self.request.cells_to_run().saturating_sub(u32::try_from(with_tag).unwrap_or(u32::MAX)),
            running_cell: in_state(RunCellState::Running).map(|cell| cell.cell).next_back(),
            error: self.progress.error.clone(),
            kernel_id: self.request.kernel_id.clone().filter(|_| kernel_is_there),
            cells: Vec::new(),
            output: String::new(),
            output_is_cut: false,
        }
    }

    /// With its cells and the end of its text.
    pub fn whole(&self) -> Run {
        let cell = |number: u32| {
            let state = if self.request.skip.contains(&number) { RunCellState::Skipped } else { RunCellState::Waiting };
            let waiting = RunCell { cell: number, state, started_at_ms: None, ended_at_ms: None };
            self.progress.cells.get(&number).cloned().unwrap_or(waiting)
        };
        let (output, output_is_cut) = printed::end(self.folder.path(), PRINTED_BYTES);
        Run { cells: (0..self.request.cells).map(cell).collect(), output, output_is_cut, ..self.brief() }
    }
}

/// The runs at one moment.
pub(super) struct Look<'a> {
    known: MutexGuard<'a, HashMap<String, Known>>,
}

impl Look<'_> {
    /// A person's run.
    pub fn of(&self, owner: &str, id: &str) -> Option<&Known> {
        self.known.get(id).filter(|run| run.request.owner == owner)
    }

    /// A person's runs, the newest first.
    pub fn all_of(&self, owner: &str) -> Vec<&Known> {
        let mut runs: Vec<&Known> = self.known.values().filter(|run| run.request.owner == owner).collect();
        runs.sort_by_key(|run| (std::cmp::Reverse(run.request.started_at_ms), run.id.clone()));
        runs
    }

    /// How many have not ended.
    pub fn running(&self) -> usize {
        self.known.values().filter(|run| !run.progress.has_ended()).count()
    }

    /// Adds a run that has just begun.
    pub fn add(&mut self, id: String, folder: Folder, request: Request) -> io::Result<Run> {
        let run = Known { id: id.clone(), folder, request, progress: Progress::default() };
        let brief = run.brief();
        self.known.insert(id, run);
        Ok(brief)
    }

    pub fn remove(&mut self, id: &str) -> io::Result<()> {
        match self.known.get(id).map(|run| run.folder.remove()) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => {
                self.known.remove(id);
                Ok(())
            }
        }
    }

    /// Makes room for one more run: those that ended go, the oldest first.
    pub fn make_room(&mut self, site: &RunsSite) -> io::Result<()> {
        // A sidecar that was killed while it began a run leaves a folder that is none.
        for folder in ids(&site.folder)?.iter().filter(|id| !self.known.contains_key(*id)) {
            if let Some(folder) = Folder::of(&site.folder, folder).filter(|folder| !folder.is_locked()) {
                // What cannot be removed is not in the way of another run.
                let _ = folder.remove();
            }
        }
        // What is running may still grow to its share.
        let running = self.running().saturating_add(1) as u64;
        let room = site.most_bytes.saturating_sub(share_bytes(site).saturating_mul(running));
        let ended = self.known.values().filter(|run| run.progress.has_ended());
        let mut ended: Vec<(i64, String, u64)> =
            ended.map(|run| (run.request.started_at_ms, run.id.clone(), run.folder.bytes())).collect();
        ended.sort();
        let mut bytes: u64 = ended.iter().map(|(_, _, bytes)| bytes).sum();
        let mut many = self.known.len().saturating_add(1);
        for (_, id, of_this) in ended {
            if bytes <= room && many <= MOST_RUNS {
                break;
            }
            self.remove(&id)?;
            (bytes, many) = (bytes.saturating_sub(of_this), many.saturating_sub(1));
        }
        Ok(())
    }
}

/// What one run may take of the disk, bytes: those that run at once leave as much for one that has ended.
pub(super) fn share_bytes(site: &RunsSite) -> u64 {
    site.most_bytes / (site.at_once as u64).saturating_add(1)
}

/// Whether a run keeps a notebook with outputs.
pub(super) fn has_outputs(kind: RunKind) -> bool {
    kind == RunKind::Notebook
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use wire::export::RunState;

    use super::*;

    struct Root {
        site: RunsSite,
        kept: Kept,
        _folder: tempfile::TempDir,
    }

    impl Root {
        fn new(most_bytes: u64) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().to_owned();
            let site = RunsSite { python: root.clone(), notebooks: root.clone(), folder: root, most_bytes, at_once: 1 };
            Self { site, kept: Kept::default(), _folder: folder }
        }

        fn add(&self, id: &str, started_at_ms: i64, events: &str, bytes: usize) -> Folder {
            let folder = Folder::of(&self.site.folder, id).unwrap();
            folder.create().unwrap();
            folder.write("events.jsonl", events.as_bytes()).unwrap();
            folder.write("output.ipynb", &vec![b' '; bytes]).unwrap();
            let request = Request {
                kind: RunKind::Notebook,
                path: "a.ipynb".to_owned(),
                owner: "ann".to_owned(),
                started_at_ms,
                kernel_id: None,
                kernel_name: None,
                cwd: "/".into(),
                cells: 3,
                skip: vec![1],
                parameters: Default::default(),
                parameters_cell: None,
                printed_bytes: 1,
                output_bytes: 1,
            };
            folder.write_request(&request).unwrap();
            folder
        }

        fn look(&self) -> Look<'_> {
            self.kept.look(&self.site).unwrap()
        }

        fn ids(&self) -> Vec<String> {
            self.look().all_of("ann").iter().map(|run| run.id.clone()).collect()
        }
    }

    const ENDED: &str = "{\"event\":\"ended\",\"at_ms\":5,\"state\":\"succeeded\",\"error\":null}\n";
    const RUNS: &str = "{\"event\":\"started\",\"at_ms\":1}\n{\"event\":\"cell_done\",\"cell\":0,\"at_ms\":2}\n{\"event\":\"cell_started\",\"cell\":2,\"at_ms\":3}\n";

    #[test]
    fn a_run_lives_as_long_as_its_lock_is_held_and_is_lost_afterwards() {
        let root = Root::new(1 << 20);
        let lock = root.add("a", 1, RUNS, 0).lock().unwrap();
        let run = root.look().of("ann", "a").unwrap().whole();
        assert_eq!((run.state, run.cells_done, run.cells_all, run.running_cell), (RunState::Running, 1, 2, Some(2)));
        let states: Vec<RunCellState> = run.cells.iter().map(|cell| cell.state).collect();
        assert_eq!(states, [RunCellState::Done, RunCellState::Skipped, RunCellState::Running]);
        assert!(root.look().of("bob", "a").is_none(), "it is Ann's");
        drop(lock);
        let run = root.look().of("ann", "a").unwrap().brief();
        assert_eq!((run.state, run.ended_at_ms.is_some(), run.running_cell), (RunState::Lost, true, None));
    }

    #[test]
    fn a_sidecar_that_begins_again_knows_all_runs() {
        let root = Root::new(1 << 20);
        root.add("old", 1, ENDED, 0);
        root.add("new", 2, ENDED, 0);
        File::create(root.site.folder.join("no-run")).unwrap();
        assert_eq!(root.ids(), ["new", "old"]);
        assert_eq!(root.look().running(), 0);
    }

    #[test]
    fn the_oldest_that_ended_make_room_and_those_that_run_stay() {
        let root = Root::new(20_000);
        let lock = root.add("runs", 1, RUNS, 9_000).lock().unwrap();
        for (id, at) in [("a", 2), ("b", 3), ("c", 4)] {
            root.add(id, at, ENDED, 2_000);
        }
        root.look().make_room(&root.site).unwrap();
        assert_eq!(root.ids(), ["runs"], "two runs may take all of it");
        drop(lock);
        for (id, at) in [("a", 2), ("b", 3), ("c", 4)] {
            root.add(id, at, ENDED, 4_000);
        }
        root.look().make_room(&root.site).unwrap();
        assert_eq!(root.ids(), ["c", "b"], "half of it is for the new one");
    }

    #[test]
    fn a_folder_that_never_became_a_run_is_removed() {
        let root = Root::new(1 << 20);
        let folders = ["half", "begins"].map(|id| Folder::of(&root.site.folder, id).unwrap());
        folders.iter().for_each(|folder| folder.create().unwrap());
        let lock = folders[1].lock().unwrap();
        root.look().make_room(&root.site).unwrap();
        assert_eq!(folders.map(|folder| folder.path().exists()), [false, true]);
        drop(lock);
    }

    #[test]
    fn the_number_of_runs_is_bounded_too() {
        let root = Root::new(64 << 20);
        (0..MOST_RUNS + 5).for_each(|at| _ = root.add(&format!("r{at}"), at as i64, ENDED, 0));
        root.look().make_room(&root.site).unwrap();
        let ids = root.ids();
        assert_eq!((ids.len(), ids.last().map(String::as_str)), (MOST_RUNS - 1, Some("r6")));
    }
}
