//! Small checks of the sources that no compiler makes.

use std::fs;

use anyhow::{Result, bail};

use crate::{paths, run, translations};

/// The only place that a locked crate may come from.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Finds registry addresses in lock files, this machine's paths, and source files without a first sentence.
pub fn run() -> Result<()> {
    let root = paths::root();
    // Inside a checkout only; what git ignores is nobody's source.
    let listed =
        run::quiet(run::command("git", &root).args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut problems = translations::problems()?;
    for name in listed.lines() {
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        if name.ends_with("package-lock.json") && text.contains("\"resolved\": \"http") {
            problems.push(format!("{name}: names a registry's host; set omit-lockfile-registry-resolved"));
        }
        let strange = |line: &&str| line.starts_with("source = ") && *line != CRATES;
        if name.ends_with("Cargo.lock") && text.lines().any(|line| strange(&line)) {
            problems.push(format!("{name}: names a source other than the public crates"));
        }
        if text.contains(&format!("{}/", root.display())) {
            problems.push(format!("{name}: names a path of this machine"));
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
