//! The cell of parameters: its literals are the defaults of the job.

use std::collections::HashMap;

use python_source::{Assignment, NameEvent, Program};

use crate::{
    context::Context,
    notebook::{Cell, Notebook},
    words::say,
};

/// The cell of parameters and its literals.
pub(super) fn of(notebook: &Notebook, context: &mut Context<'_>) -> Option<(usize, Vec<Assignment>)> {
    let skip = &context.options.skip;
    let cells = notebook.cells.iter().enumerate().filter(|(at, cell)| !skip.contains(at) && is_parameters(cell));
    let mut cells = cells.map(|(at, _)| at);
    let (first, second) = (cells.next()?, cells.next());
    if let Some(second) = second {
        context.cell = second;
        let message = say!("Cell %1 has the parameters already: this cell's are not.", first);
        context.note(1, "parameters", message, say!("Use one cell of parameters."));
    }
    let source = notebook.cells.get(first)?.source.clone();
    let program = Program::cell(source, context.python());
    let mut found = program.literal_assignments();
    let mut times: HashMap<String, usize> = HashMap::new();
    for event in program.names() {
        if let NameEvent::Defined(name) = event {
            *times.entry(name).or_default() += 1;
        }
    }
    // A given value would be lost, or would undo what the cell makes of its own.
    let (once, changed): (Vec<_>, Vec<_>) = found.drain(..).partition(|one| times.get(&one.name) == Some(&1));
    found = once;
    for name in changed.iter().map(|one| &one.name) {
        context.cell = first;
        let message = say!("`%1` is no parameter, because its cell changes it again.", name);
        context.note(1, "parameters", message, say!("Change it in a later cell."));
    }
    // With no literal in it there is nothing to give.
    (!found.is_empty()).then_some((first, found))
}

/// Papermill's tag, or the older extension's first line.
pub(crate) fn is_parameters(cell: &Cell) -> bool {
    let first = cell.source.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("%%"));
    let first = first.unwrap_or_default().to_lowercase();
    cell.has_parameters_tag || first == "# @pipeline-params" || first == "# @pipeline_params"
}
