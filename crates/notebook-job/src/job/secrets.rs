//! Secrets in the cells: a job is read by more people than the notebook.

use python_source::{Program, secrets};

use crate::{context::Context, lines::Starts, notebook::Notebook};

/// A finding for every secret. None of them shows it.
pub(super) fn check(notebook: &Notebook, context: &mut Context<'_>) {
    let skip = context.options.skip.clone();
    for (index, cell) in notebook.cells.iter().enumerate().filter(|(index, _)| !skip.contains(index)) {
        context.cell = index;
        let starts = Starts::of(&cell.source);
        for secret in secrets(&Program::cell(cell.source.clone(), context.python())) {
            let line = starts.line(secret.range.start);
            let message = format!("There is a secret in this line ({}).", secret.kind.replace('_', " "));
            let variable = &secret.fix.variable;
            let fix = format!("Write os.environ[\"{variable}\"] instead, and set {variable} where the job runs.");
            match context.options.allow_secrets {
                true => context.note(line, "secret", message, &fix),
                false => context.error(line, "secret", message, &fix),
            }
        }
    }
}
