//! `panel/cell-query`: how the query goes that a cell of a notebook waits for.

use std::sync::Arc;

use axum::{Json, extract::State};
use monitor::{
    AppQueries, Applications,
    cell_query::{self, News},
    clock,
    queries::Cell,
};
use serde::Deserialize;
use wire::{CellNews, CellQuery, ErrorBody};

use super::poll::Poll;
use crate::{
    http::{ApiError, AskedApp, Parameters},
    words::{self, Said},
};

/// The cell. Its times are ages, because the browser's clock may differ from ours.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AskedCell {
    session: Option<String>,
    began_ms_ago: u64,
    ended_ms_ago: Option<u64>,
    least_ms: u64,
}

/// Whether the longest query of a cell runs or how it ended, or that its Spark is gone; for a person who is elsewhere.
#[utoipa::path(get, path = "/panel/cell-query", tag = "panel",
    params(
        ("app" = Option<String>, Query, description = "Application id; when absent, the active one that knows the \
            session, or without a session the newest active one"),
        ("session" = Option<String>, Query, description = "Its session of Spark Connect; when absent, all queries of \
            the application are its own"),
        ("began_ms_ago" = Option<u64>, Query, description = "How long ago the cell began; 0 when absent"),
        ("ended_ms_ago" = Option<u64>, Query, description = "How long ago it ended; absent while it runs"),
        ("least_ms" = Option<u64>, Query, description = "How long a query must have run during the cell; 0 when \
            absent"),
    ),
    responses(
        (status = 200, description = "The query, as a message", body = CellQuery),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_cell_query(
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    asked: AskedApp,
    cell: Result<Parameters<AskedCell>, ApiError>,
) -> Result<Json<CellQuery>, ApiError> {
    applications.check_lister()?;
    let asked = asked.checked()?;
    let Parameters(cell) = cell?;
    let whose = poll.whose().await?;
    let cell = cell.at(clock::now_ms());
    let found = cell_query::find(&applications, &queries, (&whose, poll.max_age), asked, &cell).await?;
    let (news, message) = match found.news {
        News::Nothing => (CellNews::Nothing, Said::default()),
        News::Runs => (CellNews::Running, Said::default()),
        News::Ended(query) => (CellNews::of(query.state), words::cell_query::ended(&query)),
        News::SparkGone => (CellNews::SparkGone, words::cell_query::spark_gone()),
    };
    let message_sentences = message.sentences();
    Ok(Json(CellQuery { news, app_id: found.app_id, message: message.to_string(), message_sentences }))
}

impl AskedCell {
    fn at(self, now_ms: i64) -> Cell {
        let ago = |ms: u64| now_ms.saturating_sub_unsigned(ms);
        Cell {
            session_id: self.session.filter(|session| !session.is_empty()),
            begin_ms: ago(self.began_ms_ago),
            end_ms: self.ended_ms_ago.map(ago),
            least_ms: self.least_ms,
        }
    }
}
