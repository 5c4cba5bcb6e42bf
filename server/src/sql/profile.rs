//! `sql/profile`: counts the values of one column, in one statement over a stated number of rows.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use connect_client::Limits;
use wire::{
    ErrorBody,
    sql::{SqlProfile, SqlQuery, SqlRead},
};

use super::{Sql, catalog::quoted, queries, statement::Asked};
use crate::http::{ApiError, Caller, JsonBody};

/// Rows that are read unless more or fewer are asked for.
const SAMPLE_ROWS: u32 = 100_000;

/// Counts a column's values: rows, nulls, about how many are distinct, the smallest, the largest, quartiles of numbers,
/// and the ten most frequent ones. It is polled like any other statement, and has one row.
#[utoipa::path(post, path = "/sql/profile", tag = "sql", request_body = SqlProfile, responses(
    (status = 202, description = "It runs", body = SqlQuery),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn profile(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    JsonBody(asked): JsonBody<SqlProfile>,
) -> Result<(StatusCode, Json<SqlQuery>), ApiError> {
    let open = sql.session(&whose, &asked.session_id)?;
    let parts = [&asked.catalog, &asked.database, &asked.table];
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).map(|part| part.as_str()).collect();
    if parts.is_empty() || asked.column.is_empty() {
        return Err(ApiError::bad_json("table, column: are empty"));
    }
    let (table, column) = (quoted(&parts), quoted(&[&asked.column]));
    let one = connect_client::Statement::new(format!("SELECT {column} FROM {table}"));
    let columns = open.session.schema(&one).await?;
    let kind = columns.first().map(|column| Kind::of(&column.type_name)).unwrap_or(Kind::Other);
    let text = statement(kind, &table, &column, asked.sample_rows.unwrap_or(SAMPLE_ROWS).max(1));
    let limits = Limits { max_rows: 1, max_bytes: sql.limits.max_bytes };
    let statement = connect_client::Statement::new(text);
    let asked = Asked { statement, read: SqlRead::Preview, limits, tags: Vec::new(), is_own_query: true };
    let statement = queries::begin(&sql, open, asked)?;
    Ok((StatusCode::ACCEPTED, Json(statement.shown())))
}

/// What can be asked of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    /// It can be compared and grouped.
    Ordered,
    /// Maps, variants and whatever else has no order.
    Other,
}

impl Kind {
    fn of(type_name: &str) -> Self {
        let name = type_name.split(['(', '<', ' ']).next().unwrap_or_default();
        match name {
            "tinyint" | "smallint" | "int" | "bigint" | "float" | "double" | "decimal" => Self::Number,
            "string" | "char" | "varchar" | "boolean" | "date" | "timestamp" | "timestamp_ntz" | "binary" => {
                Self::Ordered
            }
            _ => Self::Other,
        }
    }
}

fn statement(kind: Kind, table: &str, column: &str, rows: u32) -> String {
    let mut measures = vec!["count(*) AS rows", "count_if(v IS NULL) AS nulls"];
    if kind != Kind::Other {
        measures.extend(["approx_count_distinct(v) AS about_distinct", "min(v) AS smallest"]);
    }
    if kind == Kind::Number {
        measures.push("approx_percentile(v, array(0.25, 0.5, 0.75)) AS quartiles");
    }
    if kind != Kind::Other {
        measures.push("max(v) AS largest");
        measures.push("(SELECT collect_list(struct(v AS value, n AS rows)) FROM frequent) AS most_frequent");
    }
    let measures = measures.join(", ");
    let sample = format!("WITH sampled AS (SELECT {column} AS v FROM {table} LIMIT {rows})");
    let frequent = if kind == Kind::Other {
        ""
    } else {
        ", frequent AS (SELECT v, count(*) AS n FROM sampled WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT 10)"
    };
    format!("{sample}{frequent} SELECT {measures} FROM sampled")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_follows_the_type() {
        for (name, kind) in [
            ("decimal(10,2)", Kind::Number),
            ("bigint", Kind::Number),
            ("string", Kind::Ordered),
            ("varchar(10)", Kind::Ordered),
            ("map<string,int>", Kind::Other),
            ("variant", Kind::Other),
            ("interval day to second", Kind::Other),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
        let text = |kind| statement(kind, "`t`", "`c`", 10);
        assert!(text(Kind::Number).contains("quartiles") && !text(Kind::Ordered).contains("quartiles"));
        assert!(!text(Kind::Other).contains("min(v)"));
    }
}
