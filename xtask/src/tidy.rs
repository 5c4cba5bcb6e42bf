//! Small checks of the sources that no compiler makes.

use std::fs;

use anyhow::{Result, bail};

use crate::{paths, run, translations};

/// The only place that a locked crate may come from.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Where the frontend draws.
const DRAWN: [&str; 2] = ["/src/components/", "/src/parts/"];

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
        if name.ends_with(".rs") && !text.starts_with("//! ") {
            problems.push(format!("{name}: the first line must say in a sentence what the file is"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!("\n{}", problems.join("\n"))
}

/// Colours that a theme cannot change. Those of the system are a person's own.
fn colours(css: &str) -> impl Iterator<Item = &str> {
    const NAMES: [&str; 11] =
        ["black", "white", "red", "green", "blue", "yellow", "orange", "gray", "grey", "silver", "purple"];
    // A drawing in a `url(…)` is a mask: its colours do not show.
    let lines = css.lines().filter(|line| !line.contains("url(") && !line.trim_start().starts_with(['*', '/']));
    let values = lines.filter_map(|line| line.split_once(": ")).map(|(_, value)| value);
    values.flat_map(|value| value.split([' ', ';', ','])).filter(|word| {
        word.starts_with('#') || ["rgb", "hsl"].iter().any(|start| word.starts_with(start)) || NAMES.contains(word)
    })
}

/// A line of Yew or TypeScript that shows or names something in words of its own.
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
    // As if it followed an element, which it does on the line before.
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
    use super::{colours, has_untranslated};

    #[test]
    fn only_variables_and_the_systems_colours_are_allowed() {
        let css = "a {\n  color: var(--jp-ui-font-color1);\n  white-space: pre;\n  background: Highlight;\n}";
        assert_eq!(colours(css).count(), 0);
        let css = "a {\n  color: #fff;\n  border: 1px solid red;\n  fill: rgb(0 0 0);\n}";
        assert_eq!(colours(css).collect::<Vec<_>>(), ["#fff", "red", "rgb(0"]);
    }

    #[test]
    fn words_in_a_component_are_found_and_signs_are_not() {
        assert!(has_untranslated("<p>{ \"No stage is running.\" }</p>"));
        assert!(has_untranslated("  label: 'Spark Monitor',"));
        assert!(!has_untranslated("<span>{ \"✓\" }</span>") && !has_untranslated("<p>{ tr(Message::Title) }</p>"));
    }
}
