//! Reads a notebook: what of it matters for a job, from any version, and forgiving about the rest.

pub(crate) mod cleared;
mod json;
mod layout;
mod percent;

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

/// The largest notebook that is read.
pub const MAX_BYTES: usize = 16 << 20;
/// The most code cells.
pub const MAX_CELLS: usize = 10_000;
/// The most lines of code in all cells: each is shown beside its line of the job.
pub const MAX_LINES: usize = 100_000;
/// The most code in one cell, bytes. The parser takes up to a hundred times as much memory, and Python six hundred times.
pub const MAX_CELL_BYTES: usize = 1 << 20;
/// The most code in all cells, bytes.
pub const MAX_CODE_BYTES: usize = 4 << 20;
/// Papermill's tag of the cell of parameters.
const PARAMETERS_TAG: &str = "parameters";

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
    /// Whether it has papermill's tag `parameters`.
    pub has_parameters_tag: bool,
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
    /// One of its cells is too large.
    #[error(
        "code cell {cell} has {bytes} bytes; at most {MAX_CELL_BYTES} are read: keep data in a file, and read it in the cell"
    )]
    LargeCell {
        /// Which, from 0 over all code cells.
        cell: usize,
        /// Its size.
        bytes: usize,
    },
    /// It has too much code.
    #[error(
        "the notebook has {bytes} bytes of code; at most {MAX_CODE_BYTES} are read: keep data in files, and read them in the cells"
    )]
    TooMuchCode {
        /// How much.
        bytes: usize,
    },
    /// It does not say its version. Other programs take it for one of version 1, whose cells have their code elsewhere.
    #[error("the file is no notebook: it does not say which version of the format it has (`nbformat`)")]
    NoVersion,
    /// It has a version that is not known here.
    #[error(
        "the notebook has version {version} of the format; only 3 and 4 are read: open it in JupyterLab and save it"
    )]
    OtherVersion {
        /// Which.
        version: u64,
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
    #[error("the file is no notebook: it has no list of cells where its version of the format has them")]
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
        if is_python { percent::read(text) } else { json::object::<File>(serde_json::from_str(text)?)?.notebook() }
    }
}

/// The file. Nothing but its version and its cells is required, and a field of another type counts as absent.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    nbformat: Option<&'a RawValue>,
    #[serde(borrow)]
    cells: Option<&'a RawValue>,
    /// Version 3's place of the cells.
    #[serde(borrow)]
    worksheets: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct FileCell<'a> {
    #[serde(borrow)]
    cell_type: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    /// Version 3's name of the source.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    execution_count: Option<&'a RawValue>,
    /// Version 3's name of the count.
    #[serde(borrow)]
    prompt_number: Option<&'a RawValue>,
}

/// A version of the format. Programs that know it look for the cells, and for their code, in one place only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    V3,
    V4,
}

impl File<'_> {
    fn notebook(&self) -> Result<Notebook, ReadError> {
        let version = self.nbformat.and_then(|nbformat| serde_json::from_str(nbformat.get()).ok());
        let format = match version.ok_or(ReadError::NoVersion)? {
            3 => Format::V3,
            4 => Format::V4,
            version => return Err(ReadError::OtherVersion { version }),
        };
        let cells = match (self.cells, self.worksheets) {
            (Some(_), Some(_)) => return Err(ReadError::TwoVersions),
            (Some(cells), None) if format == Format::V4 => Some(cells),
            (None, Some(sheets)) if format == Format::V3 => Some(sheets),
            _ => None,
        };
        let cells = cells.filter(|cells| json::is_list(cells)).ok_or(ReadError::NoCells)?;
        let mut code = Code::default();
        let mut has_both = false;
        let mut read = |cell: &RawValue| {
            let Some(cell) = FileCell::of(cell)? else { return Ok(()) };
            has_both |= cell.source.is_some() && cell.input.is_some();
            code.add(cell.cell(format)?);
            Ok(())
        };
        match format {
            Format::V4 => json::each(cells, |_, cell| read(cell))?,
            Format::V3 => json::each(cells, |_, sheet| {
                let cells = json::field(sheet, "cells")?.filter(|cells| json::is_list(cells));
                cells.map_or(Ok(()), |cells| json::each(cells, |_, cell| read(cell)))
            })?,
        }
        if has_both {
            return Err(ReadError::TwoVersions);
        }
        let told = |path: [&str; 2]| -> serde_json::Result<Option<String>> {
            let mut found = self.metadata;
            for key in path {
                found = found.map(|object| json::field(object, key)).transpose()?.flatten();
            }
            Ok(found.map(json::text).transpose()?.flatten())
        };
        let languages = [told(["kernelspec", "language"])?, told(["language_info", "name"])?];
        let language = languages.into_iter().flatten().find(|language| !language.is_empty());
        Ok(Notebook {
            cells: code.cells()?,
            language: language.map_or_else(|| "python".to_owned(), |language| language.to_lowercase()),
            version: told(["language_info", "version"])?,
        })
    }
}

