//! Tells Spark to stop one operation.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use wire::sql::SqlInterrupted;
use yew::UseReducerDispatcher;

use crate::model::{Action, Model, Stop, StopState};
use kit::api::{self, Api, Ask};
use kit::problem::Problem;

/// The sidecar gives Spark Connect 30 s. Milliseconds.
const PATIENCE_MS: u32 = 35_000;

/// Sends the request, and reports what became of it. It goes on when the panel is closed.
pub fn send(api: Api, stop: Stop, dispatcher: UseReducerDispatcher<Model>) {
    spawn_local(async move {
        let state = match interrupt(&api, &stop).await {
            Ok(interrupted) => StopState::Done(!interrupted.interrupted.is_empty()),
            Err(problem) => StopState::Failed(problem),
        };
        dispatcher.dispatch(Action::Stopped(state));
    });
}

async fn interrupt(api: &Api, stop: &Stop) -> Result<SqlInterrupted, Problem> {
    let controller = AbortController::new().map_err(|_| Problem::unreadable())?;
    let body = body(stop, json);
    let ask = Ask { method: "POST", body: Some(&body), patience_ms: PATIENCE_MS, ..Ask::get("sql/interrupt") };
    api::decode(api.call(ask, &controller.signal()).await.reply?.json)
}

/// The request's body, as `wire::sql::SqlInterrupt` is written.
fn body(stop: &Stop, json: fn(&str) -> String) -> String {
    ["{\"session\":", &json(&stop.session_id), ",\"operation_id\":", &json(&stop.operation_id), "}"].concat()
}

/// A text as JSON: a JSON writer of our own would make the bundle larger.
fn json(text: &str) -> String {
    js_sys::JSON::stringify(&JsValue::from_str(text)).map(String::from).unwrap_or_default()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::sql::SqlInterrupt;

    use super::body;
    use crate::model::{Stop, StopState};

    #[test]
    fn the_sidecar_reads_the_session_and_the_operation() {
        let (session_id, operation_id) = ("s-\"1\"".to_owned(), "op-1".to_owned());
        let stop = Stop { query_id: "q-1".to_owned(), session_id, operation_id, state: StopState::Sent };
        let body = body(&stop, |text| serde_json::to_string(text).unwrap_or_default());
        let wanted = SqlInterrupt {
            session_id: stop.session_id,
            operation_id: Some(stop.operation_id),
            ..SqlInterrupt::default()
        };
        assert_eq!(serde_json::from_str::<SqlInterrupt>(&body).ok(), Some(wanted));
    }
}
