//! `sql/catalog` and `sql/profile`: what there is, and one column's values.

use serde::{Deserialize, Serialize};

use super::{SqlColumn, SqlError};

/// `GET sql/catalog?session=&catalog=&database=&table=`: what is inside the named one. Without `catalog` the
/// catalogues; with it its databases; with `database` its tables; with `table` that table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlCatalog {
    Names(SqlNames),
    Table(SqlTable),
    Failed(SqlError),
}

/// The names inside a catalogue or a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlNames {
    pub names: Vec<SqlName>,
    /// The current catalogue or database of the session, if it is one of them.
    pub current: Option<String>,
    /// Whether there are more names than these.
    #[serde(default)]
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlName {
    pub name: String,
    /// A temporary view of the session, which belongs to no database.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_temporary: bool,
    /// The name as SQL, quoted where it must be: `spark_catalog`.`my db`.`t`.
    pub sql: String,
}

/// One table, as its catalogue describes it; nothing is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlTable {
    pub sql: String,
    pub columns: Vec<SqlColumn>,
    /// Whether its description goes on: with more columns, or with properties that are missing here.
    #[serde(default)]
    pub more_described: bool,
    /// `MANAGED`, `EXTERNAL`, `VIEW`, …
    pub table_type: Option<String>,
    pub provider: Option<String>,
    pub comment: Option<String>,
    /// Everything else that Spark tells: location, owner, statistics, the table's own properties.
    pub properties: Vec<(String, String)>,
    /// `day=2024-01-01`; at most 1,000. Empty for a table without partitions.
    pub partitions: Vec<String>,
    /// Whether there are more partitions.
    #[serde(default)]
    pub more_partitions: bool,
}

/// `POST sql/profile`: counts a column's values, in a statement that is then polled like any other. Answers 202.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SqlProfile {
    #[serde(rename = "session")]
    pub session_id: String,
    pub catalog: String,
    pub database: String,
    pub table: String,
    pub column: String,
    /// How many rows are read at most; 100,000 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_rows: Option<u32>,
}
