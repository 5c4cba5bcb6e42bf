//! Passwords and tokens in the user part of URLs: `postgres://user:password@host`, `https://token@host`.

use std::ops::Range;

use memchr::memmem;

use super::{
    finding::{Finding, Rank},
    names::among,
    values::{is_placeholder, is_random},
};

/// The longest scheme and the longest user part that are looked at, in bytes.
const LONGEST: usize = 512;
/// Schemes of databases and brokers, in lower case, without what follows a `+`.
const CONNECTIONS: &str = "
    postgres postgresql mysql mariadb mongodb redis rediss amqp amqps mssql sqlserver oracle clickhouse trino
    presto hive hive2 impala snowflake redshift cassandra kafka neo4j bolt
";

/// All credentials in URLs of the text.
pub(super) fn credentials(text: &str) -> Vec<Finding> {
    memmem::find_iter(text.as_bytes(), "://").filter_map(|at| credential(text, at)).collect()
}

fn credential(text: &str, at: usize) -> Option<Finding> {
    let scheme = scheme_before(text, at)?.to_ascii_lowercase();
    let start = at + 3;
    let user = user_part(text, start)?;
    let part = text.get(user.clone())?;
    let (secret, password) = match part.split_once(':') {
        Some((name, password)) => (user.start + name.len() + 1..user.end, password),
        None => (user, part),
    };
    let has_password = secret.start > start;
    if has_password && !is_password(password) || !has_password && !is_bare_token(password) {
        return None;
    }
    let base = scheme.split('+').next().unwrap_or_default();
    let kind = if among(CONNECTIONS, base) { "connection_string" } else { "url_credentials" };
    Some(Finding { range: secret, kind, rank: Rank::Url, name: None })
}

fn scheme_before(text: &str, end: usize) -> Option<&str> {
    let head = text.as_bytes().get(end.saturating_sub(40)..end)?;
    let of_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = head.iter().rev().take_while(of_scheme).count();
    text.get(end - length..end).filter(|scheme| !scheme.is_empty())
}

/// From `start` to the last `@` before the host ends.
fn user_part(text: &str, start: usize) -> Option<Range<usize>> {
    let tail = text.as_bytes().get(start..)?;
    let of_authority = |byte: &&u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'"' | b'\'' | b'`' | b'\\');
    let length = tail.iter().take(LONGEST).take_while(of_authority).count();
    let at = memchr::memrchr(b'@', tail.get(..length)?)?;
    Some(start..start + at)
}

fn is_password(password: &str) -> bool {
    let variable = ["{", "$", "%(", "%s", "<", "["].iter().any(|start| password.starts_with(start));
    password.len() >= 3 && !variable && !is_placeholder(password)
}

/// A user part without a password: a token, unless it is somebody's name.
fn is_bare_token(user: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~');
    user.len() >= 20 && user.bytes().all(plain) && is_random(user) && !is_placeholder(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        credentials(text).into_iter().filter_map(|finding| text.get(finding.range)).collect()
    }

    #[test]
    fn passwords_in_urls() {
        assert_eq!(found(concat!("postgres://me:", "hunter2@db:5432/x")), ["hunter2"]);
        assert_eq!(found(concat!("jdbc:mysql://me:", "a@b#c1@db/x")), ["a@b#c1"]);
        assert_eq!(found(concat!("redis://:", "hunter2@db")), ["hunter2"]);
        let token = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
        assert_eq!(found(&format!("https://{token}@git.host/x.git")), [token]);
    }

    #[test]
    fn urls_without_one() {
        for text in [
            "postgres://localhost:5432/mydb",
            "postgres://me@db/x",
            "https://example.com/a:b@c",
            "s3a://bucket/key",
            "postgres://user:password@host",
            "postgres://{user}:{pw}@host",
            "abfss://data@lake.dfs.core.windows.net/x",
            "postgres://u:%s@h",
            "mysql://$USER:$PASS@h",
            "http://<user>:<password>@host",
            "a://b://c://",
            "git+ssh://git@host/x",
            "mailto://someone.with.a.long.name@host",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
