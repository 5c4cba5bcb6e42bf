//! The rules on the syntax tree: what is bound to which name, and where strings are.

use std::{collections::BTreeMap, ops::Range};

use ruff_python_ast::{
    Expr, Parameters, Pattern, Stmt,
    visitor::{Visitor, walk_expr, walk_parameters, walk_stmt},
};
use ruff_text_size::Ranged;

use super::{
    finding::{Finding, Rank},
    literals::{Literal, is_string, literals, plain},
    names::{Promise, promise},
    pairs::kind,
    values::{is_random, is_secret},
};
use crate::program::bytes;

/// Functions whose first argument is the name of their second.
const SETTERS: &[&str] = &[
    "option",
    "config",
    "set",
    "setdefault",
    "putenv",
    "setenv",
    "getenv",
    "get",
    "pop",
    "header",
    "add_header",
    "putheader",
    "setProperty",
    "set_property",
    "set_config",
    "setConf",
    "setLocalProperty",
    "conf_set",
    "add_secret",
];
/// Functions whose second argument is a password.
const LOGINS: &[&str] = &["HTTPBasicAuth", "HTTPDigestAuth", "BasicAuth", "HTTPProxyAuth", "PlainTextAuthProvider"];
/// What may stand before the secret in a header's value.
const SCHEMES: &[&str] = &["Bearer ", "Basic ", "Token ", "ApiKey ", "token "];

/// A string in the source.
pub(super) struct Text {
    /// Bytes of the whole expression, with its quotes.
    pub range: Range<usize>,
    /// Whether its value has no variable parts, so that another expression can replace it.
    pub is_whole: bool,
    pub is_bytes: bool,
    pub is_one_line: bool,
}

/// What the tree says.
#[derive(Default)]
pub(super) struct Tree {
    pub found: Vec<Finding>,
    /// The strings in the source's order, without those inside others.
    pub strings: Vec<Text>,
    /// IPython's escapes.
    pub escapes: Vec<Range<usize>>,
    /// The name that the literal with this first byte is bound to, and whether that is a variable of the environment.
    pub names: BTreeMap<usize, (String, bool)>,
}

enum Node<'a> {
    Statement(&'a Stmt),
    Expression(&'a Expr),
}

/// Collects the nodes to look at, so that deep trees need no deep stack.
#[derive(Default)]
struct Walk<'a> {
    waiting: Vec<Node<'a>>,
    tree: Tree,
}

/// Walks the tree once.
pub(super) fn walk(text: &str, statements: &[Stmt]) -> Tree {
    let mut walk = Walk::default();
    walk.waiting.extend(statements.iter().map(Node::Statement));
    while let Some(node) = walk.waiting.pop() {
        match node {
            Node::Statement(statement) => {
                walk.statement(statement);
                walk_stmt(&mut walk, statement);
            }
            Node::Expression(expression) => {
                walk.expression(expression);
                walk_expr(&mut walk, expression);
            }
        }
    }
    let mut tree = walk.tree;
    tree.strings.sort_by_key(|text| (text.range.start, std::cmp::Reverse(text.range.end)));
    let mut end = 0;
    tree.strings.retain(|text| {
        let outermost = text.range.start >= end;
        end = end.max(text.range.end);
        outermost
    });
    for string in &mut tree.strings {
        string.is_one_line = text.get(string.range.clone()).is_some_and(|source| !source.contains('\n'));
    }
    tree
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.waiting.push(Node::Statement(statement));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.waiting.push(Node::Expression(expression));
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.bind(&parameter.parameter.name, default, false);
            }
        }
        walk_parameters(self, parameters);
    }

    fn visit_pattern(&mut self, _: &'a Pattern) {}
}