impl<'a> FileCell<'a> {
    /// The cell, if it is one of code.
    fn of(json: &'a RawValue) -> serde_json::Result<Option<Self>> {
        let cell: Self = json::object(json)?;
        let kind = cell.cell_type.map(json::text).transpose()?.flatten();
        Ok(Some(cell).filter(|_| kind.as_deref() == Some("code")))
    }

    fn cell(&self, format: Format) -> serde_json::Result<Cell> {
        let source = match format {
            Format::V3 => self.input,
            Format::V4 => self.source,
        };
        let tags = self.metadata.map(|metadata| json::field(metadata, "tags")).transpose()?.flatten();
        let count = |json: Option<&RawValue>| json.and_then(|json| serde_json::from_str(json.get()).ok());
        Ok(Cell {
            source: source.map(text).transpose()?.unwrap_or_default(),
            has_parameters_tag: tags.map(is_tagged).transpose()?.unwrap_or_default(),
            execution_count: count(self.execution_count).or_else(|| count(self.prompt_number)),
        })
    }
}

/// A source is one text or a list of its lines.
fn text(source: &RawValue) -> serde_json::Result<String> {
    let mut text = json::text(source)?.unwrap_or_default();
    if json::is_list(source) {
        json::each(source, |_, line| {
            text.extend(json::text(line)?);
            Ok(())
        })?;
    }
    Ok(text)
}

/// Whether a list of tags has papermill's.
fn is_tagged(tags: &RawValue) -> serde_json::Result<bool> {
    let mut is_tagged = false;
    if json::is_list(tags) {
        json::each(tags, |_, tag| {
            is_tagged |= json::text(tag)?.is_some_and(|tag| tag.trim() == PARAMETERS_TAG);
            Ok(())
        })?;
    }
    Ok(is_tagged)
}

/// Code cells as they are found. No more are kept than a notebook may have.
#[derive(Default)]
struct Code {
    kept: Vec<Cell>,
    cells: usize,
    lines: usize,
    bytes: usize,
    /// The first cell that is too large, and its bytes.
    large: Option<(usize, usize)>,
}

impl Code {
    fn add(&mut self, cell: Cell) {
        let bytes = cell.source.len();
        self.large = self.large.or_else(|| (bytes > MAX_CELL_BYTES).then_some((self.cells, bytes)));
        self.cells += 1;
        self.lines += cell.source.lines().count();
        self.bytes += bytes;
        if self.check().is_ok() {
            self.kept.push(cell);
        }
    }

    fn check(&self) -> Result<(), ReadError> {
        match *self {
            Self { large: Some((cell, bytes)), .. } => Err(ReadError::LargeCell { cell, bytes }),
            Self { cells, .. } if cells > MAX_CELLS => Err(ReadError::TooManyCells { cells }),
            Self { lines, .. } if lines > MAX_LINES => Err(ReadError::TooManyLines { lines }),
            Self { bytes, .. } if bytes > MAX_CODE_BYTES => Err(ReadError::TooMuchCode { bytes }),
            _ => Ok(()),
        }
    }

