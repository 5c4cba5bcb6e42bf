//! `{expression}` and `$name` in a command, which IPython replaces by their values.

use python_source::{NameEvent, Program, Version};

use crate::python;

/// A Python expression for a command's text. IPython replaces all of its `{expression}` and `$name`, or, where one of
/// them has no value, none: then `$HOME` is the shell's. `known` says which names have one.
pub(crate) fn expression(text: &str, version: Version, known: &dyn Fn(&str) -> bool) -> String {
    match parts(text, version, known) {
        Some(parts) if parts.iter().any(|part| matches!(part, Part::Value(_))) => join(&parts),
        Some(parts) => python::literal(&parts.iter().map(Part::text).collect::<String>()),
        None => python::literal(text),
    }
}

#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Value(String),
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Value(text) => text,
        }
    }
}

/// The parts of a text, or none if it is left as it is.
fn parts(text: &str, version: Version, known: &dyn Fn(&str) -> bool) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut value = |plain: &mut String, expression: &str| {
        has_value(expression, version, known).then(|| {
            parts.extend((!plain.is_empty()).then(|| Part::Text(std::mem::take(plain))));
            parts.push(Part::Value(expression.to_owned()));
        })
    };
    let mut rest = text;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..)?;
        rest = after;
        match c {
            '{' if after.starts_with('{') => {
                plain.push('{');
                rest = after.get(1..)?;
            }
            '}' => {
                // A single one is an error of the format, so that IPython leaves the whole text alone.
                rest = after.strip_prefix('}')?;
                plain.push('}');
            }
            '{' => {
                let end = closing(after)?;
                value(&mut plain, after.get(..end)?)?;
                rest = after.get(end + 1..)?;
            }
            '$' if after.starts_with('$') => {
                plain.push('$');
                rest = after.get(1..)?;
            }
            '$' if !quoted => {
                let end = after.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(after.len());
                let name = after.get(..end)?.trim_end_matches('.');
                match name.is_empty() {
                    true => plain.push('$'),
                    false => {
                        value(&mut plain, name)?;
                        rest = after.get(name.len()..)?;
                    }
                }
            }
            c => {
                quoted ^= c == '\'';
                plain.push(c);
            }
        }
    }
    parts.extend((!plain.is_empty()).then_some(Part::Text(plain)));
    Some(parts)
}

/// The brace that closes an expression.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' | ']' | ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

fn has_value(expression: &str, version: Version, known: &dyn Fn(&str) -> bool) -> bool {
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
fn join(parts: &[Part]) -> String {
    let simple = |part: &Part| match part {
        Part::Text(text) => !text.contains('\n'),
        Part::Value(value) => !value.contains(['"', '\'', '\\', '\n', '{', '}', '!', ':', '=']),
    };
    if parts.iter().all(simple) {
        let inner = parts.iter().map(|part| match part {
            Part::Text(text) => python::escaped(text).replace('{', "{{").replace('}', "}}"),
            Part::Value(value) => format!("{{{}}}", value.trim()),
        });
        return format!("f\"{}\"", inner.collect::<String>());
    }
    let words = parts.iter().map(|part| match part {
        Part::Text(text) => python::literal(text),
        Part::Value(value) => format!("str({})", value.trim()),
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
        assert_eq!(of("echo {d['k']}.x"), r#""echo " + str(d['k']) + ".x""#);
        assert_eq!(of("echo $d.keys"), r#"f"echo {d.keys}""#);
        assert_eq!(of("echo {n + 1} {{x}} $$PATH"), r#"f"echo {n + 1} {{x}} $PATH""#);
    }

    #[test]
    fn where_one_has_no_value_all_is_left_as_it_is() {
        assert_eq!(of("echo $HOME {n}"), r#""echo $HOME {n}""#);
        assert_eq!(of("awk '{print $1}' f"), r#""awk '{print $1}' f""#);
        assert_eq!(of("echo }"), r#""echo }""#);
        assert_eq!(of("echo {"), r#""echo {""#);
    }

    #[test]
    fn a_dollar_in_single_quotes_is_the_shells() {
        assert_eq!(of("echo '$n' $n"), r#"f"echo '$n' {n}""#);
    }
}
