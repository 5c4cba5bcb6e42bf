//! The names that a program defines and uses, in the order in which it runs.

use std::{collections::HashSet, ops::Range};

use ruff_python_ast::{
    ExceptHandler, Expr, ExprContext, ExprDictComp, ExprGenerator, ExprListComp, ExprSetComp, Parameters, Pattern,
    Stmt, TypeParams,
    visitor::{Visitor, walk_expr, walk_pattern, walk_stmt},
};
use ruff_text_size::{Ranged, TextRange};

use crate::{
    Program,
    bindings::{self, bindings},
    program::bytes,
};

/// One step of a program, as far as its global names go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameEvent {
    /// From here on the name has a value.
    Defined(String),
    /// `from module import *`: any name may have one.
    Star,
    /// The name's value is asked for, and no function or class around it gives it one.
    Used(NameUse),
}

/// A global name that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameUse {
    /// The name.
    pub name: String,
    /// Where it is used.
    pub range: Range<usize>,
    /// In a function, which runs later.
    pub deferred: bool,
    /// Where a missing name is expected: in a `try` that catches it, or behind a look into `globals()`.
    pub guarded: bool,
    /// In an annotation, which need not be looked at.
    pub annotation: bool,
}

impl Program {
    /// All definitions and uses of global names, in the order in which the program runs.
    #[must_use]
    pub fn names(&self) -> Vec<NameEvent> {
        let mut walk = Walk::default();
        walk.visit_body(self.statements());
        walk.events
    }
}

/// A function, class or comprehension around the walk, with the names that it binds itself.
struct Scope {
    bound: HashSet<String>,
    /// Its names are not seen by functions within.
    class: bool,
}

#[derive(Default)]
struct Walk {
    events: Vec<NameEvent>,
    scopes: Vec<Scope>,
    functions: usize,
    guards: usize,
    annotations: usize,
}

impl Walk {
    fn define(&mut self, name: &str) {
        match self.scopes.last_mut() {
            None => self.events.push(NameEvent::Defined(name.to_owned())),
            Some(scope) => {
                scope.bound.insert(name.to_owned());
            }
        }
    }

    fn use_name(&mut self, name: &str, range: TextRange) {
        let mut scopes = self.scopes.iter().rev();
        let innermost = scopes.next().is_some_and(|scope| scope.bound.contains(name));
        if innermost || scopes.any(|scope| !scope.class && scope.bound.contains(name)) {
            return;
        }
        let (deferred, guarded, annotation) = (self.functions > 0, self.guards > 0, self.annotations > 0);
        let (name, range) = (name.to_owned(), bytes(range));
        self.events.push(NameEvent::Used(NameUse { name, range, deferred, guarded, annotation }));
    }

    fn within(&mut self, bound: HashSet<String>, class: bool, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(Scope { bound, class });
        walk(self);
        self.scopes.pop();
    }

    fn guarded(&mut self, guard: bool, walk: impl FnOnce(&mut Self)) {
        self.guards += usize::from(guard);
        walk(self);
        self.guards -= usize::from(guard);
    }

    fn deferred(&mut self, walk: impl FnOnce(&mut Self)) {
        self.functions += 1;
        walk(self);
        self.functions -= 1;
    }

    fn annotation(&mut self, annotation: &Expr) {
        self.annotations += 1;
        self.deferred(|walk| walk.visit_expr(annotation));
        self.annotations -= 1;
    }

    fn function(&mut self, parameters: Option<&Parameters>, body: Body<'_>) {
        let mut bound: HashSet<String> =
            parameters.iter().flat_map(|all| all.iter()).map(|one| one.name().to_string()).collect();
        let globals = match body {
            Body::Statements(stmts) => {
                let found = bindings(stmts);
                bound.extend(found.local);
                found.global
            }
            Body::Expression(_) => Vec::new(),
        };
        // A function that is called may define what it declares as global.
        globals.iter().for_each(|name| self.events.push(NameEvent::Defined(name.clone())));
        self.deferred(|walk| {
            walk.within(bound, false, |walk| match body {
                Body::Statements(stmts) => walk.visit_body(stmts),
                Body::Expression(expr) => walk.visit_expr(expr),
            });
        });
    }

