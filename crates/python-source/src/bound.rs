//! Every name that a program binds anywhere, in functions too.

use std::collections::HashSet;

use ruff_python_ast::{
    ExceptHandler, Expr, ExprContext, Parameters, Pattern, Stmt,
    visitor::{Visitor, walk_except_handler, walk_expr, walk_parameters, walk_pattern, walk_stmt},
};

use crate::{Program, bindings::captured};

impl Program {
    /// The names that it binds: by assignment, import, definition, as parameters. What `from module import *` binds is
    /// not among them.
    #[must_use]
    pub fn bound(&self) -> HashSet<String> {
        let mut walk = Walk(HashSet::new());
        walk.visit_body(self.statements());
        walk.0
    }
}

struct Walk(HashSet<String>);

impl<'a> Visitor<'a> for Walk {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let aliases = match stmt {
            Stmt::FunctionDef(function) => {
                self.0.insert(function.name.to_string());
                &[][..]
            }
            Stmt::ClassDef(class) => {
                self.0.insert(class.name.to_string());
                &[]
            }
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) => &import.names,
            _ => &[],
        };
        for alias in aliases {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.0.extend(name.split('.').next().map(str::to_owned));
        }
        walk_stmt(self, stmt);
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        self.0.extend(parameters.iter().map(|parameter| parameter.name().to_string()));
        walk_parameters(self, parameters);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(of) = handler;
        self.0.extend(of.name.iter().map(ToString::to_string));
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.0.extend(captured(pattern).map(str::to_owned));
        walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx == ExprContext::Store
        {
            self.0.insert(name.id.to_string());
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Program, Version};

    #[test]
    fn names_are_found_wherever_they_are_bound() {
        let text = "import a.b\ndef c(d, *e, f=1):\n    g = lambda h: (i := h)\n    for j in d: pass\nx: int\n";
        let bound = Program::cell(text, Version { minor: 11 }).bound();
        let mut bound: Vec<&str> = bound.iter().map(String::as_str).collect();
        bound.sort_unstable();
        assert_eq!(bound, ["a", "c", "d", "e", "f", "g", "h", "i", "j", "x"]);
    }
}
