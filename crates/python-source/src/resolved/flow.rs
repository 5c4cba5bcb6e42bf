//! Walks a program in the order in which it runs.

use std::{collections::HashMap, ops::Range};

use ruff_python_ast::{
    ExceptHandler, Expr, ExprContext, Operator, Pattern, Stmt, StmtClassDef, StmtFunctionDef, StmtImportFrom,
    visitor::{Visitor, walk_expr, walk_pattern},
};
use ruff_text_size::Ranged;

use super::{
    Import, MAX_NODES, Meaning, Node, NodeId, Resolved, Shown,
    names::{Changed, MOST_VALUES, Names, Scope},
    texts::MOST_JOINED,
};
use crate::{Program, bindings::captured, program::bytes};

/// How deeply expressions and blocks are followed into each other, calls included.
const MOST_DEPTH: usize = 400;

/// The most steps, over the whole program. A function that is defined again may be followed again, so functions that
/// define and call functions would otherwise take exponential time.
const MOST_STEPS: usize = 2_000_000;

/// So many bytes of source cost one step more, because texts and names are copied.
const BYTES_OF_A_STEP: usize = 16;

/// A function of the program.
pub(super) struct Function<'a> {
    pub of: &'a StmtFunctionDef,
    pub runs: usize,
    pub running: bool,
    pub called: bool,
    pub returned: Vec<NodeId>,
}

/// A walk of the program.
pub(super) struct Flow<'a> {
    pub(super) program: &'a Program,
    pub(super) names: Names,
    pub(super) functions: Vec<Function<'a>>,
    /// What the function that is followed returns.
    pub(super) returned: Vec<NodeId>,
    /// Functions that are followed right now.
    pub(super) calls: usize,
    /// Bytes that texts may still be joined to.
    pub(super) joinable: usize,
    found: Resolved,
    function_nodes: HashMap<NodeId, usize>,
    /// Values that attributes of unknown objects were given, such as `self.spark`.
    attributes: HashMap<String, NodeId>,
    depth: usize,
    steps: usize,
}