    fn cells(self) -> Result<Vec<Cell>, ReadError> {
        self.check().map(|()| self.kept)
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
        let file = |cells: &str, more: &str| format!(r#"{{"nbformat": 4, "cells": [{cells}]{more}}}"#);
        assert!(read(&file(cell, "")).is_ok());
        for text in [file(both, ""), file(cell, r#", "worksheets": [{"cells": []}]"#)] {
            assert!(matches!(read(&text), Err(ReadError::TwoVersions)), "{text}");
        }
    }

    #[test]
    fn only_a_version_that_is_known_is_read_and_only_as_that_version() {
        // Jupyter takes a file without a version for one of version 1, and runs `code`.
        let cells = r#""cells": [{"cell_type": "code", "source": "print(1)", "code": "evil()"}]"#;
        let (sheets, input) = (format!(r#""worksheets": [{{{cells}}}]"#), cells.replace("source", "input"));
        let file = |nbformat: &str, cells: &str| read(&format!(r#"{{"nbformat": {nbformat}, {cells}}}"#));
        assert!(matches!(read(&format!("{{{cells}}}")), Err(ReadError::NoVersion)));
        for nbformat in ["\"4\"", "4.0", "true", "null", "-4"] {
            assert!(matches!(file(nbformat, cells), Err(ReadError::NoVersion)), "{nbformat}");
        }
        for nbformat in ["1", "2", "5"] {
            assert!(matches!(file(nbformat, cells), Err(ReadError::OtherVersion { .. })), "{nbformat}");
        }
        assert!(matches!(file("3", cells), Err(ReadError::NoCells)));
        assert!(matches!(file("4", &sheets), Err(ReadError::NoCells)));
        let source = |notebook: Result<Notebook, ReadError>| notebook.unwrap().cells[0].source.clone();
        assert_eq!(source(file("4", cells)), "print(1)");
        assert_eq!(source(file("4", &input)), "", "it is version 3's name");
        assert_eq!(source(file("3", &sheets)), "", "it is version 4's name");
    }

    #[test]
    fn more_lines_than_anybody_looks_at_are_refused() {
        let lines = "#\n".repeat(MAX_LINES);
        assert!(Notebook::read("a.py", lines.as_bytes()).is_ok());
        let more = Notebook::read("a.py", format!("{lines}#\n").as_bytes());
        assert!(matches!(more, Err(ReadError::TooManyLines { .. })));
    }

    #[test]
    fn more_code_than_a_parser_should_read_is_refused() {
        let read = |cells: &[usize]| {
            let cells = cells.iter().map(|bytes| format!("# %%\n{}\n", "#".repeat(*bytes)));
            Notebook::read("a.py", cells.collect::<String>().as_bytes())
        };
        let all = [MAX_CELL_BYTES; MAX_CODE_BYTES / MAX_CELL_BYTES];
        assert!(read(&all).is_ok());
        let large = read(&[1, MAX_CELL_BYTES + 1]).unwrap_err();
        assert!(large.to_string().starts_with("code cell 1 has 1048577 bytes"), "{large}");
        assert!(matches!(read(&[&all[..], &[1]].concat()), Err(ReadError::TooMuchCode { .. })));
    }

    #[test]
    fn code_cells_are_read_in_order_and_counted_with_empty_ones() {
        let text = r#"{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "m"},
            {"cell_type": "code", "source": "a"}, {"cell_type": "c\u006fde", "source": []},
            {"cell_type": "code", "source": ["b\n", 1, "c"]}]}"#;
        assert_eq!(sources(text), ["a", "", "b\nc"]);
    }

    #[test]
    fn version_3_has_its_cells_in_worksheets() {
        let text = r#"{"nbformat": 3, "worksheets": [{"cells": [
            {"cell_type": "code", "language": "python", "input": ["a\r\n", "b"], "prompt_number": 7}]}, {}, 1]}"#;
        let notebook = read(text).unwrap();
        let cell = Cell { source: "a\r\nb".to_owned(), execution_count: Some(7), ..Cell::default() };
        assert_eq!(notebook.cells, [cell]);
    }

    #[test]
    fn language_version_and_tags_are_read() {
        let text = r#"{"nbformat": 4, "cells": [
            {"cell_type": "code", "source": "", "metadata": {"tags": [1, " parameters"]}}],
            "metadata": {"kernelspec": {"language": "Scala"}, "language_info": {"version": "2.12"}}}"#;
        let notebook = read(text).unwrap();
        assert_eq!((notebook.language.as_str(), notebook.version.as_deref()), ("scala", Some("2.12")));
        assert!(notebook.cells[0].has_parameters_tag);
    }

    #[test]
    fn odd_fields_count_as_absent() {
        let text = r#"{"nbformat": 4, "cells": [
            {"cell_type": "code", "source": 7, "metadata": [], "execution_count": "x"},
            {"cell_type": 3}, {}], "metadata": null}"#;
        assert_eq!(sources(text), [""]);
        for metadata in [r#"{"kernelspec": 1, "language_info": {"name": "r"}}"#, r#"{"language_info": {"name": "R"}}"#]
        {
            let notebook = read(&format!(r#"{{"nbformat": 4, "cells": [], "metadata": {metadata}}}"#)).unwrap();
            assert_eq!(notebook.language, "r");
        }
    }

    #[test]
    fn what_is_no_notebook_is_an_error() {
        assert!(matches!(read("[]"), Err(ReadError::NoJson(_))));
        assert!(matches!(read("{"), Err(ReadError::NoJson(_))));
        assert!(matches!(read(r#"{"nbformat": 4}"#), Err(ReadError::NoCells)));
        assert!(matches!(read(r#"{"nbformat": 4, "cells": {}}"#), Err(ReadError::NoCells)));
        assert!(matches!(read(r#"{"nbformat": 4, "cells": [5]}"#), Err(ReadError::NoJson(_))));
        let half = r#"{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\ud800"}]}"#;
        assert!(matches!(read(half), Err(ReadError::NoJson(_))), "no code may vanish");
        assert!(matches!(Notebook::read("a.ipynb", b"\xff"), Err(ReadError::NoText)));
        let cell = r#"{"cell_type": "code"},"#.repeat(MAX_CELLS + 1);
        let many = format!(r#"{{"nbformat": 4, "cells": [{}]}}"#, cell.trim_end_matches(','));
        assert!(matches!(read(&many), Err(ReadError::TooManyCells { .. })));
        assert!(matches!(Notebook::read("a.py", &vec![b' '; MAX_BYTES + 1]), Err(ReadError::TooLarge { .. })));
    }
}
