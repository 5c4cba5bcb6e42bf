//! Literals: the strings of a program, and the defaults that its assignments give to names.

use std::{collections::HashSet, ops::Range};

use ruff_python_ast::{
    Expr, FStringPart, Number, Stmt, UnaryOp,
    visitor::{Visitor, walk_expr},
};
use ruff_text_size::Ranged;

use crate::{Program, program::bytes};

/// `name = literal` at the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The name.
    pub name: String,
    /// The literal as it is written.
    pub source: String,
    /// Its type.
    pub kind: LiteralKind,
    /// Where the literal stands.
    pub range: Range<usize>,
}

/// The type of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// Text.
    Str,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// `True` or `False`.
    Bool,
    /// A list of literals.
    List,
    /// A tuple of literals.
    Tuple,
    /// A dictionary of literals.
    Dict,
    /// `None`, which any value may replace.
    None,
}

impl LiteralKind {
    /// Python's name of the type; `None` has none that would help.
    #[must_use]
    pub fn python(self) -> Option<&'static str> {
        Some(match self {
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::None => return None,
        })
    }

    fn of(expr: &Expr) -> Option<Self> {
        let all = |parts: &[Expr]| parts.iter().all(|part| Self::of(part).is_some());
        Some(match expr {
            Expr::StringLiteral(_) => Self::Str,
            Expr::BooleanLiteral(_) => Self::Bool,
            Expr::NoneLiteral(_) => Self::None,
            Expr::NumberLiteral(number) => match number.value {
                Number::Int(_) => Self::Int,
                Number::Float(_) => Self::Float,
                Number::Complex { .. } => return None,
            },
            Expr::UnaryOp(unary) if matches!(unary.op, UnaryOp::USub | UnaryOp::UAdd) => {
                return Self::of(&unary.operand).filter(|kind| matches!(kind, Self::Int | Self::Float));
            }
            Expr::List(list) if all(&list.elts) => Self::List,
            Expr::Tuple(tuple) if all(&tuple.elts) => Self::Tuple,
            Expr::Dict(dict)
                if dict.items.iter().all(|item| {
                    matches!(item.key, Some(Expr::StringLiteral(_))) && Self::of(&item.value).is_some()
                }) =>
            {
                Self::Dict
            }
            _ => return None,
        })
    }
}

/// A literal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Where it stands, quotes included.
    pub range: Range<usize>,
    /// What it says.
    pub value: String,
}

impl Program {
    /// The names that are given a literal at the top level, in the order of the source, each with its last one.
    #[must_use]
    pub fn literal_assignments(&self) -> Vec<Assignment> {
        let mut found: Vec<Assignment> = Vec::new();
        for stmt in self.statements() {
            let (target, value) = match stmt {
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [target] => (target, &*assign.value),
                    _ => continue,
                },
                Stmt::AnnAssign(assign) => match &assign.value {
                    Some(value) => (&*assign.target, &**value),
                    None => continue,
                },
                _ => continue,
            };
            let (Expr::Name(name), Some(kind)) = (target, LiteralKind::of(value)) else { continue };
            let (name, range) = (name.id.to_string(), bytes(value.range()));
            found.push(Assignment { name, source: self.part(range.clone()).to_owned(), kind, range });
        }
        // Each name once, with its last value.
        let mut seen = HashSet::new();
        found.reverse();
        found.retain(|assignment| seen.insert(assignment.name.clone()));
        found.reverse();
        found
    }

    /// Every string literal; of one with values in it (an f-string) the parts that are text.
    #[must_use]
    pub fn texts(&self) -> Vec<Text> {
        let mut walk = Texts { found: Vec::new() };
        walk.visit_body(self.statements());
        walk.found
    }
}

struct Texts {
    found: Vec<Text>,
}

impl<'a> Visitor<'a> for Texts {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(text) => {
                self.found.push(Text { range: bytes(text.range), value: text.value.to_str().to_owned() });
            }
            Expr::FString(text) => {
                let literals = text.value.iter().flat_map(|part| -> Vec<&str> {
                    match part {
                        FStringPart::Literal(literal) => vec![&literal.value],
                        FStringPart::FString(part) => part.elements.literals().map(|literal| &*literal.value).collect(),
                    }
                });
                let value = literals.collect();
                self.found.push(Text { range: bytes(text.range), value });
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    #[test]
    fn a_name_with_a_literal_is_an_assignment_with_a_type() {
        let text =
            "month = '2026-05'\nlimit: int = -3\nratio = .5\nboth = a = 1\nseen = f()\nnames = ['a', 'b']\nlimit = 4\n";
        let found = Program::cell(text, Version { minor: 11 }).literal_assignments();
        let short: Vec<_> = found.iter().map(|a| (a.name.as_str(), a.source.as_str(), a.kind)).collect();
        assert_eq!(
            short,
            [
                ("month", "'2026-05'", LiteralKind::Str),
                ("ratio", ".5", LiteralKind::Float),
                ("names", "['a', 'b']", LiteralKind::List),
                ("limit", "4", LiteralKind::Int),
            ]
        );
    }

    #[test]
    fn texts_are_found_wherever_they_stand() {
        let text = "f('a', x={'k': \"b\"})\nu = f'sc://{host}:15002' 'c'\n";
        let found = Program::cell(text, Version { minor: 11 }).texts();
        assert_eq!(found.iter().map(|t| t.value.as_str()).collect::<Vec<_>>(), ["a", "k", "b", "sc://:15002c"]);
    }
}
