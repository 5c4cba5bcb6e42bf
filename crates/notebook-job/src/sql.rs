//! SQL in a cell: its statements, its parameters, and whether a statement answers with rows.

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
    let mut start = 0;
    let mut tokens = Vec::new();
    for token in (Tokens { text, at: 0 }) {
        let is_end = matches!(token.kind, Kind::Semicolon) && depth(&tokens) == 0;
        if is_end {
            found.extend(statement(text, start, token.at, &tokens));
            start = token.at + 1;
            tokens.clear();
        } else {
            tokens.push(token);
        }
    }
    found.extend(statement(text, start, text.len(), &tokens));
    found
}

fn statement(text: &str, start: usize, end: usize, tokens: &[Token<'_>]) -> Option<Statement> {
    let verb = tokens.first()?.text.to_uppercase();
    let part = text.get(start..end)?;
    let blank = part.len() - part.trim_start().len();
    let line = text.get(..start + blank)?.matches('\n').count();
    let mut parameters: Vec<String> = Vec::new();
    for token in tokens.iter().filter(|token| matches!(token.kind, Kind::Parameter)) {
        if !parameters.iter().any(|name| name == token.text) {
            parameters.push(token.text.to_owned());
        }
    }
    Some(Statement { text: part.trim().to_owned(), line, parameters, verb })
}

/// How many `BEGIN` and `CASE` of an SQL script are open.
fn depth(tokens: &[Token<'_>]) -> usize {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.text.eq_ignore_ascii_case(word));
    if !is(0, "BEGIN") {
        return 0;
    }
    let mut depth = 0_usize;
    for at in 0..tokens.len() {
        let follows_end = at > 0 && is(at - 1, "END");
        if is(at, "END") {
            depth = depth.saturating_sub(1);
        } else if !follows_end && ["BEGIN", "CASE", "IF", "WHILE", "LOOP", "REPEAT"].iter().any(|word| is(at, word)) {
            // `IF(a, b, c)` and `IF EXISTS` are no blocks.
            let is_call = is(at, "IF") && (is(at + 1, "(") || is(at + 1, "EXISTS") || is(at + 1, "NOT"));
            let is_loop_body = is(at, "REPEAT") && is(at + 1, "(");
            depth += usize::from(!is_call && !is_loop_body);
        } else if is(at, "FOR")
            && at > 0
            && tokens.get(at - 1).is_some_and(|token| matches!(token.kind, Kind::Semicolon))
        {
            depth += 1;
        }
    }
    depth
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
