//! The log of a task: its end, how far the job is, and where it failed.

use std::collections::VecDeque;

use super::{answers::LogLine, error::AirflowError, lines::Lines, refusal::short};
use crate::export::places::{CellMap, Place, is_job};

/// How much of a log's end is kept, bytes.
const TAIL: usize = 64 * 1024;
/// Longest line that is kept, characters.
const LONGEST_LINE: usize = 2000;
/// Longest message of a failure, characters.
const LONGEST_MESSAGE: usize = 1000;

/// What a log says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    /// The last lines, oldest first.
    pub tail: VecDeque<String>,
    /// Lines before them, which are not kept.
    pub left_out: usize,
    /// The log was longer than what is read of it.
    pub is_cut: bool,
    /// The cell that began last.
    pub cell: Option<usize>,
    pub failure: Option<Failure>,
    tail_bytes: usize,
}

/// Where a job failed, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    pub place: Option<Place>,
    /// The exception's type and its words.
    pub message: String,
}

impl Log {
    /// Reads a log to its end, or to the limit of what is read.
    pub(super) async fn read(mut lines: Lines, cells: &CellMap) -> Result<Self, AirflowError> {
        let mut log = Self::default();
        loop {
            match lines.next().await {
                Ok(Some(line)) => log.add(&line, cells),
                Ok(None) => return Ok(log),
                Err(AirflowError::TooLarge { .. }) => return Ok(Self { is_cut: true, ..log }),
                Err(error) => return Err(error),
            }
        }
    }

    fn add(&mut self, line: &[u8], cells: &CellMap) {
        // A handler for logs elsewhere may send lines that are no JSON.
        let line = serde_json::from_slice(line)
            .unwrap_or_else(|_| LogLine { event: String::from_utf8_lossy(line).into_owned(), ..LogLine::default() });
        if let Some(cell) = line.event.strip_prefix("::group::cell ").and_then(|number| number.trim().parse().ok()) {
            self.cell = Some(cell);
        }
        if let Some(place) = said_place(&line.event) {
            self.failure.get_or_insert_default().place = Some(place);
        }
        if line.event.starts_with("Task failed") {
            self.failed(&line, cells);
        }
        self.keep(short(&line.event, LONGEST_LINE));
    }

    /// The exception that ended the task. Its last frame in the job is the place, unless the workflow named it.
    fn failed(&mut self, line: &LogLine, cells: &CellMap) {
        let Some(error) = line.error_detail.first() else { return };
        let frames = line.error_detail.iter().flat_map(|error| error.frames.iter().rev());
        let place = frames.filter(|frame| is_job(&frame.filename)).find_map(|frame| cells.place(frame.lineno));
        let failure = self.failure.get_or_insert_default();
        failure.place = failure.place.or(place);
        failure.message = short(&format!("{}: {}", error.exc_type, error.exc_value), LONGEST_MESSAGE);
    }

    fn keep(&mut self, line: String) {
        self.tail_bytes += line.len();
        self.tail.push_back(line);
        while self.tail_bytes > TAIL
            && let Some(oldest) = self.tail.pop_front()
        {
            self.tail_bytes -= oldest.len();
            self.left_out += 1;
        }
    }
}

/// `…: the job failed in cell 3, line 2.`, which the workflow prints.
fn said_place(event: &str) -> Option<Place> {
    let (_, place) = event.trim_end().rsplit_once(": the job failed in cell ")?;
    let (cell, line) = place.strip_suffix('.')?.split_once(", line ")?;
    Some(Place { cell: cell.parse().ok()?, line: line.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: &[&str]) -> Log {
        let cells = CellMap::read(br#"{"lines":[null,[0,1],[3,1],[3,2]]}"#).unwrap();
        let mut log = Log::default();
        lines.iter().for_each(|line| log.add(line.as_bytes(), &cells));
        log
    }

    #[test]
    fn marks_say_which_cell_began_last() {
        let marked = log(&[
            r#"{"event":"::group::Pre Execute","level":"info"}"#,
            r#"{"timestamp":null,"event":"::group::cell 0"}"#,
            r#"{"event":"::endgroup::"}"#,
            r#"{"event":"::group::cell 3"}"#,
            "no JSON",
        ]);
        assert_eq!((marked.cell, marked.tail.len(), marked.failure), (Some(3), 5, None));
        assert_eq!(marked.tail.back().unwrap(), "no JSON");
    }

    #[test]
    fn a_failure_has_its_place_from_the_workflow_or_from_the_frames() {
        let failed = r#"{"event":"Task failed with exception","error_detail":[{"exc_type":"ValueError","exc_value":"no\ngood","frames":[{"filename":"/b/job.py","lineno":4},{"filename":"/lib/x.py","lineno":9}]}]}"#;
        let failure = log(&[failed]).failure.unwrap();
        assert_eq!(failure, Failure { place: Some(Place { cell: 3, line: 2 }), message: "ValueError: no good".into() });
        let said = r#"{"event":"a.ipynb: the job failed in cell 3, line 1."}"#;
        assert_eq!(log(&[said, failed]).failure.unwrap().place, Some(Place { cell: 3, line: 1 }));
        // A warning with a traceback is no failure.
        assert_eq!(log(&[&failed.replace("Task failed with exception", "Connection not found")]).failure, None);
    }

    #[test]
    fn only_the_end_of_a_long_log_is_kept() {
        let line = format!(r#"{{"event":"{}"}}"#, "x".repeat(100_000));
        let long = log(&vec![&*line; 100]);
        let kept: usize = long.tail.iter().map(String::len).sum();
        assert!(kept <= TAIL && long.left_out + long.tail.len() == 100, "{kept}");
    }
}