    /// Defaults run with the `def` itself, annotations perhaps never.
    fn signature(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            parameter.default.iter().for_each(|default| self.visit_expr(default));
        }
        let annotations: Vec<_> = parameters.iter().filter_map(|parameter| parameter.annotation()).collect();
        annotations.iter().for_each(|annotation| self.annotation(annotation));
    }

    fn type_params(params: Option<&TypeParams>) -> HashSet<String> {
        params.iter().flat_map(|params| params.iter()).map(|param| param.name().to_string()).collect()
    }
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Statements(&'a [Stmt]),
    Expression(&'a Expr),
}

impl<'a> Visitor<'a> for Walk {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                function.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                let params = Self::type_params(function.type_params.as_deref());
                self.within(params, false, |walk| {
                    walk.signature(&function.parameters);
                    function.returns.iter().for_each(|returns| walk.annotation(returns));
                    walk.function(Some(&function.parameters), Body::Statements(&function.body));
                });
                self.define(&function.name);
            }
            Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                let params = Self::type_params(class.type_params.as_deref());
                self.within(params, false, |walk| {
                    class.arguments.iter().for_each(|arguments| walk.visit_arguments(arguments));
                    walk.within(HashSet::from(["__module__".to_owned(), "__qualname__".to_owned()]), true, |walk| {
                        walk.visit_body(&class.body);
                    });
                });
                self.define(&class.name);
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.define(name.split('.').next().unwrap_or_default());
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    match alias.name.as_str() {
                        "*" => self.events.push(NameEvent::Star),
                        _ => self.define(alias.asname.as_ref().unwrap_or(&alias.name)),
                    }
                }
            }
            Stmt::Assign(assign) => {
                self.visit_expr(&assign.value);
                assign.targets.iter().for_each(|target| self.visit_expr(target));
            }
            Stmt::AnnAssign(assign) => {
                self.annotation(&assign.annotation);
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                    self.visit_expr(&assign.target);
                }
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.use_name(&name.id, name.range);
                }
                self.visit_expr(&assign.value);
                self.visit_expr(&assign.target);
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    self.define(&name.id);
                }
                let params = Self::type_params(alias.type_params.as_deref());
                self.within(params, false, |walk| walk.deferred(|walk| walk.visit_expr(&alias.value)));
            }
            Stmt::For(of) => {
                self.visit_expr(&of.iter);
                self.visit_expr(&of.target);
                self.visit_body(&of.body);
                self.visit_body(&of.orelse);
            }
            Stmt::Try(of) => {
                let guard = of.handlers.iter().any(catches_missing_names);
                self.guarded(guard, |walk| walk.visit_body(&of.body));
                of.handlers.iter().for_each(|handler| self.visit_except_handler(handler));
                self.visit_body(&of.orelse);
                self.visit_body(&of.finalbody);
            }
            Stmt::If(of) => {
                let guard = looks_for_names(&of.test);
                self.guarded(guard, |walk| walk_stmt(walk, stmt));
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        handler.type_.iter().for_each(|kind| self.visit_expr(kind));
        handler.name.iter().for_each(|name| self.define(name));
        self.visit_body(&handler.body);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        let (parts, generators) = match expr {
            Expr::Name(name) => {
                return match name.ctx {
                    ExprContext::Load => self.use_name(&name.id, name.range()),
                    ExprContext::Store => self.define(&name.id),
                    ExprContext::Del | ExprContext::Invalid => {}
                };
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.define(&name.id);
                }
                return;
            }
            Expr::Lambda(lambda) => {
                lambda.parameters.iter().for_each(|parameters| self.signature(parameters));
                return self.function(lambda.parameters.as_deref(), Body::Expression(&lambda.body));
            }
            Expr::ListComp(ExprListComp { elt, generators, .. })
            | Expr::SetComp(ExprSetComp { elt, generators, .. })
            | Expr::Generator(ExprGenerator { elt, generators, .. }) => ([Some(&**elt), None], generators),
            Expr::DictComp(ExprDictComp { key, value, generators, .. }) => {
                ([key.as_deref(), Some(&**value)], generators)
            }
            _ => return walk_expr(self, expr),
        };
        self.within(HashSet::new(), false, |walk| {
            for part in generators {
                walk.visit_expr(&part.iter);
                walk.visit_expr(&part.target);
                part.ifs.iter().for_each(|condition| walk.visit_expr(condition));
            }
            parts.into_iter().flatten().for_each(|part| walk.visit_expr(part));
        });
        // A name that `:=` binds in a comprehension belongs to the block around it.
        bindings::walrus(expr).iter().for_each(|name| self.define(name));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        walk_pattern(self, pattern);
        bindings::captured(pattern).into_iter().for_each(|name| self.define(name));
    }
}

