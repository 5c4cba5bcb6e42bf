//! One program of a notebook's cells, and where a line of it stands.

use check::{Checked, Chosen, TooLarge};

/// Cell magics whose cell is Python; the check's rule SHELL says which of them may be there.
const OF_PYTHON: [&str; 4] = ["time", "timeit", "capture", "prun"];

/// Cells, one after the other.
#[derive(Debug)]
pub(super) struct Program {
    pub source: String,
    /// At which line of the program, from 1, each cell begins.
    starts: Vec<usize>,
}

impl Program {
    pub fn of(cells: &[String]) -> Self {
        let (mut source, mut starts, mut line) = (String::new(), Vec::new(), 1);
        for cell in cells {
            starts.push(line);
            let cell = python_of(cell);
            source.push_str(&cell);
            source.push('\n');
            line += cell.matches('\n').count() + 1;
        }
        Self { source, starts }
    }

    /// The cell, from 0, and the line in it, from 1.
    pub fn place(&self, line: usize) -> (usize, usize) {
        let cell = self.starts.partition_point(|start| *start <= line).max(1) - 1;
        let start = self.starts.get(cell).copied().unwrap_or(1);
        (cell, line.saturating_sub(start) + 1)
    }
}

/// What the parser sees of a cell: the body of another language is left out, and its magic stays to be judged.
fn python_of(cell: &str) -> String {
    let magic = cell.trim_start().strip_prefix("%%").and_then(|rest| rest.split_whitespace().next());
    if magic.is_none_or(|name| OF_PYTHON.contains(&name)) {
        return cell.to_owned();
    }
    let mut seen = false;
    let shown = |line| {
        let shown = if seen { "" } else { line };
        seen |= !line.trim().is_empty();
        shown
    };
    cell.lines().map(shown).collect::<Vec<_>>().join("\n")
}

/// The first rungs of a program. Each cell must be Python alone, as Jupyter runs it; the first that is none counts.
///
/// # Errors
/// If the program is too large.
pub(super) fn first_rungs(cells: &[String], chosen: &Chosen) -> Result<(Program, Checked), TooLarge> {
    let program = Program::of(cells);
    let checked = check::python(&program.source, chosen)?;
    // A text that begins in one cell and ends in another would hide what is between.
    let wrong = cells.iter().map(|cell| python_of(cell)).enumerate().find(|(_, cell)| !check::is_python(cell));
    if let Some((number, cell)) = wrong.filter(|_| cells.len() > 1) {
        let before = program.starts.get(number).map_or(0, |start| start - 1);
        // So that its lines count as they do in the program.
        let checked = check::python(&format!("{}{cell}", "\n".repeat(before)), chosen)?;
        return Ok((program, checked));
    }
    Ok((program, checked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    fn found(texts: &[&str]) -> Vec<(String, usize, usize)> {
        let (program, checked) = first_rungs(&cells(texts), &Chosen::default()).unwrap();
        let report = checked.report();
        report
            .findings
            .iter()
            .map(|one| (one.code.clone(), program.place(one.line).0, program.place(one.line).1))
            .collect()
    }

    #[test]
    fn a_line_of_the_program_is_a_line_of_a_cell() {
        let program = Program::of(&cells(&["a\nb", "", "c\n", "d"]));
        assert_eq!(program.source, "a\nb\n\nc\n\nd\n");
        let places: Vec<_> = (1..=6).map(|line| program.place(line)).collect();
        assert_eq!(places, [(0, 1), (0, 2), (1, 1), (2, 1), (2, 2), (3, 1)]);
    }

    #[test]
    fn findings_stand_in_their_cells() {
        assert_eq!(
            found(&["x = 1", "\n\nimport os", "eval('1')"]),
            [("IMPORT".into(), 1, 3), ("BUILTIN".into(), 2, 1)]
        );
    }

    #[test]
    fn an_open_bracket_makes_only_its_own_cell_wrong() {
        let found = found(&["x = 1", "f(", "y = 2", "z = 3"]);
        assert!(!found.is_empty() && found.iter().all(|(code, cell, _)| code == "SYNTAX" && *cell == 1), "{found:?}");
    }

    #[test]
    fn what_is_whole_only_together_is_wrong_in_its_first_cell() {
        for cells in [&["x = (", "1)"][..], &["s = \"\"\"", "!rm -rf ~", "\"\"\""]] {
            let found = found(cells);
            assert!(
                found.iter().all(|(code, cell, _)| code == "SYNTAX" && *cell == 0) && !found.is_empty(),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_cell_of_another_language_is_refused_by_its_magic_and_not_read_as_python() {
        assert_eq!(found(&["x = 1", "%%bash\nrm -rf ~ (", "y = 2"]), [("SHELL".into(), 1, 1)]);
        assert_eq!(found(&["%%time\nimport os"]), [("IMPORT".into(), 0, 2)]);
    }
}
