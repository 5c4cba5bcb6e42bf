//! `{expression}` and `$name` in a command, which IPython replaces by their values.
//!
//! IPython's rule, `DollarFormatter`: the text is cut as `str.format` cuts it; in the pieces between, `$name` counts too,
//! unless an odd number of single quotes follows it there. If anything has no value, the whole text is left as it is,
//! so that `$HOME` and `awk '{print $1}'` are the shell's.

mod fields;

use python_source::{NameEvent, Program, Version};

use self::fields::{Piece, pieces};
use crate::python;

/// A Python expression for a command's text. `known` says which names have a value.
pub(crate) fn expression(text: &str, version: Version, known: &dyn Fn(&str) -> bool) -> String {
    match parts(text, version, known) {
        Some(parts) if parts.iter().any(|part| matches!(part, Part::Value { .. })) => join(&parts),
        Some(parts) => python::literal(&parts.iter().map(Part::text).collect::<String>()),
        None => python::literal(text),
    }
}

#[derive(Debug, PartialEq)]
enum Part<'a> {
    Text(String),
    Value { expression: &'a str, conversion: Option<char> },
}

impl Part<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Value { expression, .. } => expression,
        }
    }
}

/// The parts of a text, or none if it is left as it is.
fn parts<'a>(text: &'a str, version: Version, known: &dyn Fn(&str) -> bool) -> Option<Vec<Part<'a>>> {
    let mut parts = Vec::new();
    for Piece { literal, field } in pieces(text)? {
        dollars(literal, &mut parts);
        let field = field.map(|(expression, conversion)| Part::Value { expression, conversion });
        parts.extend(field);
    }
    let has_value = |part: &Part<'_>| match part {
        Part::Text(_) => true,
        Part::Value { expression, .. } => has_value(expression, version, known),
    };
    parts.iter().all(has_value).then_some(parts)
}

/// `$name` and `$name.attribute` in a piece; `$$name` is `$name`.
fn dollars<'a>(literal: &'a str, parts: &mut Vec<Part<'a>>) {
    let mut plain = String::new();
    let mut rest = literal;
    let mut quotes = literal.matches('\'').count();
    while let Some((before, after)) = rest.split_once('$') {
        plain.push_str(before);
        // Behind the name, which has none itself.
        quotes -= before.matches('\'').count();
        let (escaped, after) = after.strip_prefix('$').map_or((false, after), |after| (true, after));
        let end = after.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(after.len());
        let (word, behind) = after.split_at(end);
        if word.is_empty() || quotes % 2 == 1 {
            // The second of two dollars may begin a name itself.
            plain.push('$');
            rest = rest.get(before.len() + 1..).unwrap_or_default();
            continue;
        }
        if escaped {
            plain.push('$');
            plain.push_str(word);
        } else {
            parts.extend((!plain.is_empty()).then(|| Part::Text(std::mem::take(&mut plain))));
            parts.push(Part::Value { expression: word, conversion: None });
        }
        rest = behind;
    }
    plain.push_str(rest);
    parts.extend((!plain.is_empty()).then_some(Part::Text(plain)));
}

fn has_value(expression: &str, version: Version, known: &dyn Fn(&str) -> bool) -> bool {
    if expression.trim().is_empty() {
        return false;
    }
    let program = Program::module(format!("({expression}\n)"), version);
    program.syntax_errors().is_empty()
        && program.is_expression()
        && program.names().iter().all(|event| match event {
            NameEvent::Used(used) => known(&used.name),
            NameEvent::Defined(_) => true,
            NameEvent::Star => false,
        })
}

/// Before Python 3.12 an f-string cannot hold its own quotes or a backslash in an expression.
fn join(parts: &[Part<'_>]) -> String {
    let is_simple = |part: &Part<'_>| match part {
        Part::Text(text) => !text.contains('\n'),
        Part::Value { expression, .. } => !expression.contains(['"', '\'', '\\', '\n', '{', '}', '!', ':', '=']),
    };
    if parts.iter().all(is_simple) {
        let inner = parts.iter().map(|part| match part {
            Part::Text(text) => python::escaped(text).replace('{', "{{").replace('}', "}}"),
            Part::Value { expression, conversion } => {
                let conversion = conversion.map_or_else(String::new, |conversion| format!("!{conversion}"));
                format!("{{{}{conversion}}}", expression.trim())
            }
        });
        return format!("f\"{}\"", inner.collect::<String>());
    }
    let words = parts.iter().map(|part| match part {
        Part::Text(text) => python::literal(text),
        Part::Value { expression, conversion } => {
            let function = match conversion {
                Some('r') => "repr",
                Some('a') => "ascii",
                _ => "str",
            };
            format!("{function}(({}))", expression.trim())
        }
    });
    words.collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        expression(text, Version { minor: 11 }, &|name| ["table", "n", "d"].contains(&name))
    }

    #[test]
    fn values_of_the_notebook_are_put_in() {
        assert_eq!(of("ls {table} $n"), r#"f"ls {table} {n}""#);
        assert_eq!(of("echo {d['k']}.x"), r#""echo " + str((d['k'])) + ".x""#);
        assert_eq!(of("echo {d[1:2]}{n!r}"), r#""echo " + str((d[1:2])) + repr((n))"#);
        assert_eq!(of("echo {n!r}"), r#"f"echo {n!r}""#);
        assert_eq!(of("echo $d.keys"), r#"f"echo {d.keys}""#);
        assert_eq!(of("echo {n + 1} {{x}} $$PATH"), r#"f"echo {n + 1} {{x}} $PATH""#);
    }

    #[test]
    fn where_one_has_no_value_all_is_left_as_it_is() {
        for text in [
            "echo $HOME {n}",
            "awk '{print $1}' f",
            "echo }",
            "echo {",
            "echo {} {n}",
            "xargs -I{} cp {} $n",
            "echo {n:>5}",
            "echo {n!x}",
            "echo {n!}",
            "echo $n.",
            "find . -exec rm {} \\;",
            "echo {a if b else {}}",
        ] {
            assert_eq!(of(text), python::literal(text));
        }
    }

    #[test]
    fn a_dollar_before_an_odd_number_of_single_quotes_is_the_shells() {
        assert_eq!(of("echo '$n' $n"), r#"f"echo '$n' {n}""#);
        assert_eq!(of("echo ' {table} $n"), r#"f"echo ' {table} {n}""#);
        assert_eq!(of("echo $n'$(pwd)"), r#""echo $n'$(pwd)""#);
        assert_eq!(of("echo $$(pwd) $n"), r#"f"echo $$(pwd) {n}""#);
    }
}
