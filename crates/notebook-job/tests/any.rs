//! Whatever a notebook holds, it becomes a job or findings, never a panic.

use std::collections::{BTreeMap, BTreeSet};

use notebook_job::{Cell, Notebook, Options, Shell, Version, convert};
use proptest::{collection::vec, prelude::*, sample::select};

/// Pieces of cells; put together at random they make ordinary and odd ones.
const PIECES: [&str; 40] = [
    "x = 1",
    "\n",
    "  ",
    "\t",
    "if x:",
    "%time ",
    "%%sql",
    "%%sql -o df",
    "!ls {x} $y",
    "await f()",
    "'''",
    "\"",
    "#",
    "async for a in b:",
    "async with c as d:",
    "from __future__ import annotations",
    "%",
    "!",
    "?",
    "df?",
    ";",
    "\\",
    "{",
    "}",
    "SELECT :m FROM t",
    "%%capture out",
    "%pip install a",
    "x = !ls",
    "y = %sql SELECT 1",
    "def f():",
    "    return 1",
    ">>> ",
    "In [1]: ",
    "é\u{2028}",
    "%%writefile a",
    "%cd",
    "%env A=b",
    "lambda: 1",
    "match x:",
    "\r",
];

fn cells() -> impl Strategy<Value = Vec<String>> {
    let cell = vec(prop_oneof![8 => select(&PIECES[..]).prop_map(str::to_owned), 1 => ".{0,6}"], 0..12);
    vec(cell.prop_map(|pieces| pieces.concat()), 0..5)
}

/// Ends of lines, of which Python knows three.
fn ends(text: &str) -> usize {
    text.replace("\r\n", "\n").matches(['\n', '\r']).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_notebook_becomes_a_job_or_findings(cells in cells()) {
        let cells: Vec<Cell> = cells.into_iter().map(|source| Cell { source, ..Cell::default() }).collect();
        let count = cells.len();
        let notebook = Notebook { cells, language: "python".to_owned(), version: None };
        let options = Options { python: Version { minor: 11 }, skip: BTreeSet::new(), shell: Shell::Translate, lines: BTreeMap::new(), allow_secrets: false };
        let job = convert(&notebook, "a.ipynb", &options);
        let again = convert(&notebook, "a.ipynb", &options);
        prop_assert_eq!(&job.text, &again.text);
        prop_assert_eq!(job.places().len(), job.text.split('\n').count() - 1);
        for finding in &job.findings {
            let lines = notebook.cells.get(finding.cell).map_or(1, |cell| ends(&cell.source) + 1);
            prop_assert!(finding.cell < count.max(1) && (1..=lines.max(1)).contains(&finding.line), "{:?}", finding);
        }
    }
}

#[test]
fn a_large_cell_takes_no_time_that_grows_with_its_square() {
    // With a square of time one of these takes many minutes.
    for source in [
        format!("%%sql\nBEGIN{}", ";".repeat(300_000)),
        format!("%%sql\n{}", "a;\n".repeat(100_000)),
        format!("!echo {}", "$".repeat(300_000)),
        "x = 1\n".repeat(30_000),
        "!pip install a\n".repeat(20_000),
        format!("def f():\n{}", "  a = 1\n".repeat(30_000)),
    ] {
        let cell = Cell { source, ..Cell::default() };
        let notebook = Notebook { cells: vec![cell], language: "python".to_owned(), version: None };
        let options = Options {
            python: Version { minor: 11 },
            skip: BTreeSet::new(),
            shell: Shell::Translate,
            lines: BTreeMap::new(),
            allow_secrets: false,
        };
        assert!(!convert(&notebook, "a.ipynb", &options).text.is_empty());
    }
}
