//! The names that a function's body, a pattern or an expression binds, wherever in it.

use std::collections::HashSet;

use ruff_python_ast::{
    Expr, ExprContext, Pattern, Stmt,
    visitor::{Visitor, walk_expr, walk_pattern, walk_stmt},
};

/// What a function's body binds.
#[derive(Default)]
pub(crate) struct Bindings {
    pub local: Vec<String>,
    /// Declared as `global` and so not its own.
    pub global: Vec<String>,
}

/// The names bound in a function's body, functions and classes within not looked into.
pub(crate) fn bindings(body: &[Stmt]) -> Bindings {
    let mut found = Bindings::default();
    found.visit_body(body);
    let Bindings { local, global } = &mut found;
    let declared: HashSet<&String> = global.iter().collect();
    local.retain(|name| !declared.contains(name));
    found
}

impl<'a> Visitor<'a> for Bindings {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => self.local.push(function.name.to_string()),
            Stmt::ClassDef(class) => self.local.push(class.name.to_string()),
            Stmt::Global(of) => self.global.extend(of.names.iter().map(ToString::to_string)),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.local.extend(name.split('.').next().map(str::to_owned));
                }
            }
            Stmt::ImportFrom(import) => {
                let names = import.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name));
                self.local.extend(names.map(ToString::to_string));
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
        self.local.extend(handler.name.iter().map(ToString::to_string));
        self.visit_body(&handler.body);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx == ExprContext::Store => self.local.push(name.id.to_string()),
            Expr::Lambda(_) => {}
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::Generator(_) | Expr::DictComp(_) => {
                self.local.extend(walrus(expr));
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.local.extend(captured(pattern).map(str::to_owned));
        walk_pattern(self, pattern);
    }
}

/// The names that `:=` binds in a comprehension.
pub(crate) fn walrus(expr: &Expr) -> Vec<String> {
    struct Walk(Vec<String>);
    impl<'a> Visitor<'a> for Walk {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Lambda(_) => return,
                Expr::Named(named) => {
                    self.0.extend(named.target.as_name_expr().map(|name| name.id.to_string()));
                }
                _ => {}
            }
            walk_expr(self, expr);
        }
    }
    let mut walk = Walk(Vec::new());
    walk.visit_expr(expr);
    walk.0
}

/// The name that one pattern itself binds.
pub(crate) fn captured(pattern: &Pattern) -> Option<&str> {
    let name = match pattern {
        Pattern::MatchAs(of) => of.name.as_ref(),
        Pattern::MatchStar(of) => of.name.as_ref(),
        Pattern::MatchMapping(of) => of.rest.as_ref(),
        _ => None,
    };
    name.map(|name| name.as_str())
}
