//! Cells that were run in another order than the job will run them in.

use crate::{context::Context, notebook::Notebook, words::say};

/// A note at the first cell whose number is smaller than that of a cell before it.
pub(super) fn check(notebook: &Notebook, context: &mut Context<'_>) {
    let mut highest: Option<(usize, u64)> = None;
    for (cell, count) in notebook.cells.iter().enumerate().filter_map(|(at, cell)| Some((at, cell.execution_count?))) {
        match highest {
            Some((before, higher)) if count < higher => {
                context.cell = cell;
                let message = say!(
                    "This cell ran as [%1], before cell %2 above it, which ran as [%3]: the job runs them from top to bottom.",
                    count,
                    before,
                    higher
                );
                context.note(1, "execution_order", message, say!("Restart the kernel and run all cells."));
                return;
            }
            _ => highest = Some((cell, count)),
        }
    }
}
