//! SHELL: no commands of the shell, and no magics that run something else.

use python_source::EscapeKind;

use crate::{finding::RuleFindings, subject::Subject};

pub(super) const FINDS: &str =
    "`!command`, `%pip`, `%%bash`, `%run` and other magics that do more than measure or show";

/// Magics that only measure or show.
const HARMLESS: [&str; 8] = ["time", "timeit", "matplotlib", "who", "whos", "lsmagic", "precision", "autosave"];
/// Magics of a cell that run its code and measure it, or keep its output.
const MEASURED: [&str; 4] = ["time", "timeit", "capture", "prun"];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    let Some(program) = subject.program else { return };
    for escape in program.escapes() {
        let word = escape.value.split_whitespace().next().unwrap_or_default();
        match escape.kind {
            EscapeKind::Help => continue,
            // The code behind it is not followed.
            EscapeKind::Magic if HARMLESS.contains(&word) && escape.value.trim() == word => continue,
            EscapeKind::Magic if word == "matplotlib" => continue,
            EscapeKind::CellMagic if MEASURED.contains(&word) && escape.value.trim() == word => continue,
            _ => {}
        }
        let message = "The line is no Python: it runs something else.".to_owned();
        found.add(escape.range, message, "Write it in Python, or leave it out.");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn commands_and_magics_that_run_something_are_refused() {
        for line in [
            "%%bash",
            "%%timeit eval('1')",
            "!ls",
            "x = !ls",
            "%pip install a",
            "%run b.py",
            "%time eval('1')",
            "!!date",
        ] {
            assert_eq!(codes(&format!("y = 1\n{line}\n")), ["SHELL:2"], "{line}");
        }
    }

    #[test]
    fn those_that_show_and_texts_are_not() {
        assert!(codes("%%time\nx = 1\n").is_empty());
        assert!(codes("%matplotlib inline\nx = '!ls'\ny = 5 % 3\nx?\nprint(x != y)\n").is_empty());
    }
}
