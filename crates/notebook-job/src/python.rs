//! Python source that we write: literals of any text, comments that hold anything.

/// A Python literal of a text: with one line in quotes, with several in triple quotes, so that they stay readable.
pub(crate) fn literal(text: &str) -> String {
    let quote = if text.contains('\n') { "\"\"\"" } else { "\"" };
    format!("{quote}{}{quote}", escaped(text))
}

/// The inner part of a literal in (triple) double quotes. Newlines stay.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            '"' if text.contains('\n') => escaped.push('"'),
            '"' => escaped.push_str("\\\""),
            '\t' => escaped.push('\t'),
            '\n' => escaped.push('\n'),
            c if is_unseen(c) => escaped.push_str(&code(c)),
            c => escaped.push(c),
        }
    }
    if text.contains('\n') {
        // Neither three quotes nor one before the closing three may end the text early.
        escaped = escaped.replace("\"\"\"", "\\\"\\\"\\\"");
        if text.ends_with('"') && !escaped.ends_with("\\\"\\\"\\\"") {
            escaped.pop();
            escaped.push_str("\\\"");
        }
    }
    escaped
}

/// A comment of one line with a text in it that has any characters.
pub(crate) fn comment(text: &str) -> String {
    let text: String = text.chars().map(|c| if c == '\n' || is_unseen(c) { ' ' } else { c }).collect();
    format!("# {}", text.trim()).trim_end().to_owned()
}

/// Characters that a reader of the source does not see, or that some tools take for an end of the line.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
        || reorders(c)
}

/// Characters that begin or end a part of a line that is shown in another order.
pub(crate) fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn code(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_has_any_text() {
        assert_eq!(literal("a\"b\\c\u{0}\u{2028}é"), r#""a\"b\\c\x00\u2028é""#);
        assert_eq!(literal("a\n\"b\""), "\"\"\"a\n\"b\\\"\"\"\"");
        assert_eq!(literal("\"\"\"\n"), "\"\"\"\\\"\\\"\\\"\n\"\"\"");
        assert_eq!(literal("\n\\"), "\"\"\"\n\\\\\"\"\"");
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("a\nimport os\r\u{2028}x"), "# a import os  x");
        assert_eq!(comment(""), "#");
    }
}
