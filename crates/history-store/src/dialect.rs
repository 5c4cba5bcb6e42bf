//! A statement's text in each engine's words. Statements are written as PostgreSQL wants them, but with `?` for values.

use std::{borrow::Cow, fmt::Write};

use crate::Engine;

/// What SQLite and MariaDB call by another name.
const SQLITE: [(&str, &str); 3] = [(" FOR UPDATE", ""), ("greatest(", "max("), ("strpos(", "instr(")];
const MARIADB: [(&str, &str); 1] = [("strpos(", "instr(")];

const CONFLICT: &str = " ON CONFLICT (";
const UPDATE: &str = " DO UPDATE SET ";
const NOTHING: &str = " DO NOTHING";
const NEW: &str = "excluded.";

impl Engine {
    /// The statement for this engine.
    pub(crate) fn text(self, statement: &'static str) -> Cow<'static, str> {
        match self {
            Self::Sqlite => renamed(statement, &SQLITE),
            Self::Postgres => numbered(statement),
            Self::MariaDb => upsert(renamed(statement, &MARIADB)),
        }
    }
}

fn renamed(statement: &'static str, names: &[(&str, &str)]) -> Cow<'static, str> {
    let mut text = Cow::Borrowed(statement);
    for (theirs, ours) in names {
        if text.contains(theirs) {
            text = text.replace(theirs, ours).into();
        }
    }
    text
}

/// `$1, $2` for `?, ?`.
fn numbered(statement: &'static str) -> Cow<'static, str> {
    let mut parts = statement.split('?');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (before, part) in parts.enumerate() {
        // Writing to a string does not fail.
        let _ = write!(text, "${}{part}", before + 1);
    }
    text.into()
}

/// Inserts or updates in MariaDB's words: a conflict with any key counts, and `VALUES(x)` is the new value. Columns are
/// set one after the other, so an expression may use the old value only of the column that it sets or of later ones.
fn upsert(statement: Cow<'static, str>) -> Cow<'static, str> {
    let Some((insert, rest)) = statement.split_once(CONFLICT) else { return statement };
    let Some((keys, rest)) = rest.split_once(')') else { return statement };
    let (key, _) = keys.split_once(',').unwrap_or((keys, ""));
    let set = match (rest.strip_prefix(UPDATE), rest.strip_prefix(NOTHING)) {
        (Some(set), _) => new_values(set),
        (None, Some(rest)) => format!("{key} = {key}{rest}"),
        (None, None) => return statement,
    };
    format!("{insert} ON DUPLICATE KEY UPDATE {set}").into()
}

/// `VALUES(x)` for `excluded.x`.
fn new_values(set: &str) -> String {
    let mut parts = set.split(NEW);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        text.extend(["VALUES(", name, ")", rest]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_gets_its_own_words() {
        let statement = "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a, b) DO UPDATE SET \
                         b = greatest(t.b, excluded.b), c = excluded.c RETURNING a";
        assert_eq!(Engine::Postgres.text(statement), statement.replacen('?', "$1", 1).replacen('?', "$2", 1));
        assert_eq!(Engine::Sqlite.text(statement), statement.replace("greatest", "max"));
        assert_eq!(
            Engine::MariaDb.text(statement),
            "INSERT INTO t (a, b) VALUES (?, ?) ON DUPLICATE KEY UPDATE b = greatest(t.b, VALUES(b)), c = VALUES(c) \
             RETURNING a"
        );
        let kept = "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a, b) DO NOTHING";
        assert_eq!(Engine::MariaDb.text(kept), "INSERT INTO t (a, b) VALUES (?, ?) ON DUPLICATE KEY UPDATE a = a");
        let read = "SELECT a FROM t WHERE strpos(b, ?) > 0 FOR UPDATE";
        assert_eq!(Engine::Sqlite.text(read), "SELECT a FROM t WHERE instr(b, ?) > 0");
        assert_eq!(Engine::Postgres.text(read), "SELECT a FROM t WHERE strpos(b, $1) > 0 FOR UPDATE");
        assert_eq!(Engine::MariaDb.text(read), "SELECT a FROM t WHERE instr(b, ?) > 0 FOR UPDATE");
    }
}
