//! Names of tables in SQL and in the program, and those that the program itself makes.

use std::collections::HashSet;

use crate::sql_text::{Token, TokenKind};

/// The most names that are kept; with more of them, any table may be one.
const MOST_NAMES: usize = 200;

/// Tables and views that the program makes or changes: what a server says of them before the program has run is not
/// what it will be.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnNames {
    names: HashSet<String>,
    /// Some of them are not known, or the program changes where names lead.
    pub any: bool,
}

impl OwnNames {
    pub(crate) fn add(&mut self, name: &str) {
        if self.names.len() < MOST_NAMES {
            self.names.insert(normal(name));
        } else {
            self.any = true;
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        let name = normal(name);
        self.names.contains(&name) || self.names.iter().any(|own| is_same(own, &name))
    }
}

/// Lower case, without quotes.
pub(crate) fn normal(name: &str) -> String {
    name.replace('`', "").to_lowercase()
}

/// Whether two names, both normal, may be one table: one may lack catalogue or database.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let ends =
        |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    ends(one, other) || ends(other, one)
}

/// A name in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableName {
    pub name: String,
    /// Byte of the statement.
    pub at: usize,
}

/// Functions whose arguments have `FROM` in them.
const WITH_FROM: [&str; 5] = ["extract", "trim", "substring", "substr", "overlay"];

/// The tables that a statement reads or changes, as far as its words tell. Names of `WITH` are not among them.
pub(crate) fn tables(tokens: &[Token<'_>]) -> Vec<TableName> {
    let get = |at: usize| tokens.get(at);
    let is = |at: usize, word: &str| get(at).is_some_and(|token| token.is(word));
    let with: HashSet<String> = (0..tokens.len())
        .filter(|at| is(at + 1, "as") && get(at + 2).is_some_and(|token| token.is_sign('(')))
        .filter_map(|at| get(at).and_then(Token::name).map(normal))
        .collect();
    let mut found = Vec::new();
    // For each open bracket whether commas separate tables, and whether a function has opened it.
    let mut open: Vec<(bool, bool)> = vec![(false, false)];
    let mut at = 0;
    while let Some(token) = get(at) {
        let before = at.checked_sub(1).and_then(get);
        let mut expects = false;
        match token.kind {
            TokenKind::Sign('(') => {
                let function = before.is_some_and(|token| token.is_any(&WITH_FROM));
                open.push((false, function));
            }
            TokenKind::Sign(')') if open.len() > 1 => {
                open.pop();
            }
            TokenKind::Sign(',') => expects = open.last().is_some_and(|(tables, _)| *tables),
            TokenKind::Word(_) => {
                let in_function = open.last().is_some_and(|(_, function)| *function);
                let distinct = before.is_some_and(|token| token.is("distinct"));
                if token.is("from") && !in_function && !distinct {
                    expects = true;
                    open.last_mut().into_iter().for_each(|(tables, _)| *tables = true);
                } else if token.is_any(&["where", "group", "order", "having", "limit", "select", "union", "window"]) {
                    open.last_mut().into_iter().for_each(|(tables, _)| *tables = false);
                } else if token.is_any(&["join", "into", "table", "update", "view"]) {
                    expects = true;
                } else if token.is("overwrite") {
                    expects = !is(at + 1, "table") && !is(at + 1, "into") && !is(at + 1, "directory");
                } else if token.is("using") {
                    expects = tokens.first().is_some_and(|first| first.is("merge"));
                }
            }
            _ => {}
        }
        at += 1;
        if !expects {
            continue;
        }
        while get(at).is_some_and(|token| token.is_any(&["if", "not", "exists", "table", "lateral", "only", "into"])) {
            at += 1;
        }
        let Some((name, next)) = dotted(tokens, at) else { continue };
        let called = get(next).is_some_and(|token| token.is_sign('('));
        let start = get(at).map_or(0, |token| token.range.start);
        let is_word = is(at, "select") || is(at, "values") || is(at, "unnest");
        if !called && !is_word && !with.contains(&name) {
            found.push(TableName { name, at: start });
        }
        at = next;
    }
    found
}

/// `a.b.c` from `at`, and what follows it.
pub(crate) fn dotted(tokens: &[Token<'_>], mut at: usize) -> Option<(String, usize)> {
    let mut name = normal(tokens.get(at)?.name()?);
    at += 1;
    while tokens.get(at).is_some_and(|token| token.is_sign('.'))
        && let Some(part) = tokens.get(at + 1).and_then(Token::name)
    {
        name = format!("{name}.{}", normal(part));
        at += 2;
        if name.len() > 1_000 {
            return None;
        }
    }
    Some((name, at))
}

/// What a statement makes or changes by its first words; `any` if that cannot be said.
pub(crate) fn changed(tokens: &[Token<'_>], own: &mut OwnNames) {
    let Some(first) = tokens.first() else { return };
    if first.is_any(&["use", "set", "reset", "begin", "execute", "call"]) {
        own.any |= !first.is("set")
            || tokens.get(1).is_some_and(|token| token.is_any(&["catalog", "schema"]))
            || tokens.iter().any(|token| token.is_sign('$'));
        return;
    }
    if first.is_any(&["create", "drop", "alter", "insert", "merge", "truncate", "replace", "cache", "delete", "update"])
    {
        let target = tokens.iter().position(|token| {
            token.is_any(&["table", "view", "into", "overwrite", "from", "update", "function", "schema", "database"])
        });
        let mut at = target.map_or(1, |at| at + 1);
        while tokens.get(at).is_some_and(|token| token.is_any(&["if", "not", "exists", "table", "into"])) {
            at += 1;
        }
        match dotted(tokens, at) {
            Some((name, _)) => own.add(&name),
            None => own.any = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql_text::tokens;

    fn found(text: &str) -> Vec<String> {
        tables(&tokens(text)).into_iter().map(|table| table.name).collect()
    }

    #[test]
    fn tables_are_found_where_a_statement_names_them() {
        assert_eq!(found("SELECT a FROM db.t JOIN `x`.y ON b = c"), ["db.t", "x.y"]);
        assert_eq!(found("SELECT * FROM a, b AS c WHERE d IN (SELECT e FROM f)"), ["a", "b", "f"]);
        assert_eq!(found("INSERT INTO t SELECT * FROM s"), ["t", "s"]);
        assert_eq!(found("INSERT OVERWRITE TABLE t SELECT 1"), ["t"]);
        assert_eq!(found("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE"), ["t", "s"]);
        assert_eq!(found("CREATE OR REPLACE TEMP VIEW v AS SELECT 1 FROM w"), ["v", "w"]);
        assert_eq!(found("DROP TABLE IF EXISTS db.t"), ["db.t"]);
    }

    #[test]
    fn what_is_no_table_is_not_found() {
        assert!(found("WITH x AS (SELECT 1), y AS (SELECT 2) SELECT * FROM x, y").is_empty());
        assert!(found("SELECT extract(YEAR FROM ts), trim(BOTH 'x' FROM s)").is_empty());
        assert!(found("SELECT a IS DISTINCT FROM b").is_empty());
        assert!(found("SELECT * FROM range(3)").is_empty());
        assert!(found("SELECT 'FROM t' -- FROM u\n").is_empty());
    }

    #[test]
    fn one_table_may_have_a_longer_and_a_shorter_name() {
        assert!(is_same("spark_catalog.db.t", "db.t") && is_same("t", "db.t") && is_same("t", "t"));
        assert!(!is_same("db.tt", "t") && !is_same("a.t", "b.t"));
    }
}
