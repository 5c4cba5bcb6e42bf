//! Words of SQL, without comments and with strings told apart: enough to find names, functions and statements.

use std::ops::Range;

/// A word, name, string or sign of SQL, with its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind<'a>,
    pub range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind<'a> {
    Word(&'a str),
    /// In backticks.
    Name(&'a str),
    Text(&'a str),
    Sign(char),
}

impl<'a> Token<'a> {
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self.kind, TokenKind::Word(of) if of.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    pub(crate) fn is_sign(&self, sign: char) -> bool {
        self.kind == TokenKind::Sign(sign)
    }

    /// A name, whether quoted or not.
    pub(crate) fn name(&self) -> Option<&'a str> {
        match self.kind {
            TokenKind::Word(name) | TokenKind::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// All tokens, in one pass.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        let two = rest.get(..2).unwrap_or_default();
        let end = match first {
            _ if first.is_whitespace() => at + first.len_utf8(),
            _ if two == "--" => at + rest.find('\n').unwrap_or(rest.len()),
            _ if two == "/*" => at + comment(rest),
            '\'' | '"' | '`' => {
                let length = quoted(rest, first);
                let inner = rest.get(1..length.saturating_sub(1).max(1)).unwrap_or_default();
                let kind = if first == '`' { TokenKind::Name(inner) } else { TokenKind::Text(inner) };
                tokens.push(Token { kind, range: at..at + length });
                at + length
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
                let length = rest.find(|char| !word(char)).unwrap_or(rest.len());
                let kind = TokenKind::Word(rest.get(..length).unwrap_or_default());
                tokens.push(Token { kind, range: at..at + length });
                at + length
            }
            sign => {
                tokens.push(Token { kind: TokenKind::Sign(sign), range: at..at + sign.len_utf8() });
                at + sign.len_utf8()
            }
        };
        at = end;
    }
    tokens
}

/// Spark's comments nest.
fn comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (byte, bytes.peek().map(|(_, next)| *next)) {
            (b'/', Some(b'*')) => depth += 1,
            (b'*', Some(b'/')) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 2;
                }
            }
            _ => continue,
        }
        bytes.next();
    }
    text.len()
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            _ if char == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Statements that `;` separates, without the empty ones. A compound statement (`BEGIN … END`) is one.
pub(crate) fn statements(text: &str) -> Vec<Range<usize>> {
    let tokens = tokens(text);
    if tokens.first().is_some_and(|token| token.is("begin")) {
        return std::iter::once(0..text.len()).collect();
    }
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0;
    for token in &tokens {
        if token.is_sign(';') {
            found.extend(start.take().map(|start| start..end));
        } else {
            start.get_or_insert(token.range.start);
            end = token.range.end;
        }
    }
    found.extend(start.map(|start| start..end));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_told_from_words() {
        let words =
            |text| tokens(text).into_iter().filter_map(|token| token.name().map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(words("SELECT a -- b\n/* c /* d */ e */ FROM `f g`, 'h', \"i\""), ["SELECT", "a", "FROM", "f g"]);
        assert_eq!(words("'it\\'s' x 'open"), ["x"]);
    }

    #[test]
    fn statements_are_separated_outside_of_strings_only() {
        let parts = |text: &'static str| statements(text).into_iter().map(|r| text.get(r).unwrap()).collect::<Vec<_>>();
        assert_eq!(parts("SELECT ';'; -- ;\n;SELECT 2"), ["SELECT ';'", "SELECT 2"]);
        assert_eq!(parts("BEGIN SELECT 1; END").len(), 1);
    }
}
