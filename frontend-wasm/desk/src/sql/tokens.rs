//! Finds the parameters of a statement: `:name` and `?` outside of quotes and comments.

/// A place in a statement that takes a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parameter {
    Named(String),
    /// From 1.
    Positional(usize),
}

impl Parameter {
    /// As the form shows it: `:id`, `?1`.
    pub fn label(&self) -> String {
        match self {
            Self::Named(name) => [":", name].concat(),
            Self::Positional(number) => ["?", &number.to_string()].concat(),
        }
    }
}

/// Each name once, in the order of the statement; each `?` by its number.
pub fn parameters(sql: &str) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut positional = 0;
    let mut rest = sql;
    let mut before = ' ';
    while let Some(next) = rest.chars().next() {
        let length = skipped(rest, before);
        if length > 0 {
            (before, rest) = (' ', rest.get(length..).unwrap_or_default());
            continue;
        }
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        let mut taken = next.len_utf8();
        if next == '?' {
            positional += 1;
            found.push(Parameter::Positional(positional));
        } else if next == ':' && !is_word(before) && before != ':' && before != '`' {
            let name: String = after.chars().take_while(|letter| is_word(*letter)).collect();
            taken += name.len();
            let parameter = Parameter::Named(name.clone());
            if name.starts_with(|first: char| !first.is_ascii_digit()) && !found.contains(&parameter) {
                found.push(parameter);
            }
        }
        before = next;
        rest = rest.get(taken..).unwrap_or_default();
    }
    found
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The length of the quoted text or the comment at the beginning; 0 if there is none.
fn skipped(text: &str, before: char) -> usize {
    let Some(first) = text.chars().next() else {
        return 0;
    };
    if text.starts_with("--") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return comment(text);
    }
    match first {
        // In a raw literal a backslash means itself.
        '\'' | '"' => quoted(text, first, !matches!(before, 'r' | 'R')),
        '`' => quoted(text, first, false),
        _ => 0,
    }
}

/// Comments nest.
fn comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if escapes && letter == '\\' {
            is_escaped = true;
        } else if letter == quote {
            return at + letter.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Parameter, parameters};

    fn labels(sql: &str) -> String {
        parameters(sql).iter().map(Parameter::label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_are_found_once_and_question_marks_are_counted() {
        assert_eq!(labels("SELECT :a, :b_2, :a WHERE x=:größe LIMIT :a"), ":a :b_2 :größe");
        assert_eq!(labels("SELECT ?, f(?)"), "?1 ?2");
    }

    #[test]
    fn quotes_and_comments_are_no_parameters() {
        assert_eq!(labels("SELECT ':a', \"?\", `:b`, 'it\\'s :c', 'it''s :d' -- :e ?\n, :f"), ":f");
        assert_eq!(labels("/* :a /* ? */ :b */ :c /* never closed :d"), ":c");
        assert_eq!(labels("SELECT r'\\', :a"), ":a");
        assert_eq!(labels("SELECT 'never closed :a"), "");
    }

    #[test]
    fn casts_and_fields_of_structs_are_no_parameters() {
        assert_eq!(labels("SELECT x::INT, CAST(y AS STRUCT<a:INT>), 1 : 2, :1"), "");
    }
}
