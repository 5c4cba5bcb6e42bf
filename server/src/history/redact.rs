//! Texts that a setting keeps: passwords, keys and tokens in them are replaced. What looks like one is taken for one.

use history_store::Texts;
use monitor::queries::QueryRun;

/// Longest statement that is kept, characters.
const LONGEST: usize = 4_000;
/// What stands for a secret.
const HIDDEN: &str = "…";
/// Parts of names whose values are secrets.
const NAMES: [&str; 9] =
    ["password", "passwd", "pwd", "secret", "token", "credential", "apikey", "api_key", "access_key"];
/// How well-known keys begin: JSON web tokens, and those of several services.
const BEGINNINGS: [&str; 9] = ["eyj", "akia", "asia", "ghp_", "gho_", "github_pat_", "glpat-", "xox", "sk-"];
const SHORTEST_KEY: usize = 16;
/// From this length on, letters of both cases mixed with digits are taken for a key.
const SHORTEST_RANDOM: usize = 32;

/// A query's texts as they are kept.
pub(super) fn texts(query: &QueryRun) -> Texts {
    let statement = redacted(query.sql.as_deref().unwrap_or_default()).chars().take(LONGEST).collect();
    // The traces behind it are long, and say nothing that another run would not.
    let message = query.reason().map(|reason| redacted(&reason)).unwrap_or_default();
    Texts { statement, message }
}

/// The text without its secrets.
pub(super) fn redacted(text: &str) -> String {
    let (mut result, mut rest) = (String::with_capacity(text.len()), text);
    // Whether the last word was the name of a secret.
    let mut named = false;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|char| is_in_word(char) != is_in_word(first)).unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        if is_in_word(first) {
            let name = part.to_lowercase();
            let is_secret = std::mem::take(&mut named) || looks_secret(part, &name);
            result.push_str(if is_secret { HIDDEN } else { part });
            named = !is_secret && NAMES.iter().any(|secret| name.contains(secret));
            continue;
        }
        result.push_str(part);
        // A name alone, as of a column, says nothing about the next word.
        named &= part.contains(['=', ':', '\'', '"']);
        let quote = part.chars().next_back().filter(|char| named && matches!(char, '\'' | '"'));
        let opens = quote.is_some_and(|quote| part.matches(quote).count() != 1 || !part.starts_with(quote));
        if let Some(end) = quote.filter(|_| opens).and_then(|quote| rest.find(quote)) {
            named = false;
            result.push_str(HIDDEN);
            rest = rest.get(end..).unwrap_or_default();
        } else if part.ends_with("://") {
            // `user:password@`
            let place = rest.find(|char: char| char.is_whitespace() || matches!(char, '/' | '?' | '\'' | '"' | '`'));
            let place = rest.get(..place.unwrap_or(rest.len())).unwrap_or_default();
            if let Some(at) = place.rfind('@') {
                result.push_str(HIDDEN);
                rest = rest.get(at..).unwrap_or_default();
            }
        }
    }
    result
}

fn is_in_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '.' | '-' | '+' | '%' | '~')
}

fn looks_secret(word: &str, lower: &str) -> bool {
    let mixed = |is: fn(&char) -> bool| word.chars().any(|char| is(&char));
    let is_random = word.len() >= SHORTEST_RANDOM
        && mixed(char::is_ascii_digit)
        && mixed(char::is_ascii_uppercase)
        && mixed(char::is_ascii_lowercase);
    is_random || word.len() >= SHORTEST_KEY && BEGINNINGS.iter().any(|begin| lower.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays_as_it_was() {
        for (text, expected) in [
            ("SELECT token, name FROM t WHERE id = 'Ann'", "SELECT token, name FROM t WHERE id = 'Ann'"),
            ("SELECT * FROM t WHERE password = 'a b''", "SELECT * FROM t WHERE password = '…''"),
            ("OPTIONS (url 'jdbc:x://h/d', password 'pw', n '1')", "OPTIONS (url 'jdbc:x://h/d', password '…', n '1')"),
            ("OPTIONS ('fs.s3a.secret.key' = 'x y')", "OPTIONS ('fs.s3a.secret.key' = '…')"),
            ("SET spark.hadoop.fs.s3a.access_key=abc", "SET spark.hadoop.fs.s3a.access_key=…"),
            ("csv.`https://ann:pw@h/x.csv?sig=1&token=abc`", "csv.`https://…@h/x.csv?sig=1&token=…`"),
            ("no access for [AKIAIOSFODNN7EXAMPLE]", "no access for [AKIAIOSFODNN7EXAMPLE]"),
            ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Authorization: Bearer …"),
            ("SELECT '0f8fad5b-d9cb-469f-a165-70867728950e'", "SELECT '0f8fad5b-d9cb-469f-a165-70867728950e'"),
            ("x = aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3", "x = …"),
            ("token: ünïcode", "token: …"),
        ] {
            let expected = expected.replace("AKIAIOSFODNN7EXAMPLE", HIDDEN);
            assert_eq!(redacted(text), expected, "{text}");
        }
    }
}
