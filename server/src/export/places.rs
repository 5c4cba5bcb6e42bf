//! From which cell and line of the notebook a line of `job.py` comes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Lines that a map may have.
const MOST_LINES: usize = 1_000_000;

/// A place in the notebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// From 0, over all code cells.
    pub cell: usize,
    /// From 1.
    pub line: usize,
}

/// The lines of a `job.cells.json`, and the cells of the job in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CellMap {
    lines: Vec<Option<(usize, usize)>>,
}

/// A file that is no `job.cells.json`.
#[derive(Clone, Copy, Debug, Error)]
#[error("the map of the job's cells cannot be read")]
pub(crate) struct NoCellMap;

impl CellMap {
    /// Reads a `job.cells.json`.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn read(json: &[u8]) -> Result<Self, NoCellMap> {
        let map: Self = serde_json::from_slice(json).map_err(|_| NoCellMap)?;
        if map.lines.len() > MOST_LINES { Err(NoCellMap) } else { Ok(map) }
    }

    /// The place from which a line of the job comes, counted from 1; none before the first cell.
    pub(crate) fn place(&self, line: usize) -> Option<Place> {
        let (cell, line) = (*self.lines.get(line.checked_sub(1)?)?)?;
        Some(Place { cell, line })
    }

    /// How many cells the job has.
    pub(crate) fn cells(&self) -> usize {
        self.numbers().len()
    }

    /// Which of the job's cells this is, from 1.
    pub(crate) fn ordinal(&self, cell: usize) -> Option<usize> {
        Some(self.numbers().iter().position(|number| *number == cell)? + 1)
    }

    /// The place of the last line of `job.py` in a traceback, as Python prints it.
    pub(crate) fn in_traceback(&self, text: &str) -> Option<Place> {
        text.lines().rev().find_map(|line| {
            let (file, rest) = line.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
            let number = rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
            if is_job(file) { self.place(number) } else { None }
        })
    }

    fn numbers(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = self.lines.iter().flatten().map(|(cell, _)| *cell).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// Whether a path is that of a job.
pub(super) fn is_job(path: &str) -> bool {
    path.rsplit('/').next() == Some("job.py")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> CellMap {
        CellMap::read(br#"{"lines":[null,[0,1],[2,1],[2,2],[5,1]]}"#).unwrap()
    }

    #[test]
    fn a_line_of_the_job_has_a_place_in_the_notebook() {
        assert_eq!(map().place(4), Some(Place { cell: 2, line: 2 }));
        assert_eq!([map().place(0), map().place(1), map().place(6)], [None; 3]);
        assert_eq!((map().cells(), map().ordinal(2), map().ordinal(1)), (3, Some(2), None));
        assert!(CellMap::read(b"{}").is_err() && CellMap::read(b"[").is_err());
    }

    #[test]
    fn a_traceback_leads_to_the_last_line_of_the_job() {
        let text = "Traceback (most recent call last):\n  File \"/b/sales/sales_dag.py\", line 3, in run\n  \
                    File \"/b/sales/job.py\", line 2, in <module>\n    f()\n  File \"/b/sales/job.py\", line 4, in f\n  \
                    File \"/lib/pyspark/sql.py\", line 1, in sql\nValueError: File \"job.py\", line 5\n";
        assert_eq!(map().in_traceback(text), Some(Place { cell: 2, line: 2 }));
        assert_eq!(map().in_traceback("File \"/b/my_job.py\", line 2\nFile \"job.py\", line"), None);
    }
}
