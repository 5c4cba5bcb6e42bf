//! Lists names: catalogues, databases, tables.

use connect_client::{ConnectError, Session};
use wire::sql::{SqlName, SqlNames};

use super::{quoted, rows, shown, text};

/// Names that are read of one catalogue or database.
const MOST: u64 = 10_000;

pub(super) async fn catalogs(session: &Session) -> Result<SqlNames, ConnectError> {
    let (rows, more) = rows(session, "SHOW CATALOGS".to_owned(), MOST).await?;
    let current = current(session, "current_catalog()").await?;
    let name = |row: &Vec<_>| {
        let name = text(row, 0);
        SqlName { sql: shown(&[&name]), name, is_temporary: false }
    };
    Ok(listed(rows.iter().map(name).collect(), Some(current), more))
}

pub(super) async fn databases(session: &Session, catalog: &str) -> Result<SqlNames, ConnectError> {
    let (rows, more) = rows(session, format!("SHOW DATABASES IN {}", quoted(&[catalog])), MOST).await?;
    let is_current = current(session, "current_catalog()").await? == catalog;
    let current = if is_current { Some(current(session, "current_database()").await?) } else { None };
    let name = |row: &Vec<_>| {
        let name = text(row, 0);
        SqlName { sql: shown(&[catalog, &name]), name, is_temporary: false }
    };
    Ok(listed(rows.iter().map(name).collect(), current, more))
}

pub(super) async fn tables(session: &Session, catalog: &str, database: &str) -> Result<SqlNames, ConnectError> {
    let (rows, more) = rows(session, format!("SHOW TABLES IN {}", quoted(&[catalog, database])), MOST).await?;
    let name = |row: &Vec<_>| {
        let (name, is_temporary) = (text(row, 1), text(row, 2) == "true");
        let sql = if is_temporary { shown(&[&name]) } else { shown(&[catalog, database, &name]) };
        SqlName { name, is_temporary, sql }
    };
    Ok(listed(rows.iter().map(name).collect(), None, more))
}

async fn current(session: &Session, function: &str) -> Result<String, ConnectError> {
    let (rows, _) = rows(session, format!("SELECT {function}"), 1).await?;
    Ok(rows.first().map(|row| text(row, 0)).unwrap_or_default())
}

fn listed(names: Vec<SqlName>, current: Option<String>, more: bool) -> SqlNames {
    let current = current.filter(|current| names.iter().any(|name| name.name == *current));
    SqlNames { names, current, more }
}
