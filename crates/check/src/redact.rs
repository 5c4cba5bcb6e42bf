//! Text of the program and of Spark in messages: short, visible, and without the program's secrets.

use std::{cell::Cell, ops::Range};

use python_source::{Program, Secret, secrets, secrets_in_text};

/// The longest piece of foreign text in a message.
const MOST_CHARS: usize = 300;

/// The most texts of one program.
const MOST_TEXTS: usize = 1_000;

/// Knows the program's secrets, so that no message shows one.
pub(crate) struct Redactor {
    secrets: Vec<String>,
    found: Vec<Secret>,
    /// Texts that may still be asked for: no report shows more, and each costs a search.
    left: Cell<usize>,
}

impl Redactor {
    pub(crate) fn of(program: &Program) -> Self {
        Self::with(program.text(), secrets(program))
    }

    pub(crate) fn of_text(text: &str) -> Self {
        Self::with(text, secrets_in_text(text))
    }

    fn with(text: &str, found: Vec<Secret>) -> Self {
        let part = |secret: &Secret| text.get(secret.range.clone()).map(str::to_owned);
        // A finding says where a secret is; the first hundred are enough, for the program is refused.
        let secrets = found.iter().take(100).filter_map(part).filter(|secret| !secret.is_empty()).collect();
        Self { secrets, found, left: Cell::new(MOST_TEXTS) }
    }

    pub(crate) fn found(&self) -> &[Secret] {
        &self.found
    }

    pub(crate) fn places(&self) -> Vec<Range<usize>> {
        self.found.iter().map(|secret| secret.range.clone()).collect()
    }

    /// Foreign text, fit for a message.
    pub(crate) fn text(&self, text: &str) -> String {
        let Some(left) = self.left.get().checked_sub(1) else { return "…".to_owned() };
        self.left.set(left);
        let mut text: String = text.chars().take(4 * MOST_CHARS).collect();
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "[secret]");
            }
        }
        for secret in secrets_in_text(&text).into_iter().rev() {
            text.replace_range(secret.range, "[secret]");
        }
        let plain = text.chars().map(|char| if is_invisible(char) { ' ' } else { char });
        let mut short: String = plain.clone().take(MOST_CHARS).collect();
        if plain.count() > MOST_CHARS {
            short.push('…');
        }
        short
    }
}

/// Control characters, and those that change the order of what is shown.
fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || matches!(char, '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_and_what_a_terminal_obeys_are_not_shown() {
        let redactor = Redactor::of_text("password='hunter2-Zq81xW'");
        assert_eq!(redactor.text("near 'hunter2-Zq81xW'\u{1b}[31m\u{202e}"), "near '[secret]' [31m ");
        assert_eq!(redactor.text("postgres://me:s3cr3tPa55@db/x"), "postgres://me:[secret]@db/x");
        assert_eq!(redactor.text(&"x".repeat(10_000)).chars().count(), MOST_CHARS + 1);
    }
}
