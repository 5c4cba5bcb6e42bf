//! IPython's escapes in a cell: `%magic`, `!shell`, `object?`.

use std::ops::Range;

use ruff_python_ast::{
    ExceptHandler, Expr, IpyEscapeKind, Stmt,
    visitor::{Visitor, walk_body, walk_expr, walk_stmt},
};
use ruff_text_size::Ranged;

use crate::{Program, program::bytes};

/// An escape, which is a whole statement or the value of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escape {
    /// Where it stands, from its first sign to the end of its line; in an assignment without the names.
    pub range: Range<usize>,
    /// What it does.
    pub kind: EscapeKind,
    /// What follows the sign.
    pub value: String,
    /// The name that its result is bound to, such as `files` in `files = !ls`; other targets as they are written.
    pub target: Option<String>,
    /// Its block has nothing but escapes, so that the block is empty if they go.
    pub alone: bool,
    /// It stands in an indented block.
    pub nested: bool,
}

/// What an escape does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeKind {
    /// `%name`.
    Magic,
    /// `%%name`, which is one on a cell's first line only.
    CellMagic,
    /// `!command`.
    Shell,
    /// `!!command`: like `!command`, and the output is a value.
    ShellOutput,
    /// `object?`.
    Help,
    /// `,f a b`, `;f a b` and `/f a b`: a call without parentheses.
    Call,
}

impl From<IpyEscapeKind> for EscapeKind {
    fn from(kind: IpyEscapeKind) -> Self {
        match kind {
            IpyEscapeKind::Magic => Self::Magic,
            IpyEscapeKind::Magic2 => Self::CellMagic,
            IpyEscapeKind::Shell => Self::Shell,
            IpyEscapeKind::ShCap => Self::ShellOutput,
            IpyEscapeKind::Help | IpyEscapeKind::Help2 => Self::Help,
            IpyEscapeKind::Quote | IpyEscapeKind::Quote2 | IpyEscapeKind::Paren => Self::Call,
        }
    }
}

impl Program {
    /// All escapes, in the order of the source.
    #[must_use]
    pub fn escapes(&self) -> Vec<Escape> {
        let mut walk = Walk { program: self, found: Vec::new(), alone: false, depth: 0, target: None };
        walk.visit_body(self.statements());
        walk.found
    }
}

struct Walk<'a> {
    program: &'a Program,
    found: Vec<Escape>,
    alone: bool,
    depth: usize,
    target: Option<String>,
}

impl<'a> Visitor<'a> for Walk<'_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let outside = self.alone;
        self.alone = body.iter().all(|stmt| matches!(stmt, Stmt::IpyEscapeCommand(_)));
        self.depth += 1;
        walk_body(self, body);
        self.depth -= 1;
        self.alone = outside;
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        self.visit_body(&handler.body);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::IpyEscapeCommand(escape) => {
                self.add(bytes(escape.range), escape.kind, &escape.value, None);
            }
            Stmt::Assign(assign) => {
                let targets = assign.targets.first().zip(assign.targets.last());
                self.target = targets.map(|(first, last)| {
                    let range = bytes(first.range().cover(last.range()));
                    self.program.part(range).to_owned()
                });
                walk_stmt(self, stmt);
                self.target = None;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::IpyEscapeCommand(escape) => {
                let target = self.target.clone();
                self.add(bytes(escape.range), escape.kind, &escape.value, target);
            }
            _ => walk_expr(self, expr),
        }
    }
}

impl Walk<'_> {
    fn add(&mut self, range: Range<usize>, kind: IpyEscapeKind, value: &str, target: Option<String>) {
        let (alone, nested) = (self.alone, self.depth > 1);
        self.found.push(Escape { range, kind: kind.into(), value: value.to_owned(), target, alone, nested });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    fn escapes(text: &str) -> Vec<(String, EscapeKind, String, Option<String>, bool)> {
        let program = Program::cell(text, Version { minor: 11 });
        assert!(program.syntax_errors().is_empty(), "{:?}", program.syntax_errors());
        let escapes = program.escapes().into_iter();
        escapes.map(|e| (program.part(e.range).to_owned(), e.kind, e.value, e.target, e.alone && e.nested)).collect()
    }

    #[test]
    fn statements_and_values_of_assignments_are_found() {
        let found = escapes("%time x = 1\nfiles = !ls {folder}\n!!date\ndf?\n,f a b\ns = '''\n%time\n'''\n");
        let short: Vec<_> = found.iter().map(|e| (e.0.as_str(), e.1, e.2.as_str(), e.3.as_deref())).collect();
        assert_eq!(
            short,
            [
                ("%time x = 1", EscapeKind::Magic, "time x = 1", None),
                ("!ls {folder}", EscapeKind::Shell, "ls {folder}", Some("files")),
                ("!!date", EscapeKind::ShellOutput, "date", None),
                ("df?", EscapeKind::Help, "df", None),
                (",f a b", EscapeKind::Call, "f a b", None),
            ]
        );
    }

    #[test]
    fn an_escape_knows_whether_its_block_is_empty_without_it() {
        let found = escapes("if a:\n  %time\n  !ls\nelse:\n  x = 1\n  !ls\ntry:\n    pass\nexcept E:\n    !ls\n");
        assert_eq!(found.iter().map(|e| e.4).collect::<Vec<_>>(), [true, true, false, true]);
    }
}
