//! Reads a notebook: what of it matters for a job, from any version, and forgiving about the rest.

pub(crate) mod cleared;
mod percent;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// The largest notebook that is read.
pub const MAX_BYTES: usize = 16 << 20;
/// The most code cells.
pub const MAX_CELLS: usize = 10_000;
/// The most lines of code in all cells: each is shown beside its line of the job.
pub const MAX_LINES: usize = 100_000;

/// A notebook's code cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notebook {
    /// All code cells, empty ones too.
    pub cells: Vec<Cell>,
    /// The kernel's language, in lower case; `python` if the notebook does not say it.
    pub language: String,
    /// The kernel's version of its language, such as `3.11.7`, if the notebook says it.
    pub version: Option<String>,
}

/// One code cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What is in it.
    pub source: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The number that its last run had in its kernel.
    pub execution_count: Option<u64>,
}

/// Why a file is no notebook.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is too large.
    #[error("the notebook has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It has too many cells.
    #[error("the notebook has {cells} code cells; at most {MAX_CELLS} are read")]
    TooManyCells {
        /// How many.
        cells: usize,
    },
    /// It has too many lines.
    #[error("the notebook has {lines} lines of code; at most {MAX_LINES} are read")]
    TooManyLines {
        /// How many.
        lines: usize,
    },
    /// A program that knows another version of the format would read other code.
    #[error("the file is no notebook: it has cells of version 3 of the format and of version 4")]
    TwoVersions,
    /// It is not text.
    #[error("the file is no UTF-8 text")]
    NoText,
    /// It is not JSON.
    #[error("the file is no notebook: {0}")]
    NoJson(#[from] serde_json::Error),
    /// It is JSON of another kind.
    #[error("the file is no notebook: it has no list of cells")]
    NoCells,
}

impl Notebook {
    /// Reads an `.ipynb` of version 3 or 4, or, where `name` ends in `.py`, a Python file whose cells begin with
    /// `# %%`.
    ///
    /// # Errors
    /// When the file is neither, or too large.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() > MAX_BYTES {
            return Err(ReadError::TooLarge { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ReadError::NoText)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_python = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("py"));
        let notebook = if is_python { percent::read(text) } else { serde_json::from_str::<File>(text)?.notebook()? };
        let lines = notebook.cells.iter().map(|cell| cell.source.lines().count()).sum();
        match notebook.cells.len() {
            cells if cells > MAX_CELLS => Err(ReadError::TooManyCells { cells }),
            _ if lines > MAX_LINES => Err(ReadError::TooManyLines { lines }),
            _ => Ok(notebook),
        }
    }
}

