//! A parser for protobuf's text format, in which Spark Connect prints the request of a stage. It accepts any text,
//! including truncated text, and is bounded.

/// Fields that are read at most; the rest is ignored.
const MOST_FIELDS: usize = 5_000;
/// Deepest nesting that is read.
const DEEPEST: usize = 100;

/// One field of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub name: String,
    pub value: Value,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    Message(Vec<Field>),
    /// A quoted text without its quotes, a bare word or a number.
    Scalar(String),
}

impl Value {
    pub fn message(&self) -> &[Field] {
        match self {
            Self::Message(fields) => fields,
            Self::Scalar(_) => &[],
        }
    }

    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Scalar(text) => Some(text),
            Self::Message(_) => None,
        }
    }
}

/// The first field of that name.
pub(super) fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Value> {
    fields.iter().find(|field| field.name == name).map(|field| &field.value)
}

/// Reads as many fields as possible; anything that is not a field ends its message.
pub(super) fn parse(text: &str) -> Vec<Field> {
    let mut parser = Parser { rest: text, fields_left: MOST_FIELDS };
    parser.fields(DEEPEST)
}

struct Parser<'a> {
    rest: &'a str,
    fields_left: usize,
}

impl Parser<'_> {
    fn fields(&mut self, depth_left: usize) -> Vec<Field> {
        let mut fields = Vec::new();
        while self.fields_left > 0 {
            let Some(name) = self.word() else { break };
            self.fields_left -= 1;
            let colon = self.skip(':');
            let value = if self.skip('{') {
                if depth_left == 0 {
                    break;
                }
                let fields = self.fields(depth_left - 1);
                self.skip('}');
                Value::Message(fields)
            } else if colon {
                match self.scalar() {
                    Some(text) => Value::Scalar(text),
                    None => break,
                }
            } else {
                break;
            };
            fields.push(Field { name, value });
        }
        fields
    }

    fn skip(&mut self, sign: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+'));
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn scalar(&mut self) -> Option<String> {
        if !self.skip('"') {
            return self.word();
        }
        let mut bytes = Vec::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Some(String::from_utf8_lossy(&bytes).into_owned());
                }
                '\\' => match chars.next().map(|(_, escaped)| escaped) {
                    // SQL has comments that end with their line.
                    Some('n' | 'r') => bytes.push(b'\n'),
                    Some('t') => bytes.push(b'\t'),
                    Some(first @ '0'..='3') => bytes.push(octal(first, &mut chars)),
                    Some(other) => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
                    None => break,
                },
                _ => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        // The text was cut within the quotes; what is left is still useful,
        self.rest = "";
        // except for a character that was cut in half.
        Some(String::from_utf8_lossy(&bytes).trim_end_matches('\u{fffd}').to_owned())
    }
}

/// Non-ASCII bytes are printed as a backslash and three octal digits.
fn octal(first: char, chars: &mut std::str::CharIndices<'_>) -> u8 {
    let mut value = first.to_digit(8).unwrap_or(0);
    for _ in 0..2 {
        let mut ahead = chars.clone();
        match ahead.next().and_then(|(_, c)| c.to_digit(8)) {
            Some(digit) => {
                value = value * 8 + digit;
                *chars = ahead;
            }
            None => break,
        }
    }
    u8::try_from(value).unwrap_or(b'?')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_is_cut_within_a_letter_keeps_the_letters_before() {
        let fields = parse(r#"sql { query: "SELECT \'\345\220\215\345\211"#);
        let query = find(find(&fields, "sql").unwrap().message(), "query").unwrap();
        assert_eq!(query.scalar(), Some("SELECT '名"));
    }

    #[test]
    fn messages_texts_and_numbers_are_read() {
        let fields =
            parse("plan {\n  root { sql { query: \"select \\'\\303\\244\\'\\n\\\"x\\\"\" } n: -5 }\n}\nid: A_B");
        let root = find(find(&fields, "plan").unwrap().message(), "root").unwrap().message();
        let sql = find(root, "sql").unwrap().message();
        assert_eq!(find(sql, "query").unwrap().scalar(), Some("select 'ä'\n\"x\""));
        assert_eq!(find(root, "n").unwrap().scalar(), Some("-5"));
        assert_eq!(find(&fields, "id").unwrap().scalar(), Some("A_B"));
    }

    #[test]
    fn a_text_that_was_cut_gives_what_it_still_holds() {
        let fields = parse("session_id: \"abc\"\nplan { command { sql { query: \"select 1 fro");
        assert_eq!(find(&fields, "session_id").unwrap().scalar(), Some("abc"));
        assert!(format!("{fields:?}").contains("select 1 fro"));
    }

    #[test]
    fn a_hostile_text_ends_in_bounds() {
        fn number_of(fields: &[Field]) -> usize {
            fields.iter().map(|field| 1 + number_of(field.value.message())).sum()
        }
        assert!(number_of(&parse(&"a {".repeat(100_000))) <= MOST_FIELDS);
        assert_eq!(parse(&"a: 1 ".repeat(100_000)).len(), MOST_FIELDS);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "[a-z{}:\"\\\\ 0-9ä\n]{0,200}") {
            parse(&text);
        }
    }
}
