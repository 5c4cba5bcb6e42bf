//! Cells become Python: escapes are replaced, `await` is run, and every other byte stays.

use std::borrow::Cow;

use python_source::{Escape, EscapeKind, FutureImport, Program, TopLevelAwait};

use crate::{
    context::Context,
    finding::mend,
    lines::{self, Edit, Line, Starts, edited},
    magics::{self, Answer, cell::Part},
    prelude::Helper,
    prompts, python,
    words::say,
};

/// Most magics that one cell begins with.
const MOST_MAGICS: usize = 8;

/// The lines of a cell's source.
pub(crate) fn cell(source: &str, context: &mut Context<'_>) -> Vec<Line> {
    if source.contains('\0') {
        context.error(1, "syntax_error", say!("The cell has a NUL character."), say!("Remove it."));
        return Vec::new();
    }
    let (text, line) = prompts::cleaned(source);
    // A magic gets its cell as it is; in Python all ends of lines are one.
    let text = if text.starts_with("%%") { text } else { one_end_of_line(&text) };
    with_magics(&text, line, MOST_MAGICS, context)
}

/// The lines of a text that may begin with a magic, and its body with another one: `%%capture` before `%%time`.
fn with_magics(text: &str, line: usize, most: usize, context: &mut Context<'_>) -> Vec<Line> {
    let magic = magics::cell::find(text, line).filter(|_| most > 0);
    let Some(magic) = magic else { return python(text, line, context) };
    let made = magics::cell::converted(&magic, context);
    let is_gone = made.is_empty();
    // What became of the magic's line is seen in the job too.
    let first = text.lines().next().unwrap_or_default();
    let mut all = vec![Line { text: python::comment(&format!("removed: {first}")), from: line }];
    if is_gone {
        let rest = magic.body.lines().zip(line + 1..);
        all.extend(rest.map(|(text, from)| Line { text: python::comment(text), from }));
    }
    for part in made {
        match part {
            Part::Lines(lines) => all.extend(lines),
            Part::Python { text, line } => all.extend(with_magics(text, line, most - 1, context)),
        }
    }
    all
}

/// The lines for Python with escapes. `first` is the line of the cell at which the text begins.
pub(crate) fn python(text: &str, first: usize, context: &mut Context<'_>) -> Vec<Line> {
    let text = &*one_end_of_line(&Cow::Borrowed(text));
    let program = Program::cell(text, context.python());
    let errors = program.syntax_errors();
    let starts = Starts::of(text);
    let at = |offset| first + starts.line(offset) - 1;
    if let Some(error) = errors.first() {
        let line = at(error.range.start);
        let message = say!("This is not valid Python (%1).", error.message.trim_end_matches('.'));
        context.error(line, "syntax_error", message, mend());
        return text.lines().zip(first..).map(|(text, from)| Line { text: python::comment(text), from }).collect();
    }
    let mut edits = Vec::new();
    for escape in program.escapes() {
        let line = at(escape.range.start);
        let with = escaped(&program, &escape, line, context);
        edits.push(Edit { range: escape.range, with });
    }
    for import in program.future_imports() {
        edits.push(future(&program, import, &at, context));
    }
    for found in program.top_level_awaits() {
        awaited(found, text, &at, context, &mut edits);
    }
    edited(text, edits, first)
}

/// Python reads all three ends of lines as `\n`, in texts too.
fn one_end_of_line<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => text.clone(),
    }
}

/// The features of `__future__` that Python has, or had.
const FEATURES: [&str; 10] = [
    "absolute_import",
    "annotations",
    "barry_as_FLUFL",
    "division",
    "generator_stop",
    "generators",
    "nested_scopes",
    "print_function",
    "unicode_literals",
    "with_statement",
];

/// An import from `__future__` goes to the job's first line.
fn future(program: &Program, import: FutureImport, at: &dyn Fn(usize) -> usize, context: &mut Context<'_>) -> Edit {
    let line = at(import.range.start);
    let unknown = import.features.iter().find(|feature| !FEATURES.contains(&feature.as_str()));
    if let Some(feature) = unknown {
        let message = say!("Python has no future feature %1.", feature);
        context.error(line, "syntax_error", message, say!("Remove the line."));
    } else if import.is_late {
        let message = say!("Imports from __future__ must stand at the beginning of their cell.");
        context.error(line, "syntax_error", message, say!("Move the line to the beginning."));
    } else {
        context.futures.extend(import.features);
    }
    // More may follow on the line.
    let behind = program.part(import.range.end..program.text().len());
    let next =
        behind.trim_start_matches([' ', '\t']).strip_prefix(';').map(|rest| rest.trim_start_matches([' ', '\t']));
    match next {
        Some(rest) => Edit { range: import.range.start..program.text().len() - rest.len(), with: String::new() },
        None => {
            let with = python::comment(&format!("moved to the first line: {}", program.part(import.range.clone())));
            Edit { range: import.range, with }
        }
    }
}

