//! Takes each literal of SQL once, however often the program runs it.

use std::{collections::HashMap, ops::Range};

use python_source::{Meaning, NodeId, Resolved};

use crate::subject::SqlText;

/// How a literal is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Use {
    pub is_statement: bool,
    pub has_arguments: bool,
}

/// The SQL of a program, each literal once for each use: a program may run one large text thousands of times.
#[derive(Default)]
pub(crate) struct Taken {
    pub sql: Vec<SqlText>,
    by_node: HashMap<(NodeId, Use), usize>,
    /// A literal in a function is a node for each time that the function is followed.
    by_place: HashMap<(Range<usize>, Use), Vec<usize>>,
    by_call: HashMap<Range<usize>, usize>,
}

impl Taken {
    /// The statements of a file, which nothing calls.
    pub(crate) fn all(sql: Vec<SqlText>) -> Self {
        Self { sql, ..Self::default() }
    }

    /// Takes a literal that `call` runs.
    pub(crate) fn take(&mut self, resolved: &Resolved, id: NodeId, used: Use, call: &Range<usize>) {
        let index = match self.by_node.get(&(id, used)) {
            Some(index) => *index,
            None => match self.add(resolved, id, used) {
                Some(index) => index,
                None => return,
            },
        };
        self.by_call.entry(call.clone()).or_insert(index);
    }

    fn add(&mut self, resolved: &Resolved, id: NodeId, used: Use) -> Option<usize> {
        let node = resolved.node(id)?;
        let Meaning::Text { value, verbatim } = &node.meaning else { return None };
        let same_place = self.by_place.entry((node.range.clone(), used)).or_default();
        let same = same_place.iter().copied().find(|at| self.sql.get(*at).is_some_and(|sql| sql.text == *value));
        let index = same.unwrap_or_else(|| {
            same_place.push(self.sql.len());
            self.sql.push(SqlText {
                text: value.clone(),
                range: node.range.clone(),
                verbatim: verbatim.clone(),
                is_statement: used.is_statement,
                has_arguments: used.has_arguments,
            });
            self.sql.len() - 1
        });
        self.by_node.insert((id, used), index);
        Some(index)
    }

    /// The place in [`Taken::sql`] of the first text that a call runs.
    pub(crate) fn of_call(&self, call: &Range<usize>) -> Option<usize> {
        self.by_call.get(call).copied()
    }
}
