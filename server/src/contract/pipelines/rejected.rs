//! `rejected`: the lines of a notebook that its job has not.

use std::collections::{HashMap, HashSet};

use notebook_job::{Compared, Place};
use serde::Serialize;

use super::cells::Chosen;
use crate::export::conversion::Converted;

/// Modules whose imports only a notebook needs.
const NOTEBOOK_MODULES: [&str; 4] = ["autovizwidget", "IPython.display", "ipywidgets", "sparkmagic"];

/// A line that is not in the job, or at line 1 a whole cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rejected {
    cell_idx: usize,
    line_no: usize,
    kind: String,
    original: String,
}

/// What is rejected, and the cells of which nothing is left (our numbers).
pub(super) fn rejected(converted: &Converted, chosen: &Chosen) -> (Vec<Rejected>, HashSet<usize>) {
    let of_job = job_lines(converted);
    let is_gone = |at: &Place| {
        let lines = of_job.get(&(at.cell, at.line));
        lines.is_some_and(|lines| lines.iter().all(|line| is_comment(line)) || lines.iter().any(|l| says_removed(l)))
    };
    let with_code = of_job.iter().filter(|(_, lines)| !lines.iter().all(|line| is_comment(line)));
    let with_code: HashSet<usize> = with_code.map(|((cell, _), _)| *cell).collect();
    let left_out = chosen.left_out();
    let kept = chosen.cells.iter().filter(|cell| !left_out.contains(&cell.ours));
    let emptied: HashSet<usize> = kept.map(|cell| cell.ours).filter(|cell| !with_code.contains(cell)).collect();
    let mut found: Vec<(usize, Rejected)> = Vec::new();
    for line in &converted.lines {
        let Compared::Removed { at, text } = line else { continue };
        // The line of a magic whose cell is translated is no loss.
        let is_translated = text.trim_start().starts_with("%%") && !emptied.contains(&at.cell);
        if let Some(older) = chosen.older(at.cell).filter(|_| is_gone(at) && !is_translated) {
            let line =
                Rejected { cell_idx: older, line_no: at.line, kind: kind(text).to_owned(), original: text.clone() };
            found.push((at.cell, line));
        }
    }
    for cell in &chosen.cells {
        let kind = match cell.ours {
            ours if chosen.filtered.contains(&ours) => format!("filtered-cell:{}", cell.kind),
            ours if emptied.contains(&ours) => "emptied-cell".to_owned(),
            _ => continue,
        };
        let source = converted.notebook.cells.get(cell.ours).map(|cell| cell.source.as_str()).unwrap_or_default();
        let original = source.lines().next().unwrap_or_default().to_owned();
        found.push((cell.ours, Rejected { cell_idx: cell.older, line_no: 1, kind, original }));
    }
    found.sort_by_key(|(cell, line)| (*cell, line.line_no));
    (found.into_iter().map(|(_, line)| line).collect(), emptied)
}

/// The job's lines by where they come from, without the marks with which it begins each cell.
fn job_lines(converted: &Converted) -> HashMap<(usize, usize), Vec<&str>> {
    let mut lines: HashMap<_, Vec<&str>> = HashMap::new();
    for (text, place) in converted.job.text.lines().zip(converted.job.places()) {
        let is_mark = text.starts_with("# %% cell ") || text.starts_with("_cell(");
        if let Some(Place { cell, line }) = place.filter(|_| !is_mark && !text.trim().is_empty()) {
            lines.entry((cell, line)).or_default().push(text);
        }
    }
    lines
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') && !line.starts_with("# moved to the first line")
}

fn says_removed(line: &str) -> bool {
    line.contains("# removed: ") && !line.contains("# removed: %%")
}

/// The older extension's name of what the line is.
fn kind(line: &str) -> &'static str {
    let line = line.trim();
    let mut words = line.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_notebooks =
        |module: &str| NOTEBOOK_MODULES.iter().any(|one| module == *one || module.starts_with(&format!("{one}.")));
    match (first, second) {
        _ if line.starts_with('%') => "line-magic",
        _ if line.starts_with('!') || line.contains("= !") || line.contains("=!") => "shell-escape",
        ("pip" | "conda", "install") => "bare-pip-install",
        ("import" | "from", module) if is_notebooks(module.trim_end_matches(',')) => "jupyter-import",
        _ if line.starts_with('#') => "user-comment",
        _ => "removed",
    }
}
