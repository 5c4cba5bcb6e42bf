//! The shape of a query: what it asks, without its literals. Nothing else of a query's text reaches the disk.

use history_store::Shape;
use monitor::{queries::QueryRun, redact::quoted};
use wire::{CallSite, NamedBy};

/// Of the rule below; hashes of different rules are not comparable.
const VERSION: i16 = 1;
/// Longest text that is read, bytes.
const LONGEST: usize = 64 * 1024;
/// Operators of several characters, the longest first.
const OPERATORS: [&str; 10] = ["<=>", "<>", "<=", ">=", "!=", "==", "||", "&&", "::", "->"];
/// Words before a parenthesis that call no function.
const KEYWORDS: [&str; 20] = [
    "all", "and", "as", "by", "distinct", "else", "exists", "from", "in", "join", "not", "on", "or", "over", "select",
    "then", "union", "values", "when", "where",
];
/// Digits in a row that make a name one of many: a date, a number, an id.
const DIGITS: usize = 4;

/// The shape of a query.
pub(super) fn shape(query: &QueryRun) -> Shape {
    let (made_from, text) = match (&query.sql, query.named_by) {
        (Some(sql), _) => ("sql", sql.as_str()),
        (None, NamedBy::Tag) => ("tag", query.name.as_str()),
        (None, NamedBy::Operators) => ("plan", query.name.as_str()),
        (None, _) => ("call_site", query.name.as_str()),
    };
    let label = without_literals(text);
    // The own tag tells two uses of the same SQL apart; a cell's number changes with each run and tells nothing.
    let tag = if query.sql.is_some() && query.named_by == NamedBy::Tag {
        without_literals(&query.name)
    } else {
        String::new()
    };
    let place = match &query.call_site {
        _ if query.sql.is_some() => String::new(),
        Some(CallSite::CellText { hash, line }) => format!("{hash}:{line}"),
        Some(CallSite::File { file, line }) => format!("{file}:{line}"),
        Some(CallSite::Cell { .. }) | None => String::new(),
    };
    let mut hash = blake3::Hasher::new();
    for part in [made_from, &label, &tag, &place] {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    let hash = hash.finalize().to_hex().get(..32).unwrap_or_default().to_owned();
    Shape { version: VERSION, hash, made_from: made_from.to_owned(), label }
}

/// A hash of how a query ran: which of its stages read, and which shuffled.
pub(super) fn plan_hash(query: &QueryRun) -> String {
    if query.stages.is_empty() {
        return String::new();
    }
    let bytes: Vec<u8> = query.stages.iter().flatten().map(|flag| u8::from(*flag)).collect();
    blake3::hash(&bytes).to_hex().get(..32).unwrap_or_default().to_owned()
}

/// The tokens of a text in lower case: literals are `?`, lists of literals one `?`, and comments are gone.
pub(super) fn without_literals(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut rest = text.get(..end).unwrap_or_default();
    let mut tokens: Vec<String> = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(first, rest);
        rest = rest.get(length..).unwrap_or_default();
        let Some(token) = token else { continue };
        // `SET key=value` has its value without quotes, and it may be a password.
        let is_value = token == "=" && tokens.first().is_some_and(|first| first == "set");
        push(&mut tokens, token);
        if is_value {
            push(&mut tokens, "?".to_owned());
            break;
        }
    }
    joined(&tokens)
}

