//! A source and its syntax tree.

use std::{fmt, ops::Range, str::FromStr};

use ruff_python_ast::{ModModule, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::TextRange;

use crate::{Problem, depth};

/// A version of Python, such as 3.11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The second number; the first is always 3.
    pub minor: u8,
}

/// The oldest version whose syntax the parser knows.
const OLDEST: u8 = 7;
/// The newest one.
const NEWEST: u8 = 15;

impl FromStr for Version {
    type Err = String;

    /// Reads `3.11`; a third number is ignored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.trim().split('.');
        let minor = match (numbers.next(), numbers.next().map(str::parse)) {
            (Some("3"), Some(Ok(minor @ OLDEST..=NEWEST))) => minor,
            _ => return Err(format!("`{text}` is not a Python version between 3.{OLDEST} and 3.{NEWEST}")),
        };
        Ok(Self { minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor)
    }
}

impl From<Version> for PythonVersion {
    fn from(version: Version) -> Self {
        Self { major: 3, minor: version.minor }
    }
}

/// Parsed source. It may have errors; then the tree has what the parser understood.
pub struct Program {
    text: String,
    parsed: Option<Parsed<ModModule>>,
    /// Where it is nested too deeply to be parsed.
    too_deep: Option<usize>,
    version: Version,
}

impl Program {
    /// Parses a cell of a notebook, in which IPython's escapes such as `%time` and `!ls` are nodes of the tree.
    #[must_use]
    pub fn cell(text: impl Into<String>, version: Version) -> Self {
        Self::parse(text.into(), Mode::Ipython, version)
    }

    /// Parses a Python file.
    #[must_use]
    pub fn module(text: impl Into<String>, version: Version) -> Self {
        Self::parse(text.into(), Mode::Module, version)
    }

    fn parse(text: String, mode: Mode, version: Version) -> Self {
        let too_deep = depth::too_deep(&text, mode);
        let options = ParseOptions::from(mode).with_target_version(version.into());
        let parsed = if too_deep.is_some() { None } else { parse_unchecked(&text, options).try_into_module() };
        Self { text, parsed, too_deep, version }
    }

    /// The source as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the source at `range`; empty where there is none.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// What is no Python at all.
    #[must_use]
    pub fn syntax_errors(&self) -> Vec<Problem> {
        if let Some(at) = self.too_deep {
            return vec![Problem { range: at..at, message: "Too deeply nested".to_owned() }];
        }
        let errors = self.parsed.iter().flat_map(Parsed::errors);
        errors.map(|error| Problem { range: bytes(error.location), message: error.error.to_string() }).collect()
    }

    /// What needs a newer Python than the program was parsed for.
    #[must_use]
    pub fn version_errors(&self) -> Vec<Problem> {
        let errors = self.parsed.iter().flat_map(Parsed::unsupported_syntax_errors);
        errors.map(|error| Problem { range: bytes(error.range), message: error.to_string() }).collect()
    }

    pub(crate) fn statements(&self) -> &[Stmt] {
        self.parsed.as_ref().map_or(&[], |parsed| parsed.suite())
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }
}

/// The parser's range as bytes of the source.
pub(crate) fn bytes(range: TextRange) -> Range<usize> {
    range.start().to_usize()..range.end().to_usize()
}

#[cfg(test)]
mod tests {
    use super::*;

    const V311: Version = Version { minor: 11 };

    #[test]
    fn what_is_no_python_is_told_with_its_place() {
        let errors = Program::module("x = 1\ny = = 2\n", V311).syntax_errors();
        assert_eq!(errors.first().map(|error| error.range.clone()), Some(10..11));
    }

    #[test]
    fn escapes_are_syntax_in_a_cell_only() {
        assert!(Program::cell("%time x = 1\nfiles = !ls\ndf?\n", V311).syntax_errors().is_empty());
        assert!(!Program::module("%time x = 1\n", V311).syntax_errors().is_empty());
    }

    #[test]
    fn newer_syntax_is_no_syntax_error_but_needs_a_newer_python() {
        let program = Program::module("type Pair[T] = tuple[T, T]\n", V311);
        assert!(program.syntax_errors().is_empty());
        let errors = program.version_errors();
        assert!(errors.iter().any(|error| error.message.contains("3.12")), "{errors:?}");
    }

    #[test]
    fn a_version_is_read_and_written() {
        assert_eq!("3.11.7".parse(), Ok(V311));
        assert_eq!(V311.to_string(), "3.11");
        for wrong in ["2.7", "3", "3.6", "3.99", "3.x", ""] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}
