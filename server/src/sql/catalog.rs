//! `sql/catalog`: catalogues, databases, tables and columns, each when it is asked for. Nothing is computed.

mod describe;
mod names;

use std::sync::Arc;

use axum::{Json, extract::State};
use connect_client::{ConnectError, Limits, Session, Statement};
use serde_json::Value;
use wire::{ErrorBody, sql::SqlCatalog};

use super::{Sql, errors, open::OpenSession, seen::Place};
use crate::http::{ApiError, Caller, Parameters};

/// What is inside a catalogue or a database, or the columns and properties of a table. Answers are kept for a minute.
#[utoipa::path(get, path = "/sql/catalog", tag = "sql",
    params(
        ("session" = String, Query, description = "The session, whose temporary views are shown too"),
        ("catalog" = Option<String>, Query, description = "Without it the catalogues are listed"),
        ("database" = Option<String>, Query, description = "With it its tables are listed"),
        ("table" = Option<String>, Query, description = "The table to describe; alone it is a temporary view"),
        ("fresh" = Option<bool>, Query, description = "Ask Spark even if the answer is still known"),
    ),
    responses(
        (status = 200, description = "Names, a table, or Spark's error", body = SqlCatalog),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_catalog(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    Parameters(place): Parameters<Place>,
) -> Result<Json<SqlCatalog>, ApiError> {
    let open = sql.session(&whose, &place.session_id)?;
    if let Some(known) = open.seen.known(&place).filter(|_| !place.fresh) {
        return Ok(Json(known));
    }
    // Two at a time, so that a person who opens many branches does not fill the driver.
    let _turn = open.lookups.acquire().await;
    let changes = open.seen.changes();
    Ok(Json(match errors::of_spark(ask(&open, &place).await)? {
        Ok(found) => {
            open.seen.keep(place, &found, changes);
            found
        }
        Err(error) => SqlCatalog::Failed(error),
    }))
}

async fn ask(open: &OpenSession, place: &Place) -> Result<SqlCatalog, ConnectError> {
    let session = &open.session;
    match place {
        Place { table: Some(table), catalog, database, .. } => {
            let parts: Vec<_> = catalog.iter().chain(database).chain([table]).map(String::as_str).collect();
            describe::table(session, &parts).await.map(SqlCatalog::Table)
        }
        Place { catalog: Some(catalog), database: Some(database), .. } => {
            names::tables(session, catalog, database).await.map(SqlCatalog::Names)
        }
        Place { catalog: Some(catalog), .. } => names::databases(session, catalog).await.map(SqlCatalog::Names),
        Place { .. } => names::catalogs(session).await.map(SqlCatalog::Names),
    }
}

/// Most that is read of one answer, and most that its JSON may have, bytes. Spark sends the result of a command such as
/// `SHOW TABLES` in one message, which must fit as a whole.
const MOST_BYTES: u64 = 16 << 20;

/// The first rows of a short statement, and whether there are more. Reading stops there.
async fn rows(session: &Session, text: String, max_rows: u64) -> Result<(Vec<Vec<Value>>, bool), ConnectError> {
    let limits = Limits { max_rows, max_bytes: MOST_BYTES };
    let (rows, limit) = session.answer(&Statement::new(text), limits).await?;
    Ok((rows, limit.is_some()))
}

/// A cell as text; nothing for null.
fn text(row: &[Value], column: usize) -> String {
    match row.get(column) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A name as SQL, whatever it contains.
pub(super) fn quoted(parts: &[&str]) -> String {
    let quoted = |part: &&str| format!("`{}`", part.replace('`', "``"));
    parts.iter().map(quoted).collect::<Vec<_>>().join(".")
}

/// A name as a person would write it: quoted only where it must be.
fn shown(parts: &[&str]) -> String {
    let is_plain = |part: &str| {
        part.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
            && part.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
    };
    let shown = |part: &&str| if is_plain(part) { (*part).to_owned() } else { quoted(&[part]) };
    parts.iter().map(shown).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_so_that_they_stay_one_name() {
        assert_eq!(quoted(&["a", "my db", "t`; DROP TABLE x"]), "`a`.`my db`.`t``; DROP TABLE x`");
        assert_eq!(shown(&["spark_catalog", "my db", "t"]), "spark_catalog.`my db`.t");
        assert_eq!(shown(&["1a", "ä", ""]), "`1a`.`ä`.``");
    }
}
