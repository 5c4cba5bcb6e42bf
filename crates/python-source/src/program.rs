//! A source and its syntax tree.

use std::{fmt, ops::Range, panic::catch_unwind, str::FromStr};

use ruff_python_ast::{ModModule, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseError, ParseErrorType, ParseOptions, Parsed, parse_unchecked};
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
    /// Why it was not parsed.
    unread: Option<Problem>,
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
        let problem = |at, message: &str| Problem { range: at..at, message: message.to_owned() };
        let read = match depth::too_deep(&text, mode) {
            Some(at) => Err(problem(at, "Too deeply nested")),
            // The parser panics on some invalid sources, such as an open bracket before a line that begins with `?`.
            None => {
                let options = ParseOptions::from(mode).with_target_version(version.into());
                catch_unwind(|| parse_unchecked(&text, options)).map_err(|_| problem(0, "The parser gave up"))
            }
        };
        match read {
            Ok(parsed) => Self { parsed: parsed.try_into_module(), text, unread: None, version },
            Err(problem) => Self { parsed: None, text, unread: Some(problem), version },
        }
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
        let errors = self.parsed.iter().flat_map(Parsed::errors).filter(|error| !self.is_name(error));
        let errors = errors.map(|error| Problem { range: bytes(error.location), message: error.error.to_string() });
        self.unread.iter().cloned().chain(errors).collect()
    }

    /// Whether the parser takes the variable in `a = 1; match = 2` for the statement `match`, which must not stand there. Its
    /// newest version (0.0.20) does so, too; the tree is right.
    fn is_name(&self, error: &ParseError) -> bool {
        let rest = self.text.get(bytes(error.location).start..).and_then(|text| text.strip_prefix("match"));
        error.error == ParseErrorType::SimpleAndCompoundStatementOnSameLine
            && rest.is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(['=', '.', ',', ':', ';']))
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
    fn a_variable_called_match_is_no_statement() {
        for source in ["a = 1; match = 2\n", "if a:\n    a = 1; match.b = 2\n", "a = 1; match: int = 2; b = 3\n"] {
            assert_eq!(Program::module(source, V311).syntax_errors(), [], "{source}");
        }
        assert!(!Program::module("a = 1; match b:\n    case 1: pass\n", V311).syntax_errors().is_empty());
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
    fn a_source_on_which_the_parser_panics_is_no_python() {
        for text in ["{]\n?", "(]\n,f a\n"] {
            assert!(!Program::cell(text, V311).syntax_errors().is_empty(), "{text}");
        }
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
