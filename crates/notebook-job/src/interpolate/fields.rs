//! Cuts a text as Python's `str.format` does.

/// A piece of the text, and the field that ends it: an expression and its conversion (`r` in `{x!r}`).
#[derive(Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub literal: &'a str,
    pub field: Option<(&'a str, Option<char>)>,
}

/// The pieces, or none where `str.format` finds a fault. A doubled brace ends a piece, with one of the two in it.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (brace, behind) = (rest.get(at..=at)?, rest.get(at + 1..)?);
        if let Some(behind) = behind.strip_prefix(brace) {
            found.push(Piece { literal: rest.get(..=at)?, field: None });
            rest = behind;
            continue;
        }
        if brace == "}" {
            return None;
        }
        let end = closing(behind)?;
        found.push(Piece { literal: rest.get(..at)?, field: Some(field(behind.get(..end)?)?) });
        rest = behind.get(end + 1..)?;
    }
    found.push(Piece { literal: rest, field: None });
    Some(found)
}

/// The brace that closes a field. Braces in square brackets do not count.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut in_brackets) = (0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '{' if !in_brackets => depth += 1,
            '}' if !in_brackets && depth == 0 => return Some(at),
            '}' if !in_brackets => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A field's expression and conversion. IPython takes the part behind `:` as a part of the expression, a slice.
fn field(text: &str) -> Option<(&str, Option<char>)> {
    let mut in_brackets = false;
    for (at, c) in text.char_indices() {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '{' => return None,
            ':' if !in_brackets => return Some((text, None)),
            '!' if !in_brackets => {
                let mut behind = text.get(at + 1..)?.chars();
                let conversion = behind.next().filter(|conversion| "rsa".contains(*conversion))?;
                // A slice behind a conversion is put before it, which no text of a person's has.
                return behind.next().is_none().then_some((text.get(..at)?, Some(conversion)));
            }
            _ => {}
        }
    }
    Some((text, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_as_format_cuts_it() {
        let piece = |literal, field| Piece { literal, field };
        assert_eq!(
            pieces("a{b}{{c}}{d[':}']!r}e"),
            Some(vec![
                piece("a", Some(("b", None))),
                piece("{", None),
                piece("c}", None),
                piece("", Some(("d[':}']", Some('r')))),
                piece("e", None),
            ])
        );
        for wrong in ["{", "}", "{a", "{a!", "{a!q}", "{{}", "{ {a} }"] {
            assert_eq!(pieces(wrong), None, "{wrong}");
        }
    }
}