/// The file. Nothing but the cells is required, and a field of another type counts as absent.
#[derive(Deserialize)]
struct File {
    cells: Option<Vec<FileCell>>,
    #[serde(default)]
    worksheets: Value,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
struct FileCell {
    #[serde(default)]
    cell_type: Value,
    #[serde(default)]
    source: Value,
    /// Version 3's name of the source.
    #[serde(default)]
    input: Value,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    execution_count: Value,
    /// Version 3's name of the count.
    #[serde(default)]
    prompt_number: Value,
}

impl File {
    fn notebook(self) -> Result<Notebook, ReadError> {
        let cells = match self.cells {
            Some(_) if !self.worksheets.is_null() => return Err(ReadError::TwoVersions),
            Some(cells) => cells,
            None => {
                let sheets = self.worksheets.as_array().ok_or(ReadError::NoCells)?;
                let cells = sheets.iter().filter_map(|sheet| sheet.get("cells").and_then(Value::as_array)).flatten();
                cells.map(FileCell::deserialize).collect::<Result<_, _>>()?
            }
        };
        let has_both = |cell: &FileCell| cell.cell_type == "code" && !cell.source.is_null() && !cell.input.is_null();
        if cells.iter().any(has_both) {
            return Err(ReadError::TwoVersions);
        }
        let told = |path: &str| self.metadata.pointer(path).and_then(Value::as_str);
        let languages = [told("/kernelspec/language"), told("/language_info/name")];
        let language = languages.into_iter().flatten().find(|language| !language.is_empty()).unwrap_or("python");
        Ok(Notebook {
            cells: cells.into_iter().filter(|cell| cell.cell_type == "code").map(FileCell::cell).collect(),
            language: language.to_lowercase(),
            version: told("/language_info/version").map(str::to_owned),
        })
    }
}

impl FileCell {
    fn cell(self) -> Cell {
        let source = if self.source.is_null() { self.input } else { self.source };
        let tags = self.metadata.get("tags").and_then(Value::as_array);
        let tags = tags.into_iter().flatten().filter_map(Value::as_str).map(|tag| tag.trim().to_owned());
        let count = self.execution_count.as_u64().or_else(|| self.prompt_number.as_u64());
        Cell { source: text(&source), tags: tags.collect(), execution_count: count }
    }
}

/// A source is one text or a list of its lines.
fn text(source: &Value) -> String {
    match source {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Notebook, ReadError> {
        Notebook::read("a.ipynb", text.as_bytes())
    }

    fn sources(text: &str) -> Vec<String> {
        read(text).unwrap().cells.into_iter().map(|cell| cell.source).collect()
    }

    #[test]
    fn a_file_that_two_programs_would_read_differently_is_refused() {
        let cell = r#"{"cell_type": "code", "source": "a"}"#;
        let both = r#"{"cell_type": "code", "source": "a", "input": "b"}"#;
        let file = |cells: &str, more: &str| format!(r#"{{"cells": [{cells}]{more}}}"#);
        assert!(read(&file(cell, "")).is_ok());
        for text in [file(both, ""), file(cell, r#", "worksheets": [{"cells": []}]"#)] {
            assert!(matches!(read(&text), Err(ReadError::TwoVersions)), "{text}");
        }
    }

    #[test]
    fn more_lines_than_anybody_looks_at_are_refused() {
        let lines = "#\n".repeat(MAX_LINES);
        assert!(Notebook::read("a.py", lines.as_bytes()).is_ok());
        let more = Notebook::read("a.py", format!("{lines}#\n").as_bytes());
        assert!(matches!(more, Err(ReadError::TooManyLines { .. })));
    }

    #[test]
    fn code_cells_are_read_in_order_and_counted_with_empty_ones() {
        let text = r#"{"cells": [{"cell_type": "markdown", "source": "m"}, {"cell_type": "code", "source": "a"},
            {"cell_type": "code", "source": []}, {"cell_type": "code", "source": ["b\n", "c"]}]}"#;
        assert_eq!(sources(text), ["a", "", "b\nc"]);
    }

    #[test]
    fn version_3_has_its_cells_in_worksheets() {
        let text = r#"{"nbformat": 3, "worksheets": [{"cells": [
            {"cell_type": "code", "language": "python", "input": ["a\r\n", "b"], "prompt_number": 7}]}]}"#;
        let notebook = read(text).unwrap();
        let cell = Cell { source: "a\r\nb".to_owned(), execution_count: Some(7), ..Cell::default() };
        assert_eq!(notebook.cells, [cell]);
    }

    #[test]
    fn language_version_and_tags_are_read() {
        let text = r#"{"cells": [{"cell_type": "code", "source": "", "metadata": {"tags": [" parameters", 1]}}],
            "metadata": {"kernelspec": {"language": "Scala"}, "language_info": {"version": "2.12"}}}"#;
        let notebook = read(text).unwrap();
        assert_eq!((notebook.language.as_str(), notebook.version.as_deref()), ("scala", Some("2.12")));
        assert_eq!(notebook.cells[0].tags, ["parameters"]);
    }

    #[test]
    fn odd_fields_count_as_absent() {
        let text = r#"{"cells": [{"cell_type": "code", "source": 7, "metadata": [], "execution_count": "x"},
            {"cell_type": 3}, {}], "metadata": null}"#;
        assert_eq!(sources(text), [""]);
    }

    #[test]
    fn what_is_no_notebook_is_an_error() {
        assert!(matches!(read("[]"), Err(ReadError::NoJson(_))));
        assert!(matches!(read("{"), Err(ReadError::NoJson(_))));
        assert!(matches!(read("{}"), Err(ReadError::NoCells)));
        assert!(matches!(Notebook::read("a.ipynb", b"\xff"), Err(ReadError::NoText)));
        let cell = r#"{"cell_type": "code"},"#.repeat(MAX_CELLS + 1);
        let many = format!(r#"{{"cells": [{}]}}"#, cell.trim_end_matches(','));
        assert!(matches!(read(&many), Err(ReadError::TooManyCells { .. })));
        assert!(matches!(Notebook::read("a.py", &vec![b' '; MAX_BYTES + 1]), Err(ReadError::TooLarge { .. })));
    }
}
