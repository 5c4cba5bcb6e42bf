//! Small checks of the sources that no compiler makes.

use std::fs;

use anyhow::{Result, bail};

use crate::{paths, run, translations};

/// The only place that a locked crate may come from.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Ways to make markup or code of a text; all that is shown goes through Yew, which escapes it.
const MARKUP: [&str; 6] =
    ["from_html_unchecked", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("];

/// Finds registry addresses in lock files, this machine's paths, markup made of text, and source files without a first sentence.
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
        let shown = name.starts_with("frontend-wasm/src/") || name.starts_with("labextension/src/");
        if let Some(way) = MARKUP.iter().find(|way| shown && text.contains(**way)) {
            problems.push(format!("{name}: `{way}` makes markup or code of a text"));
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
