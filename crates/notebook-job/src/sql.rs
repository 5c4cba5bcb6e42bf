//! SQL in a cell: its statements, its parameters, and whether a statement answers with rows.

use std::{collections::HashSet, ops::Range};

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The text, comments included, without blanks around it and without the semicolon.
    pub text: String,
    /// The line at which it begins, from 0.
    pub line: usize,
    /// Names of parameters, `:name` in the text, each once.
    pub parameters: Vec<String>,
    /// The first word, in upper case.
    pub verb: String,
}

impl Statement {
    /// Whether it answers with rows that a notebook would have shown.
    pub(crate) fn answers(&self) -> bool {
        const VERBS: [&str; 10] =
            ["SELECT", "WITH", "FROM", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "LIST"];
        VERBS.contains(&self.verb.as_str()) || self.verb.starts_with('(')
    }
}

/// The statements of a text. Semicolons in quotes, comments and between `BEGIN` and `END` separate nothing.
pub(crate) fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let (mut start, mut line) = (0, 0);
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut script = Script::default();
    for token in (Tokens { text, at: 0 }) {
        if token.kind == Kind::Semicolon && script.depth == 0 {
            found.extend(statement(text, start..token.at, line, &tokens));
            line += text.get(start..token.at).unwrap_or_default().matches('\n').count();
            start = token.at + 1;
            tokens.clear();
            script = Script::default();
        } else {
            script.read(tokens.last(), &token);
            tokens.push(token);
        }
    }
    found.extend(statement(text, start..text.len(), line, &tokens));
    found
}

fn statement(text: &str, range: Range<usize>, line: usize, tokens: &[Token<'_>]) -> Option<Statement> {
    let verb = tokens.first()?.text.to_uppercase();
    let part = text.get(range)?;
    let blank = part.get(..part.len() - part.trim_start().len())?;
    let line = line + blank.matches('\n').count();
    let mut seen = HashSet::new();
    let parameters = tokens.iter().filter(|token| token.kind == Kind::Parameter && seen.insert(token.text));
    let parameters = parameters.map(|token| token.text.to_owned()).collect();
    Some(Statement { text: part.trim().to_owned(), line, parameters, verb })
}

/// Whether a statement is an SQL script, and how many of its blocks are open.
#[derive(Default)]
struct Script {
    is_script: bool,
    depth: usize,
}

impl Script {
    fn read(&mut self, before: Option<&Token<'_>>, token: &Token<'_>) {
        let is = |token: &Token<'_>, words: &[&str]| words.iter().any(|word| token.text.eq_ignore_ascii_case(word));
        let Some(before) = before else {
            self.is_script = is(token, &["BEGIN"]);
            self.depth = usize::from(self.is_script);
            return;
        };
        if !self.is_script {
            return;
        }
        if is(token, &["END"]) {
            self.depth = self.depth.saturating_sub(1);
        } else if is(token, &["BEGIN", "CASE", "IF", "WHILE", "LOOP", "REPEAT"]) && !is(before, &["END"])
            || is(token, &["FOR"]) && before.kind == Kind::Semicolon
        {
            self.depth += 1;
        } else if is(before, &["IF"]) && is(token, &["(", "EXISTS", "NOT"])
            || is(before, &["REPEAT"]) && is(token, &["("])
        {
            // `IF(a, b, c)`, `IF EXISTS` and `REPEAT('a', 3)` are no blocks.
            self.depth = self.depth.saturating_sub(1);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Word,
    Parameter,
    Semicolon,
    Other,
}

#[derive(Clone, Debug)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    at: usize,
}

/// Words, signs and parameters of a text; quoted text and comments are passed over.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Behind the next `end`, or at the end of the text.
    fn skip_to(&mut self, from: usize, end: &str) {
        let rest = self.text.get(self.at + from..).unwrap_or_default();
        self.at = rest.find(end).map_or(self.text.len(), |found| self.at + from + found + end.len());
    }

    /// Behind the quote that closes the text in quotes here. `\` escapes as in Spark; in backquotes it does not.
    fn skip_quoted(&mut self, quote: char) {
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == '\\' && quote != '`' {
                chars.next();
            } else if c == quote {
                self.at += at + c.len_utf8();
                return;
            }
        }
        self.at = self.text.len();
    }

    fn word(&mut self, from: usize) -> &'a str {
        let rest = self.text.get(self.at + from..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += from + end;
        rest.get(..end).unwrap_or_default()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (rest, at) = (self.rest(), self.at);
            let c = rest.chars().next()?;
            let token = |kind, text| Some(Token { kind, text, at });
            match c {
                c if c.is_whitespace() => self.at += c.len_utf8(),
                _ if rest.starts_with("--") => self.skip_to(2, "\n"),
                _ if rest.starts_with("/*") => self.skip_to(2, "*/"),
                '\'' | '"' | '`' => {
                    self.skip_quoted(c);
                    return token(Kind::Other, self.text.get(at..self.at)?);
                }
                '0'..='9' => {
                    let word = self.word(0);
                    return token(Kind::Other, word);
                }
                c if c.is_alphabetic() || c == '_' => {
                    let word = self.word(0);
                    return token(Kind::Word, word);
                }
                // A cast, or the path into a variant (`column:field`), is no parameter.
                ':' if rest.starts_with("::") => {
                    self.at += 2;
                    return token(Kind::Other, "::");
                }
                ':' => {
                    let name = self.word(1);
                    let before = self.text.get(..at).and_then(|text| text.chars().next_back());
                    let joins = before.is_some_and(|c| c.is_alphanumeric() || "_)]`'\"".contains(c));
                    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
                    let kind = if is_name && !joins { Kind::Parameter } else { Kind::Other };
                    return token(kind, name);
                }
                c => {
                    self.at += c.len_utf8();
                    let kind = if c == ';' { Kind::Semicolon } else { Kind::Other };
                    return token(kind, rest.get(..c.len_utf8())?);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        statements(text).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn semicolons_separate_statements_but_not_in_quotes_and_comments() {
        assert_eq!(
            texts("SELECT ';' ; -- a;b\nSELECT `;`, \"\\\";\" /* ; */;\n\n;"),
            ["SELECT ';'", "-- a;b\nSELECT `;`, \"\\\";\" /* ; */"]
        );
        assert_eq!(texts("-- nothing\n"), Vec::<String>::new());
        assert_eq!(texts("SELECT 'open; "), ["SELECT 'open;"]);
    }

    #[test]
    fn a_script_is_one_statement() {
        let script = "BEGIN\n  DECLARE x INT;\n  IF x > 1 THEN SET x = IF(true, 1, 2); END IF;\n  SELECT CASE WHEN x THEN 1 END;\nEND";
        assert_eq!(texts(&format!("{script};\nSELECT 1")), [script, "SELECT 1"]);
    }

    #[test]
    fn parameters_are_names_behind_a_colon() {
        let found = statements("SELECT :month, a::int, v:field, ':no', x[:from], :month FROM t WHERE b=:b");
        assert_eq!(found[0].parameters, ["month", "from", "b"]);
    }

    #[test]
    fn a_statement_knows_its_line_and_whether_it_answers() {
        let found = statements("\n-- first\nDROP TABLE t;\n\n with a as (select 1) select * from a");
        let short: Vec<_> = found.iter().map(|s| (s.line, s.verb.as_str(), s.answers())).collect();
        assert_eq!(short, [(1, "DROP", false), (4, "WITH", true)]);
    }
}