fn catches_missing_names(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let named = |expr: &Expr| {
        let name = expr.as_name_expr();
        name.is_some_and(|name| matches!(name.id.as_str(), "NameError" | "Exception" | "BaseException"))
    };
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(named),
        Some(kind) => named(kind),
    }
}

fn looks_for_names(test: &Expr) -> bool {
    struct Look(bool);
    impl<'a> Visitor<'a> for Look {
        fn visit_expr(&mut self, expr: &'a Expr) {
            let name = expr.as_name_expr();
            self.0 |= name.is_some_and(|name| matches!(name.id.as_str(), "globals" | "locals" | "vars" | "dir"));
            walk_expr(self, expr);
        }
    }
    let mut look = Look(false);
    look.visit_expr(test);
    look.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    /// `+name` for a definition, `name` for a use, `(name)` in a function, `[name]` where it is guarded.
    fn names(text: &str) -> String {
        let program = Program::cell(text, Version { minor: 12 });
        assert!(program.syntax_errors().is_empty(), "{:?}", program.syntax_errors());
        let word = |event: NameEvent| match event {
            NameEvent::Defined(name) => format!("+{name}"),
            NameEvent::Star => "*".to_owned(),
            NameEvent::Used(NameUse { name, guarded: true, .. }) => format!("[{name}]"),
            NameEvent::Used(NameUse { name, deferred: true, .. }) => format!("({name})"),
            NameEvent::Used(NameUse { name, .. }) => name,
        };
        program.names().into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn statements_define_and_use_names_in_the_order_in_which_they_run() {
        assert_eq!(names("x = y\nx += z\n"), "y +x x z +x");
        assert_eq!(names("import a.b, c as d\nfrom e import f as g, h\nfrom i import *\n"), "+a +d +g +h *");
        assert_eq!(names("for i in j:\n    with k as l:\n        del l\n"), "j +i k +l");
        assert_eq!(names("x: T\ny: T = 1\n"), "(T) (T) +y");
        assert_eq!(names("if (n := f()): print(n)\n"), "f +n print n");
        assert_eq!(
            names("match v:\n    case [a, *b]: a\n    case {'k': c, **d}: pass\n    case C(e) as g: pass\n"),
            "v +a +b a +c +d C +e +g"
        );
    }

    #[test]
    fn a_functions_own_names_are_its_own() {
        assert_eq!(names("def f(a, b=c, *d, **e):\n    g = a + h\n    def i(): return g + j\n"), "c (h) (j) +f");
        assert_eq!(names("def f():\n    global x\n    x = 1\n"), "+x +f");
        assert_eq!(names("f = lambda a, b=c: a + d\n"), "c (d) +f");
        assert_eq!(names("def f[T](x: T) -> U: pass\n"), "(U) +f");
        assert_eq!(names("class A(B):\n    x = y\n    z = x\n    def f(self): return x\n"), "B y (x) +A");
    }

    #[test]
    fn a_comprehensions_names_are_its_own_but_for_the_walrus() {
        assert_eq!(names("[a for a in b if (c := a)]\nc\n"), "b +c c");
        assert_eq!(names("{k: v for k, v in d}\n"), "d");
    }

    #[test]
    fn a_name_may_be_missing_where_the_program_expects_that() {
        assert_eq!(names("try:\n    x\nexcept NameError:\n    y\n"), "[x] NameError y");
        assert_eq!(names("if 'x' in globals():\n    x\n"), "[globals] [x]");
    }
}
