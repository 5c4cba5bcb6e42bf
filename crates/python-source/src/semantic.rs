//! Errors that Python finds after parsing: `return` outside a function, a repeated keyword, `await` at the top level.
//!
//! The rules are the parser's own; this file walks the tree and says where the walk is. What needs a table of symbols
//! (`nonlocal` without a binding, a name used before its `global`) is left to CPython's `compile`.

use std::{cell::RefCell, mem};

use ruff_python_ast::{
    Expr, ExprDictComp, ExprGenerator, ExprListComp, ExprSetComp, PythonVersion, Stmt, StmtClassDef, StmtFor,
    StmtWhile,
    visitor::{Visitor, walk_expr, walk_stmt},
};
use ruff_python_parser::semantic_errors::{
    LazyImportContext, SemanticSyntaxChecker, SemanticSyntaxContext, SemanticSyntaxError,
};
use ruff_text_size::TextRange;

use crate::{Problem, Program, program::bytes};

impl Program {
    /// What a Python file may not hold although the parser reads it.
    #[must_use]
    pub fn semantic_errors(&self) -> Vec<Problem> {
        let mut walk = Walk {
            checker: SemanticSyntaxChecker::new(),
            found: RefCell::default(),
            text: self.text(),
            version: self.version().into(),
            scopes: vec![Scope::Module],
            in_loop: false,
            in_try: false,
        };
        walk.visit_body(self.statements());
        let errors = walk.found.into_inner();
        let problem = |error: &SemanticSyntaxError| Problem { range: bytes(error.range), message: error.to_string() };
        let mut problems: Vec<Problem> = errors.iter().map(problem).collect();
        // Two rules refuse an `await` outside a function.
        problems.dedup_by(|second, first| second.range == first.range);
        problems
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Scope {
    Module,
    Class,
    Function { is_async: bool },
    Comprehension { is_async: bool, generator: bool },
}

struct Walk<'a> {
    checker: SemanticSyntaxChecker,
    found: RefCell<Vec<SemanticSyntaxError>>,
    text: &'a str,
    version: PythonVersion,
    scopes: Vec<Scope>,
    in_loop: bool,
    in_try: bool,
}

impl Walk<'_> {
    fn check(&mut self, check: impl FnOnce(&mut SemanticSyntaxChecker, &Self)) {
        let mut checker = mem::take(&mut self.checker);
        check(&mut checker, self);
        self.checker = checker;
    }

    fn within(&mut self, scope: Scope, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(scope);
        walk(self);
        self.scopes.pop();
    }

    /// The innermost scope that is no comprehension.
    fn block(&self) -> Scope {
        let block = self.scopes.iter().rev().find(|scope| !matches!(scope, Scope::Comprehension { .. }));
        block.copied().unwrap_or(Scope::Module)
    }

    fn innermost(&self) -> Scope {
        self.scopes.last().copied().unwrap_or(Scope::Module)
    }
}

impl<'a> Visitor<'a> for Walk<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.check(|checker, at| checker.visit_stmt(stmt, at));
        match stmt {
            Stmt::ClassDef(StmtClassDef { arguments, body, decorator_list, type_params, .. }) => {
                decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
                type_params.iter().for_each(|params| self.visit_type_params(params));
                arguments.iter().for_each(|arguments| self.visit_arguments(arguments));
                let outside = mem::replace(&mut self.in_loop, false);
                self.within(Scope::Class, |walk| walk.visit_body(body));
                self.in_loop = outside;
            }
            Stmt::FunctionDef(function) => {
                let outside = mem::replace(&mut self.in_loop, false);
                self.within(Scope::Function { is_async: function.is_async }, |walk| walk_stmt(walk, stmt));
                self.in_loop = outside;
            }
            Stmt::For(StmtFor { target, iter, body, orelse, .. }) => {
                self.visit_expr(iter);
                self.visit_expr(target);
                let outside = mem::replace(&mut self.in_loop, true);
                self.visit_body(body);
                self.in_loop = outside;
                self.visit_body(orelse);
            }
            Stmt::While(StmtWhile { test, body, orelse, .. }) => {
                self.visit_expr(test);
                let outside = mem::replace(&mut self.in_loop, true);
                self.visit_body(body);
                self.in_loop = outside;
                self.visit_body(orelse);
            }
            Stmt::Try(_) => {
                let outside = mem::replace(&mut self.in_try, true);
                walk_stmt(self, stmt);
                self.in_try = outside;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.check(|checker, at| checker.visit_expr(expr, at));
        let (parts, generators, generator) = match expr {
            Expr::Lambda(_) => {
                return self.within(Scope::Function { is_async: false }, |walk| walk_expr(walk, expr));
            }
            Expr::ListComp(ExprListComp { elt, generators, .. })
            | Expr::SetComp(ExprSetComp { elt, generators, .. }) => ([Some(&**elt), None], generators, false),
            Expr::Generator(ExprGenerator { elt, generators, .. }) => ([Some(&**elt), None], generators, true),
            Expr::DictComp(ExprDictComp { key, value, generators, .. }) => {
                ([key.as_deref(), Some(&**value)], generators, false)
            }
            _ => return walk_expr(self, expr),
        };
        generators.iter().for_each(|part| self.visit_comprehension(part));
        let is_async = generators.iter().any(|part| part.is_async);
        self.within(Scope::Comprehension { is_async, generator }, |walk| {
            parts.into_iter().flatten().for_each(|part| walk.visit_expr(part));
        });
    }
}

