//! What a program is made of: `from __future__ import …`, one expression, or nothing.

use std::ops::Range;

use ruff_python_ast::Stmt;

use crate::{Program, program::bytes};

/// One `from __future__ import …` at the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FutureImport {
    /// The whole statement.
    pub range: Range<usize>,
    /// The features.
    pub features: Vec<String>,
    /// Something that is neither such an import nor a text stands before it, which Python refuses.
    pub is_late: bool,
}

impl Program {
    /// The imports from `__future__` at the top level.
    #[must_use]
    pub fn future_imports(&self) -> Vec<FutureImport> {
        let mut found = Vec::new();
        let mut is_late = false;
        for stmt in self.statements() {
            match stmt {
                Stmt::ImportFrom(import) if import.level == 0 && import.module.as_deref() == Some("__future__") => {
                    let features = import.names.iter().map(|alias| alias.name.to_string()).collect();
                    found.push(FutureImport { range: bytes(import.range), features, is_late });
                }
                Stmt::Expr(text) if text.value.is_string_literal_expr() => {}
                _ => is_late = true,
            }
        }
        found
    }

    /// Whether it is one expression and nothing else.
    #[must_use]
    pub fn is_expression(&self) -> bool {
        matches!(self.statements(), [Stmt::Expr(_)])
    }

    /// Whether there is no statement, only comments and blanks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    #[test]
    fn the_features_are_found() {
        let text = "'doc'\nfrom __future__ import (annotations,\n  division)\nfrom .__future__ import a\n";
        let found = Program::cell(text, Version { minor: 11 }).future_imports();
        let features = vec!["annotations".to_owned(), "division".to_owned()];
        assert_eq!(found, [FutureImport { range: 6..54, features, is_late: false }]);
        let late = Program::cell("x = 1\nfrom __future__ import annotations\n", Version { minor: 11 });
        assert!(late.future_imports().iter().all(|import| import.is_late));
    }
}
