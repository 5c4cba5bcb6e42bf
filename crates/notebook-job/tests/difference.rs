//! What a person sees of a conversion.

use std::collections::{BTreeMap, BTreeSet};

use notebook_job::{Cell, Compared, Notebook, Options, Shell, Version, convert, difference, kind};

fn notebook(cells: &[&str]) -> Notebook {
    let cells = cells.iter().map(|source| Cell { source: (*source).to_owned(), ..Cell::default() }).collect();
    Notebook { cells, language: "python".to_owned(), version: None }
}

fn options() -> Options {
    Options {
        python: Version { minor: 11 },
        skip: BTreeSet::new(),
        shell: Shell::Ask,
        lines: BTreeMap::new(),
        allow_secrets: false,
    }
}

/// The lines of one cell, each with its sign.
fn shown(cells: &[&str], options: &Options, wanted: usize) -> Vec<String> {
    let notebook = notebook(cells);
    let job = convert(&notebook, "a.ipynb", options);
    let lines = difference(&notebook, &job);
    let mut numbers = Vec::new();
    let shown = lines.iter().filter_map(|line| {
        let (cell, sign, text) = match line {
            Compared::Same { at, job_line, text } => {
                numbers.push(*job_line);
                (Some(at.cell), ' ', text)
            }
            Compared::Removed { at, text } => (Some(at.cell), '-', text),
            Compared::Added { cell, job_line, text } => {
                numbers.push(*job_line);
                (*cell, '+', text)
            }
        };
        let is_mark = text.is_empty() || text.starts_with("# %%") || text.starts_with("_cell(");
        (cell == Some(wanted) && !is_mark).then(|| format!("{sign}{text}"))
    });
    let shown = shown.collect();
    assert_eq!(numbers, (1..=job.text.lines().count()).collect::<Vec<_>>(), "every line of the job once, in order");
    shown
}

#[test]
fn lines_that_stay_are_the_same_and_others_are_removed_and_added() {
    let cells = ["x = 1\n", "%matplotlib inline\ny = x\n\nz = y\n"];
    assert_eq!(shown(&cells, &options(), 0), [" x = 1"]);
    assert_eq!(
        shown(&cells, &options(), 1),
        ["-%matplotlib inline", "+# removed: %matplotlib inline", " y = x", " z = y"]
    );
}

#[test]
fn a_cell_that_is_left_out_is_removed_whole() {
    let options = Options { skip: BTreeSet::from([1]), ..options() };
    assert_eq!(shown(&["x = 1", "y = 2\nz = 3", "a = x"], &options, 1), ["-y = 2", "-z = 3"]);
    assert_eq!(shown(&["x = 1", "y = 2\nz = 3", "a = x"], &options, 2), [" a = x"]);
}

#[test]
fn a_cell_of_sql_becomes_other_lines() {
    let lines = shown(&["%%sql\nSELECT 1\n"], &options(), 0);
    assert!(lines.contains(&"-SELECT 1".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with('+') && line.contains("spark.sql")), "{lines:?}");
}

#[test]
fn each_command_of_the_shell_can_be_decided_by_itself() {
    let cells = ["!ls\nx = 1\n!date\n"];
    let decided = BTreeMap::from([((0, 1), Shell::Drop), ((0, 3), Shell::Translate)]);
    let job = convert(&notebook(&cells), "a.ipynb", &Options { lines: decided, ..options() });
    assert!(!job.is_blocked(), "{:?}", job.findings);
    assert!(job.text.contains("_shell(") && !job.text.contains("\"ls\""), "{}", job.text);
    let half = BTreeMap::from([((0, 1), Shell::Drop)]);
    let job = convert(&notebook(&cells), "a.ipynb", &Options { lines: half, ..options() });
    assert_eq!(job.findings.iter().filter(|finding| finding.severity.blocks()).count(), 1);
}

#[test]
fn cells_have_a_kind() {
    let kind = |source: &str, has_parameters_tag| {
        kind(&Cell { source: source.to_owned(), has_parameters_tag, execution_count: None })
    };
    assert_eq!(kind("x = 1", false), "python");
    assert_eq!(kind(" \n", false), "empty");
    assert_eq!(kind("x = 1", true), "parameters");
    assert_eq!(kind("%%sql\nSELECT 1", false), "sql");
    assert_eq!(kind("\n%%bash\nls", false), "bash");
}
