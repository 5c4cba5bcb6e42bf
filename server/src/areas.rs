//! `areas`: what this sidecar offers beside the panel. Spark is not asked.

use axum::{Json, extract::State};
use wire::{Areas, AssistantMode, ExportMode, HistoryMode};

use crate::app::App;

/// Which areas are on, and their modes.
#[utoipa::path(get, path = "/areas", tag = "areas", responses((status = 200, description = "The areas", body = Areas)))]
pub(crate) async fn get_areas(State(app): State<App>) -> Json<Areas> {
    let history =
        app.history().map(|history| if history.is_memory_only() { HistoryMode::Memory } else { HistoryMode::On });
    #[cfg(feature = "sql")]
    let sql = app.sql().map(|sql| sql.mode());
    #[cfg(not(feature = "sql"))]
    let sql = None;
    let export = app.exports().map(|exports| if exports.runs() { ExportMode::Run } else { ExportMode::Convert });
    #[cfg(feature = "sql")]
    let assistant = app.assist().map(|_| AssistantMode::Check);
    #[cfg(not(feature = "sql"))]
    let assistant: Option<AssistantMode> = None;
    Json(Areas { sql, history, export, assistant, mcp: app.has_mcp() })
}