fn escaped(program: &Program, escape: &Escape, line: usize, context: &mut Context<'_>) -> String {
    let has_target = escape.target.is_some();
    let answer = match escape.kind {
        EscapeKind::Magic => magics::line(escape, line, context),
        EscapeKind::Shell => magics::shell_run(&escape.value, has_target, line, context),
        EscapeKind::ShellOutput => magics::shell_output(&escape.value, has_target, line, context),
        EscapeKind::Help => {
            let message = say!("`%1` is removed: a job shows no help.", format!("{}?", escape.value));
            context.note(line, "removed", message, say!("Nothing to do."));
            Answer::Remove
        }
        EscapeKind::CellMagic => {
            let message = say!("`%1` means something on a cell's first line only.", format!("%%{}", escape.value));
            context.error(line, "unknown_magic", message, say!("Move it to the first line, or remove it."));
            Answer::Remove
        }
        EscapeKind::Call => {
            let message = say!("A call without parentheses works in a notebook only.");
            context.error(line, "unknown_magic", message, say!("Write it with parentheses."));
            Answer::Remove
        }
    };
    let was = program.part(escape.range.clone());
    let gone = python::comment(&format!("removed: {was}"));
    match answer {
        Answer::Code(code) => code,
        Answer::Statement(text) => lines::text(&python(&text, line, context)),
        Answer::Remove if has_target => format!("None  {gone}"),
        Answer::Remove if escape.nested && escape.alone => format!("pass  {gone}"),
        Answer::Remove => gone,
    }
}

/// Context managers that must be entered, run and left in one task, which a file without its own loop cannot do.
const ONE_TASK: [&str; 7] =
    ["TaskGroup", "create_task_group", "fail_after", "move_on_after", "open_nursery", "timeout", "timeout_at"];

fn awaited(
    found: TopLevelAwait,
    text: &str,
    at: &dyn Fn(usize) -> usize,
    context: &mut Context<'_>,
    edits: &mut Vec<Edit>,
) {
    let mut wrap = |helper: Helper, name: &str, start: usize, end: usize| {
        context.helpers.insert(helper);
        edits.push(Edit { range: start..start, with: format!("{name}(") });
        edits.push(Edit { range: end..end, with: ")".to_owned() });
    };
    match found {
        TopLevelAwait::Await { word, end } => {
            wrap(Helper::Run, "_run", word.start, end);
            edits.push(Edit { range: word, with: String::new() });
        }
        TopLevelAwait::For { word, iterable } => {
            wrap(Helper::Each, "_each", iterable.start, iterable.end);
            edits.push(Edit { range: word, with: String::new() });
        }
        TopLevelAwait::With { word, managers } => {
            for manager in managers {
                let name = text.get(manager.clone()).unwrap_or_default();
                let name = name.split('(').next().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
                if ONE_TASK.contains(&name) {
                    let line = at(manager.start);
                    let message = say!("`async with %1(…)` outside a function cannot run in a file.", name);
                    let fix = say!("Put it into an async function and await that.");
                    context.error(line, "async_with", message, fix);
                    return;
                }
                wrap(Helper::Within, "_Within", manager.start, manager.end);
            }
            edits.push(Edit { range: word, with: String::new() });
        }
        TopLevelAwait::Loop { range, name } => {
            let line = at(range.start);
            let message = say!("`%1` outside a function needs a running event loop, which a file does not have.", name);
            context.error(line, "running_loop", message, say!("Put it into an async function and await that."));
        }
        TopLevelAwait::Generator { range } => {
            let line = at(range.start);
            let message = say!("An asynchronous generator outside a function cannot run in a file.");
            let fix = say!("Use a list, [… async for …], or an async function.");
            context.error(line, "async_generator", message, fix);
        }
    }
}
