//! How far a run is: read from `events.jsonl`, always only what is new in it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::Deserialize;
use wire::export::{RunCell, RunCellState, RunError, RunState};

const EVENTS: &str = "events.jsonl";
/// What is read at once, bytes. A line is much shorter.
const PIECE_BYTES: u64 = 256 * 1024;

/// A line of the file. `python/berdl_spark_monitor/job_folder.py` writes it.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    Started {
        /// The address of its kernel, which is there as long as Jupyter has the kernel.
        connection_file: Option<PathBuf>,
    },
    CellStarted {
        cell: u32,
        at_ms: i64,
    },
    CellDone {
        cell: u32,
        at_ms: i64,
    },
    CellFailed {
        cell: u32,
        at_ms: i64,
    },
    CellSkipped {
        cell: u32,
    },
    Ended {
        state: RunState,
        error: Option<RunError>,
        at_ms: i64,
    },
    #[serde(other)]
    Other,
}

/// How far a run is.
#[derive(Debug)]
pub(super) struct Progress {
    /// What has been read of the file, bytes.
    read: u64,
    pub state: RunState,
    pub connection_file: Option<PathBuf>,
    pub cells: BTreeMap<u32, RunCell>,
    pub ended_at_ms: Option<i64>,
    pub error: Option<RunError>,
}

impl Default for Progress {
    fn default() -> Self {
        let (state, cells) = (RunState::Starting, BTreeMap::new());
        Self { read: 0, state, connection_file: None, cells, ended_at_ms: None, error: None }
    }
}

