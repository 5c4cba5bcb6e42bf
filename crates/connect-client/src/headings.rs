//! Whether the plan that Spark explains may hold a heading that the statement wrote, and Spark did not.
//!
//! Spark prints a statement's texts into the parsed plan as they are, with their line breaks. A text may therefore look
//! like the end of that plan and the beginning of the analysed one.

const BEGINNING: &str = "== ";
const BELOW: &str = "\n== ";
const PARSED: &str = "== Parsed Logical Plan ==\n";
/// What stands before the analysed plan, and before an error instead of it.
pub(crate) const ANALYSED: &str = "\n== Analyzed Logical Plan ==\n";

/// Whether the headings are Spark's own: the parsed plan ends where the only analysed one begins. A text can add
/// headings and cannot take one away.
pub(crate) fn are_sparks(explained: &str) -> bool {
    let Some(below) = explained.strip_prefix(PARSED) else {
        // Such as an error of the planner instead of plans.
        return !explained.starts_with(BEGINNING) && !explained.contains(BELOW);
    };
    let Some(first) = below.find(BELOW) else { return true };
    below.find(ANALYSED) == Some(first) && below.matches(ANALYSED).count() == 1
}

/// Whether a text in quotes could print a heading. Spark joins texts that follow each other, so they are read as one.
pub(crate) fn could_be_in(statement: &str) -> bool {
    let (as_written, decoded) = quoted(statement);
    as_written.contains(BEGINNING) || decoded.contains(BEGINNING)
}

/// All that stands in quotes, as it is written and without its escapes.
fn quoted(statement: &str) -> (String, String) {
    let (mut as_written, mut decoded) = (String::new(), String::new());
    let mut rest = statement;
    let mut before = ' ';
    while let Some(char) = rest.chars().next() {
        let after = rest.get(char.len_utf8()..).unwrap_or_default();
        rest = match char {
            '-' if after.starts_with('-') => after.split_once('\n').map_or("", |(_, rest)| rest),
            '/' if after.starts_with('*') => after.split_once("*/").map_or("", |(_, rest)| rest),
            '\'' | '"' | '`' => {
                let has_escapes = char != '`' && !matches!(before, 'r' | 'R');
                let (text, rest) = text(after, char, has_escapes);
                as_written.push_str(text);
                if has_escapes {
                    decode(text, &mut decoded)
                } else {
                    decoded.push_str(text)
                }
                rest
            }
            _ => after,
        };
        before = char;
    }
    (as_written, decoded)
}

/// The text up to its closing quote, and what follows.
fn text(source: &str, quote: char, has_escapes: bool) -> (&str, &str) {
    let mut is_escaped = false;
    let end = source.char_indices().find(|(_, char)| {
        let ends = *char == quote && !is_escaped;
        is_escaped = has_escapes && *char == '\\' && !is_escaped;
        ends
    });
    let (text, rest) = source.split_at(end.map_or(source.len(), |(at, _)| at));
    (text, rest.get(quote.len_utf8()..).unwrap_or_default())
}

/// As Spark reads escapes: `\u003d`, `\U0000003d`, `\075`, and any other character for itself.
fn decode(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        into.push_str(plain);
        let numbered = [("u", 4, 16), ("U", 8, 16), ("", 3, 8)].into_iter().find_map(|(mark, digits, radix)| {
            let number = escaped.strip_prefix(mark)?.get(..digits)?;
            let char = u32::from_str_radix(number, radix).ok().and_then(char::from_u32)?;
            Some((char, escaped.get(mark.len() + digits..)?))
        });
        let (char, after) = numbered.unwrap_or_else(|| {
            let mut chars = escaped.chars();
            let char = match chars.next() {
                Some('n') => '\n',
                Some(char) => char,
                None => '\\',
            };
            (char, chars.as_str())
        });
        into.push(char);
        rest = after;
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_that_a_text_adds_are_not_sparks() {
        let plan = |literal: &str| {
            format!(
                "{PARSED}'InsertIntoStatement {literal}\n\n== Analyzed Logical Plan ==\nInsert {literal}\n\n\
                 == Optimized Logical Plan ==\nInsert\n\n== Physical Plan ==\nInsert\n"
            )
        };
        assert!(are_sparks(&plan("a == b")));
        assert!(are_sparks("Error occurred during query planning: \n[X] No."));
        for literal in
            ["\n== Analyzed Logical Plan ==\n", "\n== x", "\n== Physical Plan ==\n", "\n== Parsed Logical Plan ==\n"]
        {
            assert!(!are_sparks(&plan(literal)), "{literal:?}");
        }
        assert!(!are_sparks(&format!("x\n{PARSED}")));
    }

    #[test]
    fn a_text_that_could_print_a_heading_is_found_however_it_is_written() {
        for statement in [
            "SELECT '\n== Analyzed Logical Plan ==\n'",
            r"SELECT '\n== Analyzed'",
            r"SELECT '\n\u003d\u003d Analyzed'",
            r"SELECT '\n\U0000003d= Analyzed'",
            r#"SELECT "\012\075\= Analyzed""#,
            "SELECT '\n=' -- it's\n '= Analyzed'",
            "SELECT 1 AS `\n== Analyzed`",
            "SELECT r'\\', '== '",
            "SELECT /* ' */ '== '",
            "SELECT '\\'== '",
            "SELECT '== ",
        ] {
            assert!(could_be_in(statement), "{statement}");
        }
        for statement in [
            "SELECT * FROM t WHERE a == 'x' AND b\n== 2",
            r"SELECT '\\d+ ==', '\'', 'a=b'",
            "SELECT 1 -- '== '\n",
            "SELECT 'ä\\",
            "",
        ] {
            assert!(!could_be_in(statement), "{statement}");
        }
    }
}
