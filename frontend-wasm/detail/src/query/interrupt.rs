//! Tells Spark to stop one operation.

use kit::api::{self, Api, Ask};
use kit::json_text::{object_json, text_json};
use kit::problem::Problem;
use web_sys::AbortController;
use wire::sql::SqlInterrupted;

/// The sidecar gives Spark Connect 30 s. Milliseconds.
const PATIENCE_MS: u32 = 35_000;

/// Returns whether Spark found it running.
///
/// # Errors
/// When Spark was not told, or nobody knows.
pub async fn interrupt(api: &Api, session_id: &str, operation_id: &str) -> Result<bool, Problem> {
    let controller = AbortController::new().map_err(|_| Problem::unreadable())?;
    let body = body(session_id, operation_id);
    let ask = Ask { method: "POST", body: Some(&body), patience_ms: PATIENCE_MS, ..Ask::get("sql/interrupt") };
    let interrupted: SqlInterrupted = api::decode(api.call(ask, &controller.signal()).await.reply?.json)?;
    Ok(!interrupted.interrupted.is_empty())
}

/// The request's body, as `wire::sql::SqlInterrupt` is written.
fn body(session_id: &str, operation_id: &str) -> String {
    object_json(&[("session", text_json(session_id)), ("operation_id", text_json(operation_id))])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::sql::SqlInterrupt;

    use super::body;

    #[test]
    fn the_sidecar_reads_the_session_and_the_operation() {
        let wanted = SqlInterrupt {
            session_id: "s-\"1\"".to_owned(),
            operation_id: Some("op-1".to_owned()),
            ..SqlInterrupt::default()
        };
        assert_eq!(serde_json::from_str::<SqlInterrupt>(&body("s-\"1\"", "op-1")).ok(), Some(wanted));
    }
}
