//! Secrets in the cells: a job is read by more people than the notebook.

use std::{collections::BTreeSet, ops::Range};

use python_source::{Program, Version, secrets};

use crate::{
    Place,
    context::Context,
    lines::Starts,
    notebook::{Cell, Notebook},
    words::say,
};

/// A secret in a cell. It does not have the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellSecret {
    /// The line where it begins.
    pub at: Place,
    /// A stable word in snake case.
    pub kind: &'static str,
    /// Its bytes in the cell's source.
    pub range: Range<usize>,
    /// What a variable for it may be called.
    variable: String,
}

/// The secrets of all cells but those in `skip`, in their order.
#[must_use]
pub fn cell_secrets(notebook: &Notebook, skip: &BTreeSet<usize>, python: Version) -> Vec<CellSecret> {
    let cells = notebook.cells.iter().enumerate().filter(|(index, _)| !skip.contains(index));
    let found = cells.flat_map(|(cell, Cell { source, .. })| {
        let starts = Starts::of(source);
        let found = secrets(&Program::cell(source.clone(), python)).into_iter().map(move |secret| CellSecret {
            at: Place { cell, line: starts.line(secret.range.start) },
            kind: secret.kind,
            range: secret.range,
            variable: secret.fix.variable,
        });
        found.collect::<Vec<_>>()
    });
    found.collect()
}

/// A finding for every secret. None of them shows it.
pub(super) fn check(notebook: &Notebook, context: &mut Context<'_>) {
    for CellSecret { at, kind, variable, .. } in cell_secrets(notebook, &context.options.skip, context.python()) {
        context.cell = at.cell;
        let message = say!("There is a secret in this line (%1).", kind.replace('_', " "));
        let fix =
            say!("Write %1 instead, and set %2 where the job runs.", format!("os.environ[\"{variable}\"]"), variable);
        match context.options.allow_secrets {
            true => context.note(at.line, "secret", message, fix),
            false => context.error(at.line, "secret", message, fix),
        }
    }
}