impl Progress {
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, RunState::Starting | RunState::Running)
    }

    /// Reads what is new. Cells from `most_cells` on are not its notebook's.
    pub fn read(&mut self, folder: &Path, most_cells: u32) -> io::Result<()> {
        let mut file = match File::open(folder.join(EVENTS)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        file.seek(SeekFrom::Start(self.read))?;
        while !self.has_ended() {
            let mut piece = Vec::new();
            file.by_ref().take(PIECE_BYTES).read_to_end(&mut piece)?;
            let Some(end) = piece.iter().rposition(|byte| *byte == b'\n') else {
                // A line is either not yet complete, or none of ours.
                if piece.len() as u64 == PIECE_BYTES {
                    self.read = self.read.saturating_add(PIECE_BYTES);
                }
                return Ok(());
            };
            let lines = piece.get(..end).unwrap_or_default();
            lines.split(|byte| *byte == b'\n').for_each(|line| self.line(line, most_cells));
            self.read = self.read.saturating_add(end as u64).saturating_add(1);
            file.seek(SeekFrom::Start(self.read))?;
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], most_cells: u32) {
        let Ok(event) = serde_json::from_slice(line) else { return };
        let mut cell = |number: u32, state, at: Option<i64>, is_end: bool| {
            if number >= most_cells {
                return;
            }
            let empty = RunCell { cell: number, state, started_at_ms: None, ended_at_ms: None };
            let cell = self.cells.entry(number).or_insert(empty);
            cell.state = state;
            if is_end {
                cell.ended_at_ms = at;
            } else {
                cell.started_at_ms = at;
            }
        };
        match event {
            Event::Started { connection_file } => {
                (self.state, self.connection_file) = (RunState::Running, connection_file);
            }
            Event::CellStarted { cell: number, at_ms } => cell(number, RunCellState::Running, Some(at_ms), false),
            Event::CellDone { cell: number, at_ms } => cell(number, RunCellState::Done, Some(at_ms), true),
            Event::CellFailed { cell: number, at_ms } => cell(number, RunCellState::Failed, Some(at_ms), true),
            Event::CellSkipped { cell: number } => cell(number, RunCellState::Skipped, None, false),
            Event::Ended { state, error, at_ms } => {
                (self.state, self.error, self.ended_at_ms) = (state, error, Some(at_ms));
            }
            Event::Other => {}
        }
    }

    /// Its program is gone and has not said how it ended; the last that it said is the last that is known.
    pub fn lose(&mut self, folder: &Path, started_at_ms: i64) {
        let said = std::fs::metadata(folder.join(EVENTS)).and_then(|file| file.modified()).ok();
        let since = said.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_millis());
        let at_ms = since.and_then(|ms| i64::try_from(ms).ok()).unwrap_or(started_at_ms);
        (self.state, self.ended_at_ms) = (RunState::Lost, Some(at_ms));
        for cell in self.cells.values_mut().filter(|cell| cell.state == RunCellState::Running) {
            (cell.state, cell.ended_at_ms) = (RunCellState::Failed, Some(at_ms));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, io::Write};

    use super::*;

    fn add(folder: &Path, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(folder.join(EVENTS)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn states(progress: &Progress) -> Vec<(u32, RunCellState)> {
        progress.cells.values().map(|cell| (cell.cell, cell.state)).collect()
    }

    #[test]
    fn only_whole_lines_are_read_and_each_of_them_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut progress = Progress::default();
        progress.read(folder.path(), 9).unwrap();
        assert_eq!(progress.state, RunState::Starting, "there is no file yet");
        add(folder.path(), "{\"event\":\"started\",\"at_ms\":1}\n{\"event\":\"cell_sta");
        progress.read(folder.path(), 9).unwrap();
        assert_eq!((progress.state, states(&progress)), (RunState::Running, vec![]));
        let read = progress.read;
        add(folder.path(), "rted\",\"at_ms\":2,\"cell\":0}\nnonsense\n{\"event\":\"new\"}\n");
        progress.read(folder.path(), 9).unwrap();
        assert_eq!(states(&progress), [(0, RunCellState::Running)]);
        assert!(progress.read > read);
        add(folder.path(), "{\"event\":\"cell_failed\",\"at_ms\":3,\"cell\":0}\n");
        add(folder.path(), "{\"event\":\"ended\",\"at_ms\":4,\"state\":\"failed\",\"error\":{\"cell\":0,\"line\":2,");
        add(folder.path(), "\"name\":\"E\",\"message\":\"m\"}}\n");
        progress.read(folder.path(), 9).unwrap();
        let line = progress.error.as_ref().and_then(|error| error.line);
        assert_eq!((progress.state, progress.ended_at_ms, line), (RunState::Failed, Some(4), Some(2)));
        assert_eq!(states(&progress), [(0, RunCellState::Failed)]);
    }

    #[test]
    fn a_file_of_any_size_is_read_in_pieces_and_no_cell_is_made_up() {
        let folder = tempfile::tempdir().unwrap();
        let line = "{\"event\":\"cell_done\",\"at_ms\":2,\"cell\":CELL}\n";
        (0..20_000).for_each(|cell| add(folder.path(), &line.replace("CELL", &cell.to_string())));
        add(folder.path(), &"x".repeat(2 * PIECE_BYTES as usize));
        add(folder.path(), "\n{\"event\":\"ended\",\"at_ms\":4,\"state\":\"succeeded\",\"error\":null}\n");
        let mut progress = Progress::default();
        for _ in 0..4 {
            progress.read(folder.path(), 3).unwrap();
        }
        assert_eq!((progress.state, progress.cells.len()), (RunState::Succeeded, 3));
    }

    #[test]
    fn a_lost_run_has_no_cell_that_runs() {
        let folder = tempfile::tempdir().unwrap();
        add(
            folder.path(),
            "{\"event\":\"started\",\"at_ms\":1}\n{\"event\":\"cell_started\",\"at_ms\":2,\"cell\":0}\n",
        );
        let mut progress = Progress::default();
        progress.read(folder.path(), 9).unwrap();
        progress.lose(folder.path(), 7);
        assert!(progress.ended_at_ms > Some(7), "it is the time of its last event");
        assert_eq!((progress.state, states(&progress)), (RunState::Lost, vec![(0, RunCellState::Failed)]));
    }
}
