//! Writes the part of a document between the two comments that mark a command's output.

use std::fs;

use anyhow::{Context, Result};

use crate::paths;

const END: &str = "<!-- End of what is written. -->";

/// Writes `text` to the place in `docs/{name}` that is marked for `cargo xtask {command}`.
///
/// # Errors
/// When the document has no such place.
pub fn write(name: &str, command: &str, text: &str) -> Result<()> {
    let begin = format!("<!-- Written by `cargo xtask {command}`. -->");
    let path = paths::root().join("docs").join(name);
    let old = fs::read_to_string(&path)?;
    let (head, rest) = old.split_once(&begin).with_context(|| format!("docs/{name} has no place for {command}"))?;
    let (_, tail) = rest.split_once(END).with_context(|| format!("docs/{name} has no end of what {command} writes"))?;
    Ok(fs::write(&path, [head, &begin, "\n", text, END, tail].concat())?)
}
