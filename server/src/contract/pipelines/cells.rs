//! Cells as the older extension counts and names them.

use std::collections::BTreeSet;

use notebook_job::{Cell, Notebook, kind};

/// Magics around ordinary Python: their cells are Python's.
const AROUND_PYTHON: [&str; 9] = ["time", "timeit", "prun", "memit", "mprun", "lprun", "capture", "python", "empty"];
/// What is exported if a request names no kinds.
const DEFAULT_KINDS: [&str; 5] = ["sql", "spark", "pyspark", "scala", "plain"];

/// A code cell that is not blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OlderCell {
    /// Its number for the older extension, which counts only such cells.
    pub older: usize,
    /// Its number for us, over all code cells.
    pub ours: usize,
    pub kind: String,
}

/// What of a notebook is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub cells: Vec<OlderCell>,
    /// Ours: left out by the person.
    pub skipped: BTreeSet<usize>,
    /// Ours: left out for their kind.
    pub filtered: BTreeSet<usize>,
}

impl Chosen {
    /// Numbers that no cell has mean nothing, as ever.
    pub fn of(notebook: &Notebook, skip: &[i64], kinds: &[String]) -> Self {
        let cells = notebook.cells.iter().enumerate().filter(|(_, cell)| !cell.source.trim().is_empty());
        let cells: Vec<OlderCell> =
            cells.enumerate().map(|(older, (ours, cell))| OlderCell { older, ours, kind: older_kind(cell) }).collect();
        let skip: BTreeSet<usize> = skip.iter().filter_map(|one| usize::try_from(*one).ok()).collect();
        let is_skipped = |cell: &&OlderCell| skip.contains(&cell.older);
        let skipped: BTreeSet<usize> = cells.iter().filter(is_skipped).map(|cell| cell.ours).collect();
        let kinds: BTreeSet<String> = match kinds {
            [] => DEFAULT_KINDS.map(str::to_owned).into(),
            kinds => kinds.iter().map(|kind| kind.trim().to_lowercase()).collect(),
        };
        let is_wanted = |kind: &str| kind == "parameters" || kinds.contains(kind);
        let filtered = cells.iter().filter(|cell| !skipped.contains(&cell.ours) && !is_wanted(&cell.kind));
        let filtered = filtered.map(|cell| cell.ours).collect();
        Self { cells, skipped, filtered }
    }

    /// All that is left out.
    pub fn left_out(&self) -> BTreeSet<usize> {
        self.skipped.union(&self.filtered).copied().collect()
    }

    /// The older number of a cell of ours.
    pub fn older(&self, ours: usize) -> Option<usize> {
        let at = self.cells.binary_search_by_key(&ours, |cell| cell.ours).ok()?;
        self.cells.get(at).map(|cell| cell.older)
    }
}

/// The older extension's name of a cell's kind.
fn older_kind(cell: &Cell) -> String {
    let kind = kind(cell).to_lowercase();
    let first = cell.source.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match kind.as_str() {
        kind if AROUND_PYTHON.contains(&kind) => "plain".to_owned(),
        "sparksql" => "sql".to_owned(),
        "spark" if first.contains("-c sql") => "sql".to_owned(),
        "configure" | "send_to_spark" | "local" => "sparkmagic-config".to_owned(),
        kind => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(sources: &[&str], skip: &[i64], kinds: &[&str]) -> Chosen {
        let cells = sources.iter().map(|source| Cell { source: (*source).to_owned(), ..Cell::default() });
        let notebook = Notebook { cells: cells.collect(), language: "python".to_owned(), version: None };
        Chosen::of(&notebook, skip, &kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn blank_cells_are_not_counted() {
        let chosen = chosen(&["a", " \n", "b", "c"], &[1, -1, 99], &[]);
        let numbers: Vec<_> = chosen.cells.iter().map(|cell| (cell.older, cell.ours)).collect();
        assert_eq!(numbers, [(0, 0), (1, 2), (2, 3)]);
        assert_eq!((chosen.skipped, chosen.filtered.len()), (BTreeSet::from([2]), 0));
    }

    #[test]
    fn kinds_have_their_older_names() {
        for (source, kind) in [
            ("x = 1", "plain"),
            ("x = \"%%sql inside\"", "plain"),
            ("%%time\nx = 1", "plain"),
            ("%%sql\nselect 1", "sql"),
            ("%%spark -c sql\nselect 1", "sql"),
            ("%%spark\nx = 1", "spark"),
            ("%%pyspark\nx = 1", "pyspark"),
            ("%%configure -f\n{}", "sparkmagic-config"),
            ("%%mycustom\nx", "mycustom"),
            ("# @Pipeline-Params\nx = 1", "parameters"),
            ("%%pyspark\n# @pipeline_params\nx = 1", "parameters"),
        ] {
            assert_eq!(chosen(&[source], &[], &[]).cells[0].kind, kind, "{source}");
        }
    }

    #[test]
    fn kinds_that_are_not_wanted_are_filtered_and_parameters_never() {
        let sources = ["# @pipeline-params\nx = 1", "y = 1", "%%bash\nls", "%%sql\nselect 1"];
        assert_eq!(chosen(&sources, &[], &[]).filtered, BTreeSet::from([2]));
        assert_eq!(chosen(&sources, &[3], &["Plain"]).filtered, BTreeSet::from([2]));
        assert_eq!(chosen(&sources, &[], &["sql"]).left_out(), BTreeSet::from([1, 2]));
    }
}