/// The first token, and its length in bytes; none for white space and comments.
fn token(first: char, rest: &str) -> (Option<String>, usize) {
    let until = |end: &str, from: usize| {
        let after = rest.get(from..).unwrap_or_default();
        after.find(end).map_or(rest.len(), |at| from + at + end.len())
    };
    if first.is_whitespace() {
        (None, first.len_utf8())
    } else if rest.starts_with("--") {
        (None, until("\n", 2))
    } else if rest.starts_with("/*") {
        (None, comment(rest))
    } else if matches!(first, '\'' | '"') {
        (Some("?".to_owned()), quoted(rest, first))
    } else if first == '`' {
        let length = until("`", 1);
        let name = rest.get(..length).unwrap_or_default().trim_matches('`');
        // A file's address may hold a key.
        let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ' ' | '$');
        let name = if name.chars().all(is_name) { without_numbers(&name.to_lowercase()) } else { "?".to_owned() };
        (Some(format!("`{name}`")), length)
    } else if first.is_ascii_digit() {
        let digits = |char: char| char.is_alphanumeric() || matches!(char, '.' | '_');
        (Some("?".to_owned()), rest.find(|char| !digits(char)).unwrap_or(rest.len()))
    } else if first.is_alphanumeric() || first == '_' {
        let in_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
        let length = rest.find(|char| !in_name(char)).unwrap_or(rest.len());
        // `X'00ff'` and `r'…'` are literals, too.
        let name = rest.get(..length).unwrap_or_default();
        if rest.get(length..).is_some_and(|rest| rest.starts_with("://")) {
            return (Some("?".to_owned()), rest.find(char::is_whitespace).unwrap_or(rest.len()));
        }
        let quote = rest.get(length..).and_then(|rest| rest.chars().next()).filter(|char| matches!(char, '\'' | '"'));
        match quote {
            // In a raw text a backslash escapes nothing.
            Some(quote) if matches!(name, "r" | "R") => {
                let end = rest.get(length + 1..).and_then(|rest| rest.find(quote));
                (Some("?".to_owned()), end.map_or(rest.len(), |at| length + 1 + at + quote.len_utf8()))
            }
            Some(quote) if length == 1 => {
                (Some("?".to_owned()), length + quoted(rest.get(length..).unwrap_or_default(), quote))
            }
            _ => (Some(without_numbers(&name.to_lowercase())), length),
        }
    } else {
        let operator = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
        let token = operator.map_or_else(|| first.to_string(), |operator| (*operator).to_owned());
        let length = token.len();
        (Some(token), length)
    }
}

/// The length of a comment with those inside it, bytes.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while let Some(text) = rest.get(at..).filter(|text| !text.is_empty()) {
        let (change, length) = if text.starts_with("/*") {
            (1, 2)
        } else if text.starts_with("*/") {
            (-1, 2)
        } else {
            (0, text.chars().next().map_or(1, char::len_utf8))
        };
        depth = depth.saturating_add_signed(change);
        at += length;
        if depth == 0 {
            break;
        }
    }
    at
}

/// A name with `?` for each long number and id in it.
fn without_numbers(name: &str) -> String {
    // What of an id is no number would still differ.
    let is_id = |part: &str| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<String> =
        name.split('-').map(|part| if is_id(part) { "?".to_owned() } else { long_numbers(part) }).collect();
    let mut kept: Vec<String> = Vec::new();
    let had_id = parts.iter().any(|part| part == "?");
    for part in parts {
        // The short groups of a UUID beside its long ones.
        let group = had_id && part.len() == DIGITS && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let part = if group { "?".to_owned() } else { part };
        if part != "?" || kept.last().is_none_or(|last| last != "?") {
            kept.push(part);
        }
    }
    kept.join("-")
}

/// A name with `?` for each long number in it.
pub(super) fn long_numbers(name: &str) -> String {
    let (mut result, mut digits) = (String::new(), String::new());
    let flush = |digits: &mut String, result: &mut String| {
        if digits.len() >= DIGITS {
            result.push('?');
        } else {
            result.push_str(digits);
        }
        digits.clear();
    };
    for char in name.chars() {
        if char.is_ascii_digit() {
            digits.push(char);
        } else {
            flush(&mut digits, &mut result);
            result.push(char);
        }
    }
    flush(&mut digits, &mut result);
    result
}

/// Adds a token; `?, ?` becomes `?`, and `(?), (?)` becomes `(?)`.
fn push(tokens: &mut Vec<String>, token: String) {
    tokens.push(token);
    for list in [&["?", ",", "?"][..], &["(", "?", ")", ",", "(", "?", ")"]] {
        let more = list.len() / 2 + 1;
        if tokens.len() >= list.len()
            && tokens.iter().rev().zip(list.iter().rev()).all(|(token, wanted)| token == wanted)
        {
            tokens.truncate(tokens.len() - if list.len() == 3 { 2 } else { more });
        }
    }
}