impl Walk<'_> {
    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.assign(target, &assign.value)),
            Stmt::AugAssign(assign) => self.assign(&assign.target, &assign.value),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            Stmt::IpyEscapeCommand(escape) => self.tree.escapes.push(bytes(escape.range)),
            _ => {}
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Named(named) => self.assign(&named.target, &named.value),
            Expr::Dict(dict) => {
                for item in dict {
                    if let Some(name) = item.key.as_ref().and_then(plain) {
                        self.bind(name, &item.value, false);
                    }
                }
            }
            Expr::Call(call) => self.call(&call.func, &call.arguments),
            Expr::Tuple(tuple) => {
                if let [name, value] = &*tuple.elts
                    && let Some(name) = plain(name)
                {
                    self.bind(name, value, false);
                }
            }
            Expr::Compare(compare) => {
                if let ([other], Some(name)) = (&*compare.comparators, last_name(&compare.left))
                    && promise(name) == Some(Promise::Password)
                {
                    self.bind(name, other, false);
                }
            }
            Expr::IpyEscapeCommand(escape) => self.tree.escapes.push(bytes(escape.range)),
            _ => {}
        }
        if is_string(expression) {
            let is_whole = match expression {
                Expr::FString(text) => text.value.elements().all(|element| element.is_literal()),
                Expr::TString(_) => false,
                _ => true,
            };
            let is_bytes = expression.is_bytes_literal_expr();
            self.tree.strings.push(Text { range: bytes(expression.range()), is_whole, is_bytes, is_one_line: false });
        }
    }

    fn call(&mut self, function: &Expr, arguments: &ruff_python_ast::Arguments) {
        let keyword = |wanted: &[&str]| {
            let named = |keyword: &&ruff_python_ast::Keyword| {
                keyword.arg.as_ref().is_some_and(|name| wanted.contains(&name.as_str()))
            };
            arguments.keywords.iter().find(named).map(|keyword| &keyword.value)
        };
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.bind(name, &keyword.value, false);
            }
        }
        let function = last_name(function).unwrap_or_default();
        let mut values = arguments.args.iter();
        if LOGINS.contains(&function) {
            if let Some(password) = values.nth(1) {
                self.bind("password", password, false);
            }
        } else if function == "setattr" {
            if let (Some(name), Some(value)) = (values.nth(1).and_then(plain), values.next()) {
                self.bind(name, value, false);
            }
        } else if SETTERS.contains(&function) {
            let name = values.next().or_else(|| keyword(&["key", "name"])).and_then(plain);
            if let (Some(name), Some(value)) = (name, values.next().or_else(|| keyword(&["value", "default"]))) {
                self.bind(name, value, matches!(function, "putenv" | "setenv"));
            }
        }
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        if let (Some(targets), Some(values)) = (elements(target), elements(value)) {
            // `(a, b) = (c, d)`, once: deeper ones are rare.
            for (target, value) in targets.iter().zip(values) {
                if let Some(name) = last_name(target) {
                    self.bind(name, value, false);
                }
            }
        } else if let Some(name) = last_name(target) {
            let into_environment = target
                .as_subscript_expr()
                .is_some_and(|place| matches!(last_name(&place.value), Some("environ" | "environb")));
            self.bind(name, value, into_environment);
        }
    }

    fn bind(&mut self, name: &str, value: &Expr, into_environment: bool) {
        let promise = promise(name);
        let values = elements(value).unwrap_or_default();
        let is_login = values.len() == 2 && promise.is_some() && name.to_ascii_lowercase().ends_with("auth");
        let of_passwords = if is_login {
            // `auth=("user", "password")`
            values.get(1..).unwrap_or_default()
        } else if promise == Some(Promise::Password) {
            // `passwords = ["…", "…"]`
            values
        } else {
            &[]
        };
        for literal in of_passwords.iter().flat_map(literals) {
            self.bind_literal(name, Some(Promise::Password), literal, false);
        }
        for literal in literals(value) {
            self.bind_literal(name, promise, literal, into_environment);
        }
    }

    fn bind_literal(&mut self, name: &str, promise: Option<Promise>, literal: Literal, into_environment: bool) {
        let name = || name.to_owned();
        self.tree.names.entry(literal.expression.start).or_insert_with(|| (name(), into_environment));
        let Some(promise) = promise else { return };
        let scheme = SCHEMES.iter().find(|scheme| literal.value.starts_with(**scheme)).map_or(0, |scheme| scheme.len());
        let value = literal.value.get(scheme..).unwrap_or_default();
        if !is_secret(promise, value) || !literal.is_whole && !is_random(value) {
            return;
        }
        if literal.is_whole {
            // Of a sum, all parts are replaced together.
            let Literal { expression: range, is_bytes, .. } = literal;
            self.tree.strings.push(Text { range, is_whole: true, is_bytes, is_one_line: false });
        }
        let range = literal.content.start + scheme..literal.content.end;
        self.tree.found.push(Finding {
            range,
            kind: kind(&name(), promise, value),
            rank: Rank::Binding,
            name: Some(name()),
        });
    }
}

fn elements(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::List(list) => Some(&list.elts),
        Expr::Set(set) => Some(&set.elts),
        _ => None,
    }
}

/// `c` of `c`, `a.b.c` and `a["c"]`.
fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::Subscript(place) => plain(&place.slice),
        _ => None,
    }
}
