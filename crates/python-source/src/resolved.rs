//! What the expressions of a program stand for: imports, aliases, calls and literal texts, followed through assignments.
//!
//! [`Program::resolved`] gives every expression a [`Node`]. `s = spark; s.sql("…")` is a call of the attribute `sql` of
//! the global name `spark`, whatever `s` is called. Where a name may have several values it is [`Meaning::Any`] of them;
//! what cannot be followed is [`Meaning::Unknown`], never a guess.

mod calls;
mod flow;
mod names;
mod texts;

#[cfg(test)]
mod tests;

use std::{fmt, ops::Range};

use crate::Program;

/// The most expressions that are followed; then [`Resolved::partial`] is true.
pub const MAX_NODES: usize = 200_000;

/// An expression's place in [`Resolved::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// Its index among all nodes.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// What an expression stands for, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it stands for.
    pub meaning: Meaning,
    /// Bytes of the source.
    pub range: Range<usize>,
}

/// What an expression stands for.
#[derive(Clone, PartialEq)]
pub enum Meaning {
    /// It cannot be said.
    Unknown,
    /// Something that an import names, such as `pyspark.sql.functions`. A relative import begins with a dot.
    Imported(String),
    /// A name that the program gives no value: Python's own, or one of the notebook.
    Global(String),
    /// A parameter of a function that the program does not call, with its annotation.
    Parameter {
        /// The name.
        name: String,
        /// What its annotation stands for.
        annotation: Option<NodeId>,
    },
    /// `of.name`, or `getattr(of, "name")`.
    Attribute {
        /// The object.
        of: NodeId,
        /// The attribute.
        name: String,
    },
    /// `of(…)`.
    Call {
        /// What is called.
        of: NodeId,
        /// The arguments, in the order of the source.
        arguments: Vec<Argument>,
    },
    /// A text.
    Text {
        /// What it says.
        value: String,
        /// Bytes of the source that are the value, character by character; none if it has escapes or several parts.
        verbatim: Option<Range<usize>>,
    },
    /// A text of which only some parts are known.
    Template,
    /// A number, `True`, `None`, `…`.
    Constant(String),
    /// A list, tuple or set.
    List(Vec<NodeId>),
    /// A dictionary: keys and values.
    Dict(Vec<(NodeId, NodeId)>),
    /// An element of `of`.
    Item {
        /// What has the element.
        of: NodeId,
        /// Which one; `of` itself if it may be any, as in a loop.
        key: NodeId,
    },
    /// A function, method or class of the program.
    Defined(String),
    /// One of these.
    Any(Vec<NodeId>),
}

/// Like what is derived, with texts by length only: they may be secrets.
impl fmt::Debug for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("Unknown"),
            Self::Imported(path) => write!(f, "Imported({path})"),
            Self::Global(name) => write!(f, "Global({name})"),
            Self::Parameter { name, .. } => write!(f, "Parameter({name})"),
            Self::Attribute { of, name } => write!(f, "Attribute({of:?}, {name})"),
            Self::Call { of, arguments } => write!(f, "Call({of:?}, {} arguments)", arguments.len()),
            Self::Text { value, .. } => write!(f, "Text({} bytes)", value.len()),
            Self::Template => f.write_str("Template"),
            Self::Constant(_) => f.write_str("Constant"),
            Self::List(items) => write!(f, "List({})", items.len()),
            Self::Dict(items) => write!(f, "Dict({})", items.len()),
            Self::Item { of, .. } => write!(f, "Item({of:?})"),
            Self::Defined(name) => write!(f, "Defined({name})"),
            Self::Any(of) => write!(f, "Any({of:?})"),
        }
    }
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its keyword.
    pub name: Option<String>,
    /// `*value` or `**value`: it stands for any number of arguments.
    pub spread: bool,
    /// Its value.
    pub value: NodeId,
}

/// One imported module or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The dotted path, such as `pyspark.sql.functions`; `os.path` for `from os import path`, `os.*` for a star.
    pub path: String,
    /// Where it stands.
    pub range: Range<usize>,
}

/// A statement that is nothing but an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The expression.
    pub value: NodeId,
    /// The statement.
    pub statement: Range<usize>,
    /// It is the program's last statement, whose value a notebook shows.
    pub last: bool,
}

/// A program's expressions with what they stand for.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    pub(crate) nodes: Vec<Node>,
    /// All imports, also those in functions.
    pub imports: Vec<Import>,
    /// The statements that are nothing but an expression.
    pub shown: Vec<Shown>,
    /// Names of functions that the program defines and never calls itself.
    pub uncalled: Vec<String>,
    /// Where the program could not be followed any further: it is too large, too deep, or calls a function too often.
    pub partial: Option<Range<usize>>,
}

impl Resolved {
    /// All expressions in the order in which they are evaluated; parts come before what is made of them.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).map(NodeId).zip(&self.nodes)
    }

    /// One expression.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(usize::try_from(id.0).ok()?)
    }

    /// What an expression stands for.
    #[must_use]
    pub fn meaning(&self, id: NodeId) -> &Meaning {
        self.node(id).map_or(&Meaning::Unknown, |node| &node.meaning)
    }

    /// The values that an expression may have: those of [`Meaning::Any`], else itself.
    #[must_use]
    pub fn values(&self, id: NodeId) -> Vec<NodeId> {
        match self.meaning(id) {
            Meaning::Any(of) => of.clone(),
            _ => vec![id],
        }
    }

    /// The texts that an expression may be; none if one of its values is no literal text.
    #[must_use]
    pub fn texts(&self, id: NodeId) -> Option<Vec<(NodeId, &str)>> {
        let text = |id| match self.meaning(id) {
            Meaning::Text { value, .. } => Some((id, value.as_str())),
            _ => None,
        };
        self.values(id).into_iter().map(text).collect()
    }
}

impl Program {
    /// Follows the program's names and gives every expression what it stands for. A function's body is followed again with
    /// other arguments, so the time is not linear in the source. A fixed number of steps bounds it, after which
    /// [`Resolved::partial`] says where the program was left.
    #[must_use]
    pub fn resolved(&self) -> Resolved {
        flow::Flow::new(self).run()
    }
}
