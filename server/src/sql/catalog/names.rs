//! Lists names: catalogues, databases, tables.

use connect_client::{ConnectError, Session};
use wire::sql::{SqlName, SqlNames};

use super::{quoted, rows, shown, text};

/// Names that are sent.
const MOST: usize = 10_000;
/// Names that are read.
const MOST_READ: u64 = 100_000;

pub(super) async fn catalogs(session: &Session) -> Result<SqlNames, ConnectError> {
    let (rows, _) = rows(session, "SHOW CATALOGS".to_owned(), MOST_READ).await?;
    let current = current(session, "current_catalog()").await?;
    let name = |row: &Vec<_>| {
        let name = text(row, 0);
        SqlName { sql: shown(&[&name]), name, is_temporary: false }
    };
    Ok(bounded(rows.iter().map(name).collect(), Some(current)))
}

pub(super) async fn databases(session: &Session, catalog: &str) -> Result<SqlNames, ConnectError> {
    let (rows, _) = rows(session, format!("SHOW DATABASES IN {}", quoted(&[catalog])), MOST_READ).await?;
    let is_current = current(session, "current_catalog()").await? == catalog;
    let current = if is_current { Some(current(session, "current_database()").await?) } else { None };
    let name = |row: &Vec<_>| {
        let name = text(row, 0);
        SqlName { sql: shown(&[catalog, &name]), name, is_temporary: false }
    };
    Ok(bounded(rows.iter().map(name).collect(), current))
}

pub(super) async fn tables(session: &Session, catalog: &str, database: &str) -> Result<SqlNames, ConnectError> {
    let (rows, _) = rows(session, format!("SHOW TABLES IN {}", quoted(&[catalog, database])), MOST_READ).await?;
    let name = |row: &Vec<_>| {
        let (name, is_temporary) = (text(row, 1), text(row, 2) == "true");
        let sql = if is_temporary { shown(&[&name]) } else { shown(&[catalog, database, &name]) };
        SqlName { name, is_temporary, sql }
    };
    Ok(bounded(rows.iter().map(name).collect(), None))
}

async fn current(session: &Session, function: &str) -> Result<String, ConnectError> {
    let (rows, _) = rows(session, format!("SELECT {function}"), 1).await?;
    Ok(rows.first().map(|row| text(row, 0)).unwrap_or_default())
}

fn bounded(mut names: Vec<SqlName>, current: Option<String>) -> SqlNames {
    let not_shown = u64::try_from(names.len().saturating_sub(MOST)).unwrap_or(u64::MAX);
    names.truncate(MOST);
    let current = current.filter(|current| names.iter().any(|name| name.name == *current));
    SqlNames { names, current, not_shown }
}
