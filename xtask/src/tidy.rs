//! Small checks of the sources that no compiler makes.

use std::fs;

use anyhow::{Result, bail};

use crate::{paths, run};

/// Finds registry addresses in lock files, and source files without a first sentence.
pub fn run() -> Result<()> {
    let root = paths::root();
    // Inside a checkout only; what git ignores is nobody's source.
    let listed =
        run::quiet(run::command("git", &root).args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut problems = Vec::new();
    for name in listed.lines() {
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        if name.ends_with("package-lock.json") && text.contains("\"resolved\": \"http") {
            problems.push(format!("{name}: names a registry's host; set omit-lockfile-registry-resolved"));
        }
        if name.ends_with(".rs") && !text.starts_with("//! ") {
            problems.push(format!("{name}: the first line must say in a sentence what the file is"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!("\n{}", problems.join("\n"))
}
