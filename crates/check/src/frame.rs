//! What a program reads and writes through DataFrames.

use std::ops::Range;

use python_source::{Argument, Meaning, NodeId};

use crate::{kinds::Kinds, subject::Subject};

/// A table or a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Table,
    Path,
}

/// Something that is read or written.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub place: Place,
    /// Its name, if the program says it by a literal.
    pub name: Option<String>,
    pub range: Range<usize>,
    /// How it is written: `overwrite`, `append`; empty if that is not said.
    pub mode: Option<String>,
}

/// The most reads, and the most writes, that are compared with each other.
pub(crate) const MOST_ACCESSES: usize = 500;

/// Calls of one chain that are looked back at.
const MOST_LINKS: usize = 64;

/// Readers and writers of one format.
const OF_A_FORMAT: [&str; 7] = ["csv", "json", "parquet", "orc", "text", "xml", "avro"];

/// The value of an argument by its place or name.
pub(crate) fn argument(arguments: &[Argument], place: usize, names: &[&str]) -> Option<NodeId> {
    let by_name = |argument: &&Argument| argument.name.as_deref().is_some_and(|name| names.contains(&name));
    let by_place = arguments.iter().filter(|argument| argument.name.is_none()).nth(place);
    arguments.iter().find(by_name).or(by_place).map(|argument| argument.value)
}

/// A call of a method: its object, its name and its arguments.
pub(crate) struct Method<'a> {
    pub of: NodeId,
    pub name: &'a str,
    pub arguments: &'a [Argument],
    pub range: Range<usize>,
}

impl<'a> Subject<'a> {
    /// All calls of methods. A name that may be one of several methods counts as each of them.
    pub(crate) fn methods(&self) -> impl Iterator<Item = Method<'_>> {
        self.resolved.nodes().flat_map(move |(_, node)| {
            let mut found = Vec::new();
            if let Meaning::Call { of, arguments } = &node.meaning {
                for called in self.resolved.values(*of) {
                    if let Meaning::Attribute { of, name } = self.resolved.meaning(called) {
                        found.push(Method { of: *of, name, arguments, range: node.range.clone() });
                    }
                }
            }
            found
        })
    }

    /// The calls that a chain is made of, the last first: `b`, `a` for `x.a().b()`.
    pub(crate) fn chain(&self, id: NodeId) -> Vec<Method<'_>> {
        let mut found = Vec::new();
        let mut at = id;
        while found.len() < MOST_LINKS {
            at = match self.resolved.meaning(at) {
                Meaning::Call { of, arguments } => match self.resolved.meaning(*of) {
                    Meaning::Attribute { of, name } => {
                        let range = self.resolved.node(at).map_or(0..0, |node| node.range.clone());
                        found.push(Method { of: *of, name, arguments, range });
                        *of
                    }
                    _ => break,
                },
                Meaning::Attribute { of, .. } => *of,
                _ => break,
            };
        }
        found
    }

    /// The texts that an argument may be, at most [`MOST_ACCESSES`]; one `None` if it is no literal.
    fn names_of(&self, id: Option<NodeId>) -> Vec<Option<String>> {
        let Some(id) = id else { return Vec::new() };
        let values: Vec<NodeId> = self
            .resolved
            .values(id)
            .into_iter()
            .flat_map(|id| match self.resolved.meaning(id) {
                Meaning::List(items) => items.clone(),
                _ => vec![id],
            })
            .collect();
        let text = |id: NodeId| match self.resolved.meaning(id) {
            Meaning::Text { value, .. } => Some(value.clone()),
            _ => None,
        };
        // A list may name one large text thousands of times.
        values.into_iter().take(MOST_ACCESSES).map(text).collect()
    }

    /// What is read through readers and `spark.table`.
    pub(crate) fn reads(&self) -> Vec<Access> {
        let mut found = Vec::new();
        for method in self.methods() {
            if found.len() >= MOST_ACCESSES {
                break;
            }
            let kinds = self.kinds(method.of);
            let (place, argument) = match method.name {
                "table" if kinds.has(Kinds::SESSION.or(Kinds::READER)) => {
                    (Place::Table, argument(method.arguments, 0, &["tableName"]))
                }
                "load" if kinds.has(Kinds::READER) => (Place::Path, argument(method.arguments, 0, &["path"])),
                name if OF_A_FORMAT.contains(&name) && kinds.has(Kinds::READER) => {
                    (Place::Path, argument(method.arguments, 0, &["path", "paths"]))
                }
                "option" if kinds.has(Kinds::READER) && self.is_text(method.arguments, 0, "path") => {
                    (Place::Path, argument(method.arguments, 1, &["value"]))
                }
                _ => continue,
            };
            let range = method.range;
            found.extend(self.names_of(argument).into_iter().map(|name| Access {
                place,
                name,
                range: range.clone(),
                mode: None,
            }));
        }
        found
    }

    /// What is written through writers.
    pub(crate) fn writes(&self) -> Vec<Access> {
        let mut found = Vec::new();
        for method in self.methods() {
            if found.len() >= MOST_ACCESSES {
                break;
            }
            let kinds = self.kinds(method.of);
            let is_writer = kinds.has(Kinds::WRITER);
            let (place, target) = match method.name {
                "saveAsTable" | "insertInto" | "toTable" if is_writer => {
                    (Place::Table, argument(method.arguments, 0, &["name", "tableName"]))
                }
                "save" | "start" if is_writer => (Place::Path, argument(method.arguments, 0, &["path"])),
                name if OF_A_FORMAT.contains(&name) && is_writer => {
                    (Place::Path, argument(method.arguments, 0, &["path"]))
                }
                "writeTo" | "mergeInto" if kinds.has(Kinds::ANY_FRAME) => {
                    (Place::Table, argument(method.arguments, 0, &["table"]))
                }
                _ => continue,
            };
            let by_option = || {
                let chain = self.chain(method.of);
                let option = chain.iter().find(|link| link.name == "option" && self.is_text(link.arguments, 0, "path"));
                option.and_then(|link| argument(link.arguments, 1, &["value"]))
            };
            let names = self.names_of(target.or_else(by_option));
            let names = if names.is_empty() { vec![None] } else { names };
            let mode = self.mode(&method);
            found.extend(names.into_iter().map(|name| Access {
                place,
                name,
                range: method.range.clone(),
                mode: mode.clone(),
            }));
        }
        found
    }

    fn mode(&self, method: &Method<'_>) -> Option<String> {
        let own = method.arguments.iter().find(|argument| argument.name.as_deref() == Some("mode"));
        let chained = || {
            let chain = self.chain(method.of);
            chain.iter().find(|link| link.name == "mode").and_then(|link| argument(link.arguments, 0, &["saveMode"]))
        };
        let mode = own.map(|argument| argument.value).or_else(chained)?;
        self.names_of(Some(mode)).into_iter().next().flatten()
    }

    pub(crate) fn is_text(&self, arguments: &[Argument], place: usize, text: &str) -> bool {
        let values = argument(arguments, place, &["key", "name"]);
        self.names_of(values).iter().flatten().any(|value| value.eq_ignore_ascii_case(text))
    }
}
