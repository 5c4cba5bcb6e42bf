//! Names with their values inside a text: query parameters, connection strings, JSON, SQL options, shell commands.

use std::{ops::Range, sync::LazyLock};

use regex::bytes::{Regex, RegexBuilder};

use super::{
    finding::{Finding, Rank},
    names::{Promise, is_aws_secret, promise},
    values::{is_placeholder, is_random, is_secret},
};

/// The longest name and the longest value that are looked at, in bytes.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 512;
/// The most blanks around a `=`.
const BLANKS: usize = 8;

static KEYWORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = "(?i)passw|passphrase|pwd|pass|secret|token|key|credential|auth|jwt|pat";
    RegexBuilder::new(words).unicode(false).build().ok()
});

/// What kind of secret the name and the value make.
pub(super) fn kind(name: &str, promise: Promise, value: &str) -> &'static str {
    let of_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let encoded = value.bytes().all(of_key);
    if encoded && value.len() == 40 && is_aws_secret(name) {
        "aws_secret_key"
    } else if encoded && value.len() == 88 && value.ends_with("==") {
        "azure_storage_key"
    } else if promise == Promise::Password {
        "password_literal"
    } else {
        "secret_literal"
    }
}

/// The pairs in the part of the text. `literal` says that the part is one line of data, in which a bare value after
/// `=` is a value and not an expression.
pub(super) fn pairs(text: &str, part: Range<usize>, literal: bool) -> Vec<Finding> {
    let Some(part_text) = text.get(part.clone()) else { return vec![] };
    let mut found = vec![];
    let mut done = 0;
    for keyword in KEYWORD.iter().flat_map(|regex| regex.find_iter(part_text.as_bytes())) {
        if keyword.start() < done {
            continue;
        }
        let name = name_around(part_text, keyword.start());
        done = name.end;
        if let Some(mut finding) = pair(part_text, name, literal) {
            done = finding.range.end;
            finding.range = part.start + finding.range.start..part.start + finding.range.end;
            found.push(finding);
        }
    }
    found
}

fn name_around(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let head = bytes.get(at.saturating_sub(LONGEST_NAME)..at).unwrap_or_default();
    let tail = bytes.get(at..).unwrap_or_default();
    let start = at - head.iter().rev().take_while(of_name).count();
    start..at + tail.iter().take(LONGEST_NAME).take_while(of_name).count()
}

fn pair(text: &str, name: Range<usize>, literal: bool) -> Option<Finding> {
    let before = name.start.checked_sub(1).and_then(|at| text.as_bytes().get(at)).copied();
    let name_text = text.get(name.clone())?;
    let promise = promise(name_text)?;
    let mut rest = Rest { text, at: name.end };
    let quoted_name = rest.quote().is_some();
    rest.skip("]");
    let blanks = rest.blanks();
    let equals = rest.skip("=>") || rest.skip("==") || rest.skip(":=") || rest.skip("=");
    let colon = !equals && rest.skip(":");
    let option = !equals && !colon && name_text.starts_with("--") && blanks > 0;
    let comma = quoted_name && !equals && !colon && rest.skip(",");
    // `password 'hunter22'` is SQL.
    let sql = !quoted_name && !equals && !colon && !option && blanks > 0;
    if !(equals || colon || option || comma || sql) {
        return None;
    }
    let blanks_after = rest.blanks();
    let quote = rest.quote();
    let start = rest.at;
    let value = text.get(rest.value(quote)?)?;
    let secret = match quote {
        Some(_) => is_secret(promise, value),
        None if sql || comma => false,
        None => {
            let parameter = matches!(before, Some(b'?' | b'&' | b';')) || literal || option;
            let data = equals && blanks == 0 && blanks_after == 0 && parameter && !value.contains('.');
            let mixed =
                value.bytes().any(|byte| byte.is_ascii_digit()) && value.bytes().any(|b| b.is_ascii_alphabetic());
            is_secret(promise, value) && (data || mixed && !is_placeholder(value) || is_random(value))
        }
    };
    let finding = || Finding {
        range: start..start + value.len(),
        kind: kind(name_text, promise, value),
        rank: Rank::Pair,
        name: Some(name_text.trim_matches('-').to_owned()),
    };
    secret.then(finding)
}

/// What follows the name.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl Rest<'_> {
    fn bytes(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, what: &str) -> bool {
        let is_there = self.bytes().starts_with(what.as_bytes());
        self.at += if is_there { what.len() } else { 0 };
        is_there
    }

    fn blanks(&mut self) -> usize {
        let blanks = self.bytes().iter().take(BLANKS).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.at += blanks;
        blanks
    }

    /// A quote, which may itself be escaped.
    fn quote(&mut self) -> Option<u8> {
        let (escape, quote) = match *self.bytes() {
            [b'\\', quote @ (b'"' | b'\''), ..] => (1, quote),
            [quote @ (b'"' | b'\''), ..] => (0, quote),
            _ => return None,
        };
        self.at += escape + 1;
        Some(quote)
    }

    /// The value up to its closing quote, or up to where a bare word ends.
    fn value(&self, quote: Option<u8>) -> Option<Range<usize>> {
        let bytes = self.bytes();
        let ends = |byte: u8| match quote {
            Some(quote) => byte == quote || matches!(byte, b'\\' | b'\n'),
            None => {
                let ends_word =
                    matches!(byte, b'&' | b';' | b',' | b'"' | b'\'' | b'`' | b'\\' | b')' | b'}' | b'>' | b'|');
                byte.is_ascii_whitespace() || ends_word || matches!(byte, b'(' | b'[')
            }
        };
        let length = bytes.iter().take(LONGEST_VALUE).take_while(|byte| !ends(**byte)).count();
        let next = bytes.get(length).copied();
        let whole = match quote {
            Some(quote) => next == Some(quote) || next == Some(b'\\'),
            // A call or an index is code.
            None => length < LONGEST_VALUE && !matches!(next, Some(b'(' | b'[')),
        };
        let value = self.text.get(self.at..self.at + length)?;
        let value = if quote.is_none() { value.trim_end_matches(['.', ':']) } else { value };
        whole.then_some(self.at..self.at + value.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, literal: bool) -> Vec<&str> {
        let found = pairs(text, 0..text.len(), literal);
        found.into_iter().filter_map(|finding| text.get(finding.range)).collect()
    }

    #[test]
    fn pairs_are_found_in_data() {
        for text in [
            "jdbc:postgresql://db/x?user=me&password=_S_&ssl=true",
            "Server=db;User Id=me;Password=_S_;",
            r#"{"user": "me", "password": "_S_"}"#,
            r#"{\"password\": \"_S_\"}"#,
            "--password _S_",
            "OPTIONS (user 'me', password '_S_')",
            "host=db user=me password=_S_",
            "--password=_S_ x",
            "DB_PASSWORD=_S_",
            r#"required username="me" password="_S_";"#,
            "password: _S_",
        ] {
            let text = text.replace("_S_", "hunter22");
            assert_eq!(found(&text, true), ["hunter22"], "{text}");
        }
    }

    #[test]
    fn code_and_prose_have_none() {
        for text in [
            "password=getpass.getpass()",
            "password = config.password",
            "token = tokens[i]",
            "password=None",
            "the password is in the vault",
            "token: str, optional",
            "api_key=os.environ['API_KEY2']",
            "password=%s",
            "password={password}",
            "?token=${TOKEN}",
            "secret_name=my-secret-1",
            "key=abc123def456",
            "password:",
            "max_tokens=1000000",
            "token",
            "password=",
        ] {
            assert!(found(text, false).is_empty(), "{text}");
        }
    }
}
