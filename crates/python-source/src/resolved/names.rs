//! The values of names: scopes, and what a branch has changed.

use std::collections::{HashMap, HashSet};

use super::NodeId;

/// The most values of a name that are kept apart.
pub(super) const MOST_VALUES: usize = 16;

/// A module, function, class or comprehension with the values of its names.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) values: HashMap<String, NodeId>,
    /// Its names are not seen by functions within.
    pub class: bool,
    /// Names that belong to the module.
    pub globals: HashSet<String>,
}

/// A name of a scope, and its value before an assignment.
struct Change {
    scope: usize,
    name: String,
    before: Option<NodeId>,
}

/// A name's values at the end of some branches.
pub(super) struct Changed {
    pub scope: usize,
    pub name: String,
    pub value: NodeId,
}

/// All scopes that are open, the module's first.
pub(super) struct Names {
    scopes: Vec<Scope>,
    changes: Vec<Change>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { scopes: vec![Scope::default()], changes: Vec::new() }
    }

    pub(super) fn open(&mut self, scope: Scope) {
        self.scopes.push(scope);
    }

    /// Ends the innermost scope and forgets its changes.
    pub(super) fn close(&mut self) {
        self.scopes.pop();
        let open = self.scopes.len();
        while self.changes.last().is_some_and(|change| change.scope >= open) {
            self.changes.pop();
        }
    }

    pub(super) fn innermost(&mut self) -> Option<&mut Scope> {
        self.scopes.last_mut()
    }

    pub(super) fn set(&mut self, name: &str, value: NodeId) {
        let last = self.scopes.len().saturating_sub(1);
        let is_global = self.scopes.last().is_some_and(|scope| scope.globals.contains(name));
        self.set_in(if is_global { 0 } else { last }, name, value);
    }

    pub(super) fn set_in(&mut self, scope: usize, name: &str, value: NodeId) {
        let Some(of) = self.scopes.get_mut(scope) else { return };
        let before = of.values.insert(name.to_owned(), value);
        self.changes.push(Change { scope, name: name.to_owned(), before });
    }

    pub(super) fn get(&self, name: &str) -> Option<NodeId> {
        let innermost = self.scopes.len().saturating_sub(1);
        let seen = |(index, scope): (usize, &Scope)| {
            (index == innermost || !scope.class).then(|| scope.values.get(name).copied()).flatten()
        };
        self.scopes.iter().enumerate().rev().find_map(seen)
    }

    pub(super) fn get_in(&self, scope: usize, name: &str) -> Option<NodeId> {
        self.scopes.get(scope).and_then(|scope| scope.values.get(name).copied())
    }

    /// Where a branch begins.
    pub(super) fn mark(&self) -> usize {
        self.changes.len()
    }

    /// Undoes what was assigned since `mark`, and returns the values that the names had at last.
    pub(super) fn undo(&mut self, mark: usize) -> Vec<Changed> {
        let mut changed = Vec::new();
        let mut seen = HashSet::new();
        while self.changes.len() > mark {
            let Some(change) = self.changes.pop() else { break };
            let Some(scope) = self.scopes.get_mut(change.scope) else { continue };
            let now = match change.before {
                Some(before) => scope.values.insert(change.name.clone(), before),
                None => scope.values.remove(&change.name),
            };
            if let Some(value) = now
                && seen.insert((change.scope, change.name.clone()))
            {
                changed.push(Changed { scope: change.scope, name: change.name, value });
            }
        }
        changed
    }
}
