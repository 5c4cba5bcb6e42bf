//! The part of a document that a proof writes, between two comments.

use std::fs;

use anyhow::{Context, Result};

use crate::paths;

const END: &str = "<!-- End of what is written. -->";

/// Writes `text` where `docs/{name}` says that `cargo xtask verify {proof}` writes.
///
/// # Errors
/// When the document has no such place.
pub fn write(name: &str, proof: &str, text: &str) -> Result<()> {
    let begin = format!("<!-- Written by `cargo xtask verify {proof}`. -->");
    let path = paths::root().join("docs").join(name);
    let old = fs::read_to_string(&path)?;
    let (head, rest) = old.split_once(&begin).with_context(|| format!("docs/{name} has no place for {proof}"))?;
    let (_, tail) = rest.split_once(END).with_context(|| format!("docs/{name} has no end of what {proof} writes"))?;
    Ok(fs::write(&path, [head, &begin, "\n", text, END, tail].concat())?)
}