impl<'a> Flow<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self {
            program,
            names: Names::new(),
            functions: Vec::new(),
            returned: Vec::new(),
            calls: 0,
            joinable: MOST_JOINED,
            found: Resolved::default(),
            function_nodes: HashMap::new(),
            attributes: HashMap::new(),
            depth: 0,
            steps: 0,
        }
    }

    pub(super) fn run(mut self) -> Resolved {
        let statements = self.program.statements();
        self.body(statements);
        self.found.uncalled = self.uncalled();
        if let Some(Stmt::Expr(last)) = statements.last() {
            let found = &self.found;
            let at = found.shown.iter().rposition(|shown| shown.statement == bytes(last.range));
            at.and_then(|at| self.found.shown.get_mut(at)).into_iter().for_each(|shown| shown.last = true);
        }
        self.found
    }

    pub(super) fn meaning(&self, id: NodeId) -> &Meaning {
        self.found.meaning(id)
    }

    pub(super) fn values(&self, id: NodeId) -> Vec<NodeId> {
        self.found.values(id)
    }

    pub(super) fn function_of(&self, id: NodeId) -> Option<usize> {
        self.function_nodes.get(&id).copied()
    }

    /// Remembers where the program was not followed any further.
    pub(super) fn stop_at(&mut self, range: Range<usize>) {
        self.found.partial.get_or_insert(range);
    }

    pub(super) fn node(&mut self, meaning: Meaning, range: Range<usize>) -> NodeId {
        let next = self.found.nodes.len();
        if next >= MAX_NODES {
            self.stop_at(range);
            // The first node of such a program says nothing of the last.
            return NodeId(u32::MAX);
        }
        self.found.nodes.push(Node { meaning, range });
        NodeId(u32::try_from(next).unwrap_or(u32::MAX))
    }

    /// One of these values.
    pub(super) fn any(&mut self, of: Vec<NodeId>) -> NodeId {
        let mut values: Vec<NodeId> = of.iter().flat_map(|id| self.values(*id)).collect();
        values.sort_unstable();
        values.dedup();
        let range = of.last().and_then(|id| self.found.node(*id)).map_or(0..0, |node| node.range.clone());
        match values.as_slice() {
            [one] => *one,
            _ if values.len() > MOST_VALUES => {
                self.stop_at(range.clone());
                self.node(Meaning::Unknown, range)
            }
            _ => self.node(Meaning::Any(values), range),
        }
    }

    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            if self.is_spent() {
                return self.stop_at(bytes(stmt.range()));
            }
            self.stmt(stmt);
        }
    }

    /// Counts work that is not an expression or a statement of its own.
    pub(super) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_add(steps);
    }

    /// Whether the program has had all its steps.
    pub(super) fn is_spent(&self) -> bool {
        self.steps >= MOST_STEPS
    }

    /// Counts a step. Returns whether there is room for one level more; else nothing below is followed.
    fn deeper(&mut self, range: &Range<usize>) -> bool {
        self.spend(1 + range.len() / BYTES_OF_A_STEP);
        if self.is_spent() || self.depth >= MOST_DEPTH || self.found.nodes.len() >= MAX_NODES {
            self.stop_at(range.clone());
            return false;
        }
        self.depth += 1;
        true
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if !self.deeper(&bytes(stmt.range())) {
            return;
        }
        self.statement(stmt);
        self.depth -= 1;
    }

    fn statement(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => self.define(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let path = alias.name.to_string();
                    let first = path.split('.').next().unwrap_or_default().to_owned();
                    let range = bytes(alias.range());
                    self.found.imports.push(Import { path: path.clone(), range: range.clone() });
                    let (name, path) = alias.asname.as_ref().map_or((first.clone(), first), |n| (n.to_string(), path));
                    let value = self.node(Meaning::Imported(path), range);
                    self.names.set(&name, value);
                }
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Assign(assign) => {
                let value = self.eval(&assign.value);
                assign.targets.iter().for_each(|target| self.assign(target, value));
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.eval(value);
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => {
                let before = match &*assign.target {
                    Expr::Name(name) => self.name(&name.id, bytes(name.range)),
                    target => self.eval(target),
                };
                let value = self.eval(&assign.value);
                let range = bytes(assign.range);
                let sum = if assign.op == Operator::Add { self.sum(before, value, range.clone()) } else { None };
                let value = sum.unwrap_or_else(|| self.node(Meaning::Unknown, range));
                self.assign(&assign.target, value);
            }
            Stmt::Return(of) => {
                if let Some(value) = &of.value {
                    let value = self.eval(value);
                    if self.returned.len() < MOST_VALUES {
                        self.returned.push(value);
                    }
                }
            }
            Stmt::Expr(of) => {
                let value = self.eval(&of.value);
                if self.calls == 0 {
                    self.found.shown.push(Shown { value, statement: bytes(of.range), last: false });
                }
            }
            Stmt::Global(of) => {
                let names = of.names.iter().map(ToString::to_string);
                self.names.innermost().into_iter().for_each(|scope| scope.globals.extend(names.clone()));
            }
            Stmt::If(of) => {
                self.eval(&of.test);
                let tests: Vec<&Expr> = of.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()).collect();
                tests.into_iter().for_each(|test| {
                    self.eval(test);
                });
                let bodies: Vec<&'a [Stmt]> =
                    std::iter::once(&*of.body).chain(of.elif_else_clauses.iter().map(|clause| &*clause.body)).collect();
                self.branches(&bodies);
            }
            Stmt::For(of) => {
                let iterated = self.eval(&of.iter);
                let element = self.element(iterated);
                self.assign(&of.target, element);
                self.branches(&[&of.body]);
                self.body(&of.orelse);
            }
            Stmt::While(of) => {
                self.eval(&of.test);
                self.branches(&[&of.body]);
                self.body(&of.orelse);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    // Sessions and files give themselves.
                    let value = self.eval(&item.context_expr);
                    item.optional_vars.iter().for_each(|target| self.assign(target, value));
                }
                self.body(&with.body);
            }
            Stmt::Try(of) => {
                self.branches(&[&of.body]);
                for handler in &of.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    handler.type_.iter().for_each(|kind| {
                        self.eval(kind);
                    });
                    if let Some(name) = &handler.name {
                        let unknown = self.node(Meaning::Unknown, bytes(name.range()));
                        self.names.set(name, unknown);
                    }
                    self.branches(&[&handler.body]);
                }
                self.body(&of.orelse);
                self.body(&of.finalbody);
            }
            Stmt::Match(of) => {
                self.eval(&of.subject);
                for case in &of.cases {
                    self.captured(&case.pattern);
                    case.guard.iter().for_each(|guard| {
                        self.eval(guard);
                    });
                    self.branches(&[&case.body]);
                }
            }
            Stmt::Delete(of) => of.targets.iter().for_each(|target| {
                self.eval(target);
            }),
            Stmt::Raise(of) => [&of.exc, &of.cause].into_iter().flatten().for_each(|value| {
                self.eval(value);
            }),
            Stmt::Assert(of) => std::iter::once(&of.test).chain(&of.msg).for_each(|value| {
                self.eval(value);
            }),
            _ => {}
        }
    }

    fn define(&mut self, function: &'a StmtFunctionDef) {
        function.decorator_list.iter().for_each(|decorator| {
            self.eval(&decorator.expression);
        });
        let range = bytes(function.name.range());
        let value = self.node(Meaning::Defined(function.name.to_string()), range.clone());
        // A decorator may have made something else of it.
        if function.decorator_list.is_empty() {
            self.function_nodes.insert(value, self.functions.len());
        }
        self.functions.push(Function { of: function, runs: 0, running: false, called: false, returned: Vec::new() });
        self.names.set(&function.name, value);
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        class.decorator_list.iter().for_each(|decorator| {
            self.eval(&decorator.expression);
        });
        if let Some(arguments) = class.arguments.as_deref() {
            self.arguments(arguments);
        }
        self.names.open(Scope { class: true, ..Scope::default() });
        self.body(&class.body);
        self.names.close();
        let value = self.node(Meaning::Defined(class.name.to_string()), bytes(class.name.range()));
        self.names.set(&class.name, value);
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let dots = ".".repeat(usize::try_from(import.level).unwrap_or_default());
        let module = format!("{dots}{}", import.module.as_deref().unwrap_or_default());
        for alias in &import.names {
            let path = format!("{module}.{}", alias.name);
            let range = bytes(alias.range());
            self.found.imports.push(Import { path: path.clone(), range: range.clone() });
            if alias.name.as_str() != "*" {
                let value = self.node(Meaning::Imported(path), range);
                self.names.set(alias.asname.as_ref().unwrap_or(&alias.name), value);
            }
        }
    }

    /// Follows each branch from the same beginning. Afterwards a name has one of the values of all branches, or the one
    /// before.
    fn branches(&mut self, bodies: &[&'a [Stmt]]) {
        let mut changed: HashMap<(usize, String), Vec<NodeId>> = HashMap::new();
        for body in bodies {
            let mark = self.names.mark();
            self.body(body);
            for Changed { scope, name, value } in self.names.undo(mark) {
                changed.entry((scope, name)).or_default().push(value);
            }
        }
        let mut changed: Vec<_> = changed.into_iter().collect();
        changed.sort_unstable();
        for ((scope, name), mut values) in changed {
            values.extend(self.names.get_in(scope, &name));
            let value = self.any(values);
            self.names.set_in(scope, &name, value);
        }
    }

    /// An element of what is iterated over.
    fn element(&mut self, iterated: NodeId) -> NodeId {
        let range = self.found.node(iterated).map_or(0..0, |node| node.range.clone());
        match self.meaning(iterated) {
            Meaning::List(items) if !items.is_empty() && items.len() <= MOST_VALUES => {
                let items = items.clone();
                self.any(items)
            }
            _ => self.node(Meaning::Item { of: iterated, key: iterated }, range),
        }
    }

    fn assign(&mut self, target: &'a Expr, value: NodeId) {
        match target {
            Expr::Name(name) => self.names.set(&name.id, value),
            Expr::Attribute(of) => {
                self.eval(&of.value);
                let name = of.attr.to_string();
                let values = self.attributes.get(&name).copied().into_iter().chain([value]).collect();
                let value = self.any(values);
                self.attributes.insert(name, value);
            }
            Expr::Tuple(_) | Expr::List(_) => {
                let targets = match target {
                    Expr::Tuple(tuple) => &tuple.elts,
                    Expr::List(list) => &list.elts,
                    _ => return,
                };
                let whole = value;
                let values = match self.meaning(whole) {
                    Meaning::List(items) if items.len() == targets.len() => items.clone(),
                    _ => Vec::new(),
                };
                let starred = targets.iter().any(Expr::is_starred_expr);
                for (index, target) in targets.iter().enumerate() {
                    let value = values.get(index).copied().filter(|_| !starred);
                    let element = Meaning::Item { of: whole, key: whole };
                    let value = value.unwrap_or_else(|| self.node(element, bytes(target.range())));
                    if self.deeper(&bytes(target.range())) {
                        self.assign(target, value);
                        self.depth -= 1;
                    }
                }
            }
            Expr::Starred(of) => self.assign(&of.value, value),
            other => {
                self.eval(other);
            }
        }
    }

    pub(super) fn captured(&mut self, pattern: &'a Pattern) {
        struct Walk<'f, 'a>(&'f mut Flow<'a>);
        impl<'a> Visitor<'a> for Walk<'_, 'a> {
            fn visit_expr(&mut self, expr: &'a Expr) {
                self.0.eval(expr);
            }
            fn visit_pattern(&mut self, pattern: &'a Pattern) {
                if let Some(name) = captured(pattern) {
                    let unknown = self.0.node(Meaning::Unknown, bytes(pattern.range()));
                    self.0.names.set(name, unknown);
                }
                walk_pattern(self, pattern);
            }
        }
        Walk(self).visit_pattern(pattern);
    }

    fn name(&mut self, name: &str, range: Range<usize>) -> NodeId {
        match self.names.get(name) {
            Some(value) => value,
            None => self.node(Meaning::Global(name.to_owned()), range),
        }
    }

    pub(super) fn eval(&mut self, expr: &'a Expr) -> NodeId {
        let range = bytes(expr.range());
        if !self.deeper(&range) {
            return self.node(Meaning::Unknown, range);
        }
        let value = self.expression(expr, range);
        self.depth -= 1;
        value
    }

    fn expression(&mut self, expr: &'a Expr, range: Range<usize>) -> NodeId {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.name(&name.id, range),
                _ => self.node(Meaning::Unknown, range),
            },
            Expr::Attribute(of) => {
                let object = self.eval(&of.value);
                let name = of.attr.to_string();
                let assigned = self.attributes.get(&name).copied();
                let foreign =
                    matches!(self.meaning(object), Meaning::Unknown | Meaning::Parameter { .. } | Meaning::Item { .. });
                match assigned.filter(|_| foreign) {
                    Some(value) => value,
                    None => self.node(Meaning::Attribute { of: object, name }, range),
                }
            }
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(text) => self.literal(text),
            Expr::FString(text) => self.f_string(text),
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) => {
                let source = self.program.part(range.clone()).chars().take(40).collect();
                self.node(Meaning::Constant(source), range)
            }
            Expr::BinOp(of) => {
                let (left, right) = (self.eval(&of.left), self.eval(&of.right));
                let is_text = |id: NodeId| matches!(self.meaning(id), Meaning::Text { .. } | Meaning::Template);
                match of.op {
                    Operator::Add => self.sum(left, right, range.clone()),
                    Operator::Mod if is_text(left) => Some(self.node(Meaning::Template, range.clone())),
                    _ => None,
                }
                .unwrap_or_else(|| self.node(Meaning::Unknown, range))
            }
            Expr::List(of) => self.list(&of.elts, range),
            Expr::Tuple(of) => self.list(&of.elts, range),
            Expr::Set(of) => self.list(&of.elts, range),
            Expr::Dict(of) => {
                let mut items = Vec::new();
                for item in &of.items {
                    let key = item.key.as_ref().map(|key| self.eval(key));
                    let value = self.eval(&item.value);
                    items.push((key.unwrap_or(value), value));
                }
                self.node(Meaning::Dict(items), range)
            }
            Expr::Subscript(of) => {
                let (object, key) = (self.eval(&of.value), self.eval(&of.slice));
                self.node(Meaning::Item { of: object, key }, range)
            }
            Expr::Named(named) => {
                let value = self.eval(&named.value);
                self.assign(&named.target, value);
                value
            }
            Expr::If(of) => {
                self.eval(&of.test);
                let values = vec![self.eval(&of.body), self.eval(&of.orelse)];
                self.any(values)
            }
            Expr::BoolOp(of) => {
                let values = of.values.iter().map(|value| self.eval(value)).collect();
                self.any(values)
            }
            Expr::Await(of) => self.eval(&of.value),
            Expr::Starred(of) => self.eval(&of.value),
            Expr::Lambda(lambda) => {
                self.names.open(Scope::default());
                for parameter in lambda.parameters.iter().flat_map(|parameters| parameters.iter()) {
                    let name = parameter.name().to_string();
                    let at = bytes(parameter.range());
                    let value = self.node(Meaning::Parameter { name: name.clone(), annotation: None }, at);
                    self.names.set(&name, value);
                }
                self.eval(&lambda.body);
                self.names.close();
                self.node(Meaning::Unknown, range)
            }
            Expr::ListComp(of) => self.comprehension(&of.generators, &[&of.elt], range),
            Expr::SetComp(of) => self.comprehension(&of.generators, &[&of.elt], range),
            Expr::Generator(of) => self.comprehension(&of.generators, &[&of.elt], range),
            Expr::DictComp(of) => {
                let parts: Vec<&Expr> = of.key.as_deref().into_iter().chain([&*of.value]).collect();
                self.comprehension(&of.generators, &parts, range)
            }
            _ => {
                self.parts(expr);
                self.node(Meaning::Unknown, range)
            }
        }
    }

    fn list(&mut self, items: &'a [Expr], range: Range<usize>) -> NodeId {
        let items = items.iter().map(|item| self.eval(item)).collect();
        self.node(Meaning::List(items), range)
    }

    fn comprehension(
        &mut self,
        generators: &'a [ruff_python_ast::Comprehension],
        parts: &[&'a Expr],
        range: Range<usize>,
    ) -> NodeId {
        self.names.open(Scope::default());
        for part in generators {
            let iterated = self.eval(&part.iter);
            let element = self.element(iterated);
            self.assign(&part.target, element);
            part.ifs.iter().for_each(|condition| {
                self.eval(condition);
            });
        }
        parts.iter().for_each(|part| {
            self.eval(part);
        });
        self.names.close();
        self.node(Meaning::Unknown, range)
    }

    /// Evaluates what an expression is made of.
    fn parts(&mut self, expr: &'a Expr) {
        struct Walk<'f, 'a>(&'f mut Flow<'a>);
        impl<'a> Visitor<'a> for Walk<'_, 'a> {
            fn visit_expr(&mut self, expr: &'a Expr) {
                self.0.eval(expr);
            }
        }
        walk_expr(&mut Walk(self), expr);
    }
}
