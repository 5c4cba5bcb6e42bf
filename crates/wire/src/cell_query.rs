//! `panel/cell-query`: how the query goes that a cell of a notebook waits for.

use serde::{Deserialize, Serialize};

use crate::{QueryState, Sentences};

/// What is known of a cell's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CellNews {
    /// Nothing that is certain: the cell may have no query of that length, or its driver may be busy.
    Nothing,
    Running,
    Succeeded,
    Failed,
    Canceled,
    /// It has ended, and Spark no longer remembers how.
    Unknown,
    /// The application has ended, or no process listens at its driver's address.
    SparkGone,
}

/// The query that a cell waits for, as the shell tells a person of it. Its type for the shell is beside the sidebar's
/// other ones, in `frontend-wasm/sidebar/src/mount.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CellQuery {
    pub news: CellNews,
    /// The application of the cell's session; null if it is not known. Who asks again names it, because a driver that
    /// is gone cannot say which sessions it had.
    pub app_id: Option<String>,
    /// What to tell a person, as sentences; empty while the query runs, and if nothing is known.
    pub message: String,
    /// `message`, in a form that can be translated.
    pub message_sentences: Sentences,
}

impl CellNews {
    /// Of a query in this state.
    #[must_use]
    pub fn of(state: QueryState) -> Self {
        match state {
            QueryState::Running | QueryState::Silent => Self::Running,
            QueryState::Succeeded => Self::Succeeded,
            QueryState::Failed => Self::Failed,
            QueryState::Canceled => Self::Canceled,
            QueryState::Unknown => Self::Unknown,
        }
    }
}