impl SemanticSyntaxContext for Walk<'_> {
    fn future_annotations_or_stub(&self) -> bool {
        false
    }

    fn lazy_import_context(&self) -> Option<LazyImportContext> {
        match self.block() {
            Scope::Function { .. } => Some(LazyImportContext::Function),
            Scope::Class => Some(LazyImportContext::Class),
            _ => self.in_try.then_some(LazyImportContext::TryExceptBlocks),
        }
    }

    fn python_version(&self) -> PythonVersion {
        self.version
    }

    fn source(&self) -> &str {
        self.text
    }

    fn global(&self, _name: &str) -> Option<TextRange> {
        None
    }

    fn has_nonlocal_binding(&self, _name: &str) -> bool {
        true
    }

    fn in_async_context(&self) -> bool {
        match self.innermost() {
            Scope::Function { is_async } | Scope::Comprehension { is_async, .. } => is_async,
            Scope::Module | Scope::Class => false,
        }
    }

    fn in_await_allowed_context(&self) -> bool {
        matches!(self.block(), Scope::Function { .. })
    }

    fn in_yield_allowed_context(&self) -> bool {
        matches!(self.innermost(), Scope::Function { .. })
    }

    fn in_sync_comprehension(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope, Scope::Comprehension { is_async: false, .. }))
    }

    fn in_class_body_comprehension(&self) -> bool {
        self.innermost() != self.block() && self.block() == Scope::Class
    }

    fn in_module_scope(&self) -> bool {
        self.innermost() == Scope::Module
    }

    fn in_function_scope(&self) -> bool {
        matches!(self.innermost(), Scope::Function { .. })
    }

    fn in_generator_context(&self) -> bool {
        matches!(self.innermost(), Scope::Comprehension { generator: true, .. })
    }

    fn in_notebook(&self) -> bool {
        false
    }

    fn report_semantic_error(&self, error: SemanticSyntaxError) {
        self.found.borrow_mut().push(error);
    }

    fn in_loop_context(&self) -> bool {
        self.in_loop
    }

    fn is_bound_parameter(&self, _name: &str) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::{Program, Version};

    fn errors(text: &str) -> usize {
        let program = Program::module(text, Version { minor: 11 });
        assert!(program.syntax_errors().is_empty(), "{text}");
        program.semantic_errors().len()
    }

    #[test]
    fn what_the_parser_reads_and_python_refuses_is_found() {
        for refused in [
            "return 1\n",
            "break\n",
            "for x in y:\n    def f():\n        continue\n",
            "import os\nfrom __future__ import annotations\n",
            "def f():\n    from os import *\n",
            "f(a=1, a=2)\n",
            "def f(a, a): pass\n",
            "await f()\n",
            "async with a: pass\n",
            "class C:\n    yield 1\n",
            "*a = 1\n",
        ] {
            assert_eq!(errors(refused), 1, "{refused}");
        }
    }

    #[test]
    fn what_python_accepts_is_accepted() {
        for accepted in [
            "def f():\n    return 1\n",
            "async def f():\n    return [x async for x in y if await x]\n",
            "async def f():\n    async with a as b:\n        await b\n",
            "for x in y:\n    if x:\n        break\nelse:\n    pass\n",
            "from __future__ import annotations\nimport os\n",
            "def f():\n    yield from (x for x in y)\n",
            "class C:\n    x = [y for y in range(3)]\n    def f(self):\n        return lambda: (yield)\n",
            "while True:\n    try:\n        continue\n    finally:\n        pass\n",
        ] {
            assert_eq!(errors(accepted), 0, "{accepted}");
        }
    }
}
