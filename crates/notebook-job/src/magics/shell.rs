//! `!command`, `lines = !command` and `%%bash`: a person chooses whether they run in the job.

use crate::{
    context::Context,
    magics::{Answer, install, installs},
    options::Shell,
    prelude::Helper,
    python,
    words::say,
};

/// `!command`, whose output is shown; with a name before it, whose output is a list of lines.
pub(crate) fn run(command: &str, has_target: bool, line: usize, context: &mut Context<'_>) -> Answer {
    if let Some(packages) = installs(command).filter(|_| !has_target) {
        return install::drop(&packages, line, context);
    }
    if has_target {
        return output(command, true, line, context);
    }
    let code = format!("_shell({})", context.expression(command));
    chosen(Helper::Shell, code, &format!("!{command}"), line, context)
}

/// `!!command`, whose output is a list of lines.
pub(crate) fn output(command: &str, has_target: bool, line: usize, context: &mut Context<'_>) -> Answer {
    let code = format!("_shell_lines({})", context.expression(command));
    match (chosen(Helper::ShellLines, code, &format!("!{command}"), line, context), has_target) {
        // The name must have a value, or each later line that uses it would be a finding too.
        (Answer::Remove, true) => Answer::Code("[]".to_owned()),
        (answer, _) => answer,
    }
}

/// `%%bash` and other scripts.
pub(super) fn script(program: &str, text: &str, line: usize, context: &mut Context<'_>) -> Answer {
    let words: Vec<String> = program.split_whitespace().map(python::literal).collect();
    let code = format!("_script([{}], {})", words.join(", "), python::literal(text));
    chosen(Helper::Script, code, &format!("%%{program}"), line, context)
}

fn chosen(helper: Helper, code: String, what: &str, line: usize, context: &mut Context<'_>) -> Answer {
    let what = shortened(what);
    match context.shell(line) {
        Shell::Ask => {
            let message = say!("`%1` runs a program of the notebook's machine; the job may run on another one.", what);
            let fix = say!("Translate it (--translate-shell) or remove it (--drop-shell).");
            context.decision(line, "shell", message, fix);
            Answer::Remove
        }
        Shell::Drop => {
            context.note(line, "removed", say!("`%1` is removed, as you chose.", what), say!("Nothing to do."));
            Answer::Remove
        }
        Shell::Translate => {
            let message = say!("`%1` runs as a child process of the job.", what);
            context.note(line, "shell", message, say!("Make sure that the program is there where the job runs."));
            context.helpers.insert(helper);
            Answer::Code(code)
        }
    }
}

/// The program alone: its arguments may hold a secret.
fn shortened(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let more = if text.trim().len() > word.len() { " …" } else { "" };
    format!("{}{more}", word.chars().take(60).collect::<String>())
}
