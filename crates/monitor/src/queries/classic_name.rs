//! Names without Spark Connect: Spark's own `method at place`, or the user's description.

use wire::{CallSite, NamedBy};

use crate::{connect_request, text};

/// Spark calls a job `collect at /tmp/ipykernel_7/42.py:2`; anything else is the user's `setJobDescription`.
pub(super) fn classic_name(words: &str) -> (NamedBy, String, Option<CallSite>) {
    match words.rsplit_once(" at ").filter(|(action, place)| is_method(action) && is_place(place)) {
        Some((action, place)) => (NamedBy::Spark, text::name(action), connect_request::call_site(place)),
        None if words.trim().is_empty() => (NamedBy::Nothing, String::new(), None),
        None => (NamedBy::Tag, text::name(words), None),
    }
}

/// Whether it can be the name of a method: Spark's own names are a single word.
fn is_method(action: &str) -> bool {
    !action.is_empty() && action.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '$' | '<' | '>'))
}

/// Whether it can be a line of code: a file or a placeholder for one, and a number.
fn is_place(place: &str) -> bool {
    let Some((file, line)) = place.rsplit_once(':') else { return false };
    let is_one_word = file.starts_with('/') || !file.contains(char::is_whitespace);
    let is_file = file.ends_with('>') || file.rsplit(['/', '\\']).next().is_some_and(|name| name.contains('.'));
    is_one_word && is_file && !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(words: &str) -> (NamedBy, String) {
        let (by, name, _) = classic_name(words);
        (by, name)
    }

    #[test]
    fn sparks_words_are_a_method_and_a_line_of_code() {
        for (words, method) in [
            ("collect at /tmp/ipykernel_7/42.py:2", "collect"),
            ("count at NativeMethodAccessorImpl.java:0", "count"),
            ("collect at <string>:5", "collect"),
            ("$anonfun$withThreadLocalCaptured$2 at CompletableFuture.java:1768", "$anonfun$withThreadLocalCaptured$2"),
        ] {
            assert_eq!(named(words), (NamedBy::Spark, method.to_owned()), "{words}");
        }
    }

    #[test]
    fn everything_else_is_the_users() {
        for words in
            ["load at 10:30: users", "load at 10:30", "nightly load at db.example:5432", "meet at noon: x.py:3"]
        {
            assert_eq!(named(words), (NamedBy::Tag, words.to_owned()), "{words}");
        }
        assert_eq!(named(" "), (NamedBy::Nothing, String::new()));
    }
}
