//! `sql/explain` and `sql/schema`: what a statement would do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{SqlColumn, SqlError};

/// `POST sql/explain`; `POST sql/schema` takes the same without `mode`. Nothing is run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SqlExplain {
    #[serde(rename = "session")]
    pub session_id: String,
    pub sql: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub named: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub positional: Vec<Value>,
    /// `simple`, `extended`, `codegen`, `cost` or `formatted`, which is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// The answer of `explain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlPlan {
    Plan {
        text: String,
        /// The physical plan of the mode `formatted`; empty for others.
        tree: Vec<PlanNode>,
    },
    /// Spark's error of a statement that is wrong.
    Failed(SqlError),
}

/// One operator of a plan. The list is in the order in which Spark writes them, parents first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanNode {
    /// Of the root 0.
    pub depth: u32,
    /// Spark's number in parentheses.
    pub number: Option<u32>,
    pub name: String,
    /// Whether generated code of one stage contains it: the number behind `codegen id`.
    pub codegen: Option<u32>,
    /// Spark's notes about it: name and text, for example `Input` and `[id#0L]`.
    pub details: Vec<(String, String)>,
}

/// The answer of `schema`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlSchema {
    Columns(Vec<SqlColumn>),
    Failed(SqlError),
}
