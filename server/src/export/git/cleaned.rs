//! Another program's words for people: without control characters, addresses with users, and what looks like a secret.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Longest message that is kept, characters.
const LONGEST: usize = 500;
/// From this length on, letters mixed with digits are taken for a key.
const SHORTEST_KEY: usize = 20;
const HIDDEN: &str = "…";

/// The text in one line, without `secret` in any form.
pub(super) fn cleaned(text: &str, secret: Option<&str>) -> String {
    let text = without_escapes(text);
    let words =
        text.split_whitespace().map(|word| if is_secret(word, secret) { HIDDEN.to_owned() } else { open(word) });
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}{HIDDEN}", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Terminals' escape sequences go with all their letters, other control characters become spaces.
fn without_escapes(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' if chars.next_if_eq(&'[').is_some() => {
                while chars.next_if(|c| !c.is_ascii_alphabetic()).is_some() {}
                chars.next();
            }
            c if c.is_control() => result.push(' '),
            // They turn a text around.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => result.push(c),
        }
    }
    result
}

fn is_secret(word: &str, secret: Option<&str>) -> bool {
    let is_ours = secret.is_some_and(|secret| {
        word.contains(secret) || word.contains(&utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string())
    });
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_key = |text: &str| {
        text.len() >= SHORTEST_KEY
            && text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    is_ours || bare.split(|c: char| !(c.is_alphanumeric() || "_+-".contains(c))).any(is_key)
}

/// An address without its user, query and fragment; another word as it is.
fn open(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosts_words_are_shown_without_secrets_and_escapes() {
        for (text, expected) in [
            ("GitLab: You are not allowed to push.\n\n", "GitLab: You are not allowed to push."),
            ("\u{1b}[1;31mred\u{1b}[0m\u{7} bell\u{202e}", "red bell"),
            ("see https://ann:pw@git.example/a/b?private_token=x#y", "see https://git.example/a/b"),
            ("with to/ken=1 or to%2Fken%3D1", "with … or …"),
            ("key ghp_0123456789abcdefABCDEF, Basic b2F1dGgyOnNlY3JldHNlY3JldDEyMw==", "key … Basic …"),
        ] {
            assert_eq!(cleaned(text, Some("to/ken=1")), expected, "{text}");
        }
        assert_eq!(cleaned(&"a ".repeat(10_000), None).chars().count(), LONGEST + 1);
    }
}
