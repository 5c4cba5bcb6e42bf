//! Characters that make code look like other code: a person decides by what the line shows.

use std::collections::BTreeSet;

use crate::{context::Context, notebook::Notebook, python::reorders, words::say};

/// An error for each line that is shown in another order than Python reads it, and a note for each with characters that
/// have no width.
pub(super) fn check(notebook: &Notebook, context: &mut Context<'_>) {
    let skip = &context.options.skip;
    for (cell, source) in notebook.cells.iter().map(|cell| &cell.source).enumerate() {
        if skip.contains(&cell) {
            continue;
        }
        context.cell = cell;
        for (line, text) in (1..).zip(source.split('\n')) {
            let reordering = code_points(text, reorders);
            if !reordering.is_empty() {
                let message = say!(
                    "This line has characters that show it in another order than Python reads it (%1).",
                    reordering
                );
                let fix = say!("Remove them. A text that needs them can have escapes such as %1.", "\\u202b");
                context.error(line, "hidden_characters", message, fix);
            }
            let hidden = code_points(text, is_hidden);
            if !hidden.is_empty() {
                let message = say!("This line has characters that nobody sees (%1).", hidden);
                context.note(line, "hidden_characters", message, say!("Remove them, unless a text needs them."));
            }
        }
    }
}

/// Characters without a width; a direction mark works like a letter of its script. U+200C and U+200D are none of them: many
/// scripts and emoji need them, and Python accepts them in texts and comments only.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Which of these characters a line has, such as `U+202E, U+2066`.
fn code_points(line: &str, wanted: fn(char) -> bool) -> String {
    // Nearly all lines have none, and are ASCII.
    let found: BTreeSet<char> =
        if line.is_ascii() { BTreeSet::new() } else { line.chars().filter(|c| wanted(*c)).collect() };
    let names: Vec<String> = found.into_iter().map(|c| format!("U+{:04X}", u32::from(c))).collect();
    names.join(", ")
}