fn joined(tokens: &[String]) -> String {
    // `word` is where the last word begins.
    let (mut text, mut word) = (String::new(), 0);
    for token in tokens {
        let closes = matches!(token.as_str(), "," | ")" | "." | ";" | ":" | "::");
        let last = text.get(word..).unwrap_or_default();
        let calls = token == "(" && last.ends_with(char::is_alphanumeric) && !KEYWORDS.contains(&last);
        let tight = closes || calls || text.is_empty() || text.ends_with(['(', '.', ':']);
        if !tight {
            text.push(' ');
            word = text.len();
        }
        if let Some(end) = token.rfind([' ', '(']) {
            word = text.len() + end + 1;
        }
        text.push_str(token);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_lists_comments_and_letter_case_do_not_matter() {
        for (text, label) in [
            ("SELECT * FROM t WHERE id = 7", "select * from t where id = ?"),
            ("select *\nfrom T -- of Ann\nwhere id=8 /* x */", "select * from t where id = ?"),
            ("SELECT 'it''s', \"a\\\"b\", X'00ff' FROM `My Table`", "select ? from `my table`"),
            ("WHERE a IN (1, 2, 3) AND b IN ('x')", "where a in (?) and b in (?)"),
            ("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", "insert into t values (?)"),
            ("SELECT 1.5e3D, -2 FROM s.t", "select ?, - ? from s.t"),
            ("SELECT a FROM run_20261128_x", "select a from run_?_x"),
            ("SELECT 'open", "select ?"),
            (
                "SELECT count(*) FROM range(9) WHERE 'x'<>cast(id AS string)",
                "select count(*) from range(?) where ? <> cast(id as string)",
            ),
            ("select v1.a2 from t_12", "select v1.a2 from t_12"),
            (r"select r'\', 'secret', R'x'", "select ?"),
            ("select 1 /* of /* Ann */ and Bob */ from t", "select ? from t"),
            ("SELECT * FROM csv.`https://h/x.csv?token=abc`", "select * from csv.`?`"),
            ("SET spark.hadoop.fs.s3a.secret.key=AbC+/d==", "set spark.hadoop.fs.s3a.secret.key = ?"),
            ("UPDATE t SET a = b WHERE c = 1", "update t set a = b where c = ?"),
            ("ADD JAR https://ann:pw@h/x.jar?token=abc", "add jar ?"),
            ("FROM `tmp-0f8fad5b-d9cb-469f-a165-70867728950e`", "from `tmp-?`"),
        ] {
            assert_eq!(without_literals(text), label, "{text}");
        }
    }

    fn query(sql: Option<&str>, name: &str, named_by: NamedBy) -> QueryRun {
        QueryRun {
            query_id: String::new(),
            session_id: None,
            user: String::new(),
            name: name.into(),
            named_by,
            sql: sql.map(str::to_owned),
            call_site: None,
            state: wire::QueryState::Succeeded,
            failure: None,
            submitted_at_ms: 0,
            elapsed_ms: 0,
            waited_ms: 0,
            tasks: 0,
            sums: monitor::queries::Sums::default(),
            stages: Vec::new(),
        }
    }

    #[test]
    fn the_same_question_with_another_literal_has_the_same_shape_and_an_own_tag_another_one() {
        let sql = |text| shape(&query(Some(text), "", NamedBy::Sql));
        assert_eq!(sql("SELECT 1"), sql("select  2"));
        assert_ne!(sql("SELECT a"), sql("SELECT b"));
        let tagged = shape(&query(Some("SELECT 1"), "nightly 2026-11-28", NamedBy::Tag));
        assert_ne!(tagged.hash, sql("SELECT 1").hash);
        assert_eq!(tagged, shape(&query(Some("SELECT 3"), "nightly 2026-11-29", NamedBy::Tag)));
        let at = |line| {
            let site = CallSite::File { file: "job.py".into(), line };
            shape(&QueryRun { call_site: Some(site), ..query(None, "collect", NamedBy::Spark) })
        };
        assert_eq!((at(3).label, at(3).made_from), ("collect".into(), "call_site".into()));
        assert_ne!(at(3).hash, at(4).hash);
    }
}
