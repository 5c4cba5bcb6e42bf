//! Calls: of the program's own functions, whose bodies are followed with the arguments, and of others.

use ruff_python_ast::{Arguments, ExprCall, Parameters, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{
    Argument, Meaning, NodeId,
    flow::{Flow, Function},
    names::Scope,
};
use crate::program::bytes;

/// How often a function's body is followed, each time with other arguments.
const MOST_RUNS: usize = 3;
/// How deeply calls are followed into each other.
const MOST_CALLS: usize = 8;

impl<'a> Flow<'a> {
    pub(super) fn arguments(&mut self, arguments: &'a Arguments) -> Vec<Argument> {
        let mut found = Vec::new();
        for value in &arguments.args {
            let spread = value.is_starred_expr();
            found.push(Argument { name: None, spread, value: self.eval(value) });
        }
        for keyword in &arguments.keywords {
            let name = keyword.arg.as_ref().map(ToString::to_string);
            found.push(Argument { spread: name.is_none(), name, value: self.eval(&keyword.value) });
        }
        found
    }

    pub(super) fn call(&mut self, call: &'a ExprCall) -> NodeId {
        let of = self.eval(&call.func);
        let arguments = self.arguments(&call.arguments);
        let range = bytes(call.range());
        if let Some(attribute) = self.getattr(of, &arguments) {
            // The call itself is a node as well, so that a rule may look at it.
            self.node(Meaning::Call { of, arguments }, range.clone());
            return self.node(attribute, range);
        }
        let functions: Vec<usize> = self.values(of).into_iter().filter_map(|id| self.function_of(id)).collect();
        let known = functions.len() == 1 && !matches!(self.meaning(of), Meaning::Any(_));
        let result = self.node(Meaning::Call { of, arguments: arguments.clone() }, range);
        let mut returned = Vec::new();
        for index in functions {
            returned.extend(self.follow(index, Some(&arguments)));
        }
        match (known, returned.as_slice()) {
            (_, []) => result,
            (true, [one]) => *one,
            _ => {
                if !known {
                    returned.push(result);
                }
                self.any(returned)
            }
        }
    }

    /// `getattr(of, "name")` is `of.name`.
    fn getattr(&self, of: NodeId, arguments: &[Argument]) -> Option<Meaning> {
        let is_getattr = matches!(self.meaning(of), Meaning::Global(name) if name == "getattr");
        let [of, name, ..] = arguments else { return None };
        match self.meaning(name.value) {
            Meaning::Text { value, .. } if is_getattr && !of.spread => {
                Some(Meaning::Attribute { of: of.value, name: value.clone() })
            }
            _ => None,
        }
    }

    /// Follows a function's body, and returns what it may return. Without arguments nobody calls it.
    pub(super) fn follow(&mut self, index: usize, arguments: Option<&[Argument]>) -> Vec<NodeId> {
        let Some(&Function { of, runs, running, .. }) = self.functions.get(index) else { return Vec::new() };
        if self.is_spent() {
            self.stop_at(bytes(of.name.range()));
            return Vec::new();
        }
        let takes_some = arguments.is_some_and(|arguments| !arguments.is_empty());
        if running || self.calls >= MOST_CALLS || runs >= MOST_RUNS || (runs > 0 && !takes_some) {
            // What it returned before is what it returns now, but its body is not looked at with these arguments.
            if takes_some && runs > 0 || running || self.calls >= MOST_CALLS {
                self.stop_at(bytes(of.name.range()));
            }
            let returned = self.functions.get(index).map(|function| function.returned.clone()).unwrap_or_default();
            self.spend(returned.len());
            return returned;
        }
        if let Some(function) = self.functions.get_mut(index) {
            (function.runs, function.running) = (runs + 1, true);
            function.called |= arguments.is_some();
        }
        let outside = std::mem::take(&mut self.returned);
        self.calls += 1;
        self.names.open(Scope::default());
        self.bind(&of.parameters, arguments, of);
        self.body(&of.body);
        self.names.close();
        self.calls -= 1;
        let returned = std::mem::replace(&mut self.returned, outside);
        if let Some(function) = self.functions.get_mut(index) {
            function.running = false;
            function.returned.clone_from(&returned);
        }
        returned
    }

    /// Gives the parameters their values.
    fn bind(&mut self, parameters: &'a Parameters, arguments: Option<&[Argument]>, of: &'a StmtFunctionDef) {
        let given = arguments.unwrap_or_default();
        let any_spread = given.iter().any(|argument| argument.spread);
        let mut positional = given.iter().filter(|argument| argument.name.is_none() && !argument.spread);
        for parameter in parameters.iter_non_variadic_params() {
            let name = parameter.parameter.name.as_str();
            let keyword_only = parameters.kwonlyargs.iter().any(|only| only.parameter.name.as_str() == name);
            let by_place = if keyword_only { None } else { positional.next() };
            let by_name = given.iter().find(|argument| argument.name.as_deref() == Some(name));
            let value = match by_place.or(by_name) {
                Some(argument) if !any_spread => Some(argument.value),
                _ => match &parameter.default {
                    Some(default) if arguments.is_some() && !any_spread => Some(self.eval(default)),
                    _ => None,
                },
            };
            let value = value.unwrap_or_else(|| {
                let annotation = parameter.parameter.annotation.as_deref().map(|annotation| self.eval(annotation));
                self.node(Meaning::Parameter { name: name.to_owned(), annotation }, bytes(parameter.range()))
            });
            self.names.set(name, value);
        }
        let unknown = self.node(Meaning::Unknown, bytes(of.name.range()));
        for parameter in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            self.names.set(&parameter.name, unknown);
        }
    }

    /// Bodies that nobody has called are followed last.
    pub(super) fn uncalled(&mut self) -> Vec<String> {
        let mut index = 0;
        let mut uncalled = Vec::new();
        // A body may define more functions.
        while index < self.functions.len() {
            if let Some(function) = self.functions.get(index).filter(|function| !function.called) {
                uncalled.push(function.of.name.to_string());
                self.follow(index, None);
            }
            index += 1;
        }
        uncalled
    }
}
