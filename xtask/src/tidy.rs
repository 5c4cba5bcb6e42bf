//! Small checks of the sources that compilers do not make.

use std::fs;

use anyhow::{Result, bail};

use crate::{links, paths, run, translations};

/// The only allowed source of locked crates.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Folders with the frontend's HTML.
const DRAWN: [&str; 2] = ["/src/components/", "/src/parts/"];

/// Ways to turn a text into markup or code. They are forbidden, because everything must go through Yew, which escapes
/// it.
const MARKUP: [&str; 6] =
    ["from_html_unchecked", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("];

/// Finds registry URLs in lock files, this machine's paths, markup made from text, links of documents that lead nowhere,
/// source files without a first sentence, and examples that no test runs.
pub fn run() -> Result<()> {
    let root = paths::root();
    // Works only in a git checkout. Ignored files are not sources.
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
        if name.ends_with(".css") {
            problems.extend(colours(&text).map(|colour| format!("{name}: {colour} is no variable of JupyterLab's")));
        }
        let draws = name.starts_with("frontend-wasm/")
            && DRAWN.iter().any(|folder| name.contains(folder))
            && !name.contains("/tests");
        if draws || name.starts_with("labextension/src/") {
            let untranslated = text.lines().filter(|line| has_untranslated(line));
            problems.extend(untranslated.map(|line| format!("{name}: not through the translator: {}", line.trim())));
        }
        let shown = name.starts_with("frontend-wasm/") || name.starts_with("labextension/src/");
        if let Some(way) = MARKUP.iter().find(|way| shown && text.contains(**way)) {
            problems.push(format!("{name}: `{way}` makes markup or code of a text"));
        }
        if name.ends_with(".md") {
            problems.extend(links::broken(name, &text));
            problems.extend(links::unsaid(name, &text));
        }
        if name.ends_with(".rs") && !text.starts_with("//! ") {
            problems.push(format!("{name}: the first line must say in a sentence what the file is"));
        }
        if name.ends_with(".rs") && text.lines().any(is_example) {
            problems.push(format!("{name}: an example in a comment, which `cargo xtask test` does not run"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!("\n{}", problems.join("\n"))
}

/// Whether a line of Rust begins or ends an example in the documentation.
fn is_example(line: &str) -> bool {
    let line = line.trim_start();
    ["///", "//!"]
        .iter()
        .any(|comment| line.strip_prefix(comment).is_some_and(|rest| rest.trim_start().starts_with("```")))
}

/// Colours that a theme cannot change. System colours are allowed, because the user chooses them.
fn colours(css: &str) -> impl Iterator<Item = &str> {
    const NAMES: [&str; 11] =
        ["black", "white", "red", "green", "blue", "yellow", "orange", "gray", "grey", "silver", "purple"];
    // An image in `url(…)` is a mask, and its colours are not visible.
    let lines = css.lines().filter(|line| !line.contains("url(") && !line.trim_start().starts_with(['*', '/']));
    let values = lines.filter_map(|line| line.split_once(": ")).map(|(_, value)| value);
    values.flat_map(|value| value.split([' ', ';', ','])).filter(|word| {
        word.starts_with('#') || ["rgb", "hsl"].iter().any(|start| word.starts_with(start)) || NAMES.contains(word)
    })
}

/// Whether a line of Yew or TypeScript contains a text that is not translated.
fn has_untranslated(line: &str) -> bool {
    const BEGINNINGS: [&str; 8] = [
        ">{ \"",
        "title=\"",
        "aria-label=\"",
        "label: '",
        "caption: '",
        "textContent = '",
        "title.label = '",
        "alt=\"",
    ];
    // Add a `>`, because the element before the text may end on the previous line.
    let line = [">", line.trim()].concat();
    BEGINNINGS.iter().any(|beginning| {
        let said =
            line.split_once(beginning).map_or("", |(_, rest)| rest.split(['"', '\'']).next().unwrap_or_default());
        let mut letters = said.chars().map(char::is_alphabetic);
        letters.by_ref().any(|letter| letter) && letters.next().unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::{colours, has_untranslated, is_example};

    #[test]
    fn only_variables_and_the_systems_colours_are_allowed() {
        let css = "a {\n  color: var(--jp-ui-font-color1);\n  white-space: pre;\n  background: Highlight;\n}";
        assert_eq!(colours(css).count(), 0);
        let css = "a {\n  color: #fff;\n  border: 1px solid red;\n  fill: rgb(0 0 0);\n}";
        assert_eq!(colours(css).collect::<Vec<_>>(), ["#fff", "red", "rgb(0"]);
    }

    #[test]
    fn examples_in_comments_are_found() {
        assert!(is_example("    /// ```") && is_example("//! ```rust"));
        assert!(!is_example("/// Removes ``` from a text.") && !is_example("let fence = \"/// ```\";"));
    }

    #[test]
    fn words_in_a_component_are_found_and_signs_are_not() {
        assert!(has_untranslated("<p>{ \"No stage is running.\" }</p>"));
        assert!(has_untranslated("  label: 'Spark Monitor',"));
        assert!(!has_untranslated("<span>{ \"✓\" }</span>") && !has_untranslated("<p>{ tr(Message::Title) }</p>"));
    }
}
