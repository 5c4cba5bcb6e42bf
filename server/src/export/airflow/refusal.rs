//! Reads what Airflow says when it refuses, or fails: its status together with its words.

use std::time::Duration;

use reqwest::{Response, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::Value;
use upstream::chain;

use super::error::{AirflowError, Right};

/// How much of a refusal is read, bytes.
const PEEK: usize = 16 * 1024;
/// How much of Airflow's words is kept, characters.
const LONGEST_DETAIL: usize = 400;
/// Reasons of a list that are kept.
const MOST_REASONS: usize = 5;

/// The answer, if its status is one of success.
pub(super) async fn refused(response: Response, right: Right) -> Result<Response, AirflowError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let is_json = content_type(&response) == "application/json";
    let body: Option<Value> = serde_json::from_slice(&peek(response).await).ok();
    // A web server in front of it, or Airflow 2, which answers such addresses with pages or with a `title`.
    let detail = match body.as_ref().and_then(|body| body.get("detail")) {
        Some(detail) if is_json => words(detail),
        _ if matches!(status.as_u16(), 401 | 403 | 429 | 500..) => String::new(),
        _ => return Err(AirflowError::NotAirflow { seen: format!("status {status}") }),
    };
    Err(match (status.as_u16(), right) {
        (404 | 405, Right::SignIn) => AirflowError::NotAirflow { seen: format!("status {status}") },
        (401 | 403, Right::SignIn) => AirflowError::LoginRefused,
        (401, _) => AirflowError::TokenRefused,
        // Airflow 3.3 answers 401 when a token has expired, but 403 when it was signed with another key.
        (403, _) if detail == "Invalid JWT token" => AirflowError::TokenRefused,
        (403, _) => AirflowError::Forbidden { right },
        (404, _) => AirflowError::NotFound { right },
        (409, _) => AirflowError::Conflict { detail },
        (400 | 422, _) => AirflowError::Rejected { detail },
        (status, _) => AirflowError::Status { status, detail },
    })
}

/// A call that failed before there was an answer.
pub(super) fn unreachable(error: reqwest::Error, connect: Duration) -> AirflowError {
    if error.is_timeout() {
        return late(connect);
    }
    // Remove the URL, because it names internal hosts.
    AirflowError::Unreachable { cause: chain(&error.without_url()) }
}

pub(super) fn cut(error: reqwest::Error) -> AirflowError {
    AirflowError::Cut { reason: chain(&error.without_url()) }
}

pub(super) fn late(after: Duration) -> AirflowError {
    AirflowError::Timeout { after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) }
}

/// A document; an error says where and what kind, without the document's own text.
pub(super) fn decoded<T: DeserializeOwned>(body: &[u8]) -> Result<T, AirflowError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (inner, path) = (error.inner(), error.path());
        let reason = format!("{:?} error at {path}, line {} column {}", inner.classify(), inner.line(), inner.column());
        AirflowError::Shape { reason }
    })
}

/// The content type without its parameters, in lower case; empty when there is none.
pub(crate) fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.chars().take(100).collect::<String>().to_ascii_lowercase()
}

/// The beginning of a text, on one line.
pub(crate) fn short(text: &str, longest: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = words.collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Airflow's own words: a text, a list of what is wrong and where, or an object with a reason.
fn words(detail: &Value) -> String {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let said = match detail {
        Value::String(text) => text.clone(),
        Value::Array(reasons) => reasons.iter().take(MOST_REASONS).map(reason).collect::<Vec<_>>().join("; "),
        Value::Object(_) => text(detail, "reason"),
        _ => String::new(),
    };
    short(&said, LONGEST_DETAIL)
}

/// `body.conf: Input should be a valid dictionary`. The value itself is left out.
fn reason(reason: &Value) -> String {
    let at = reason.get("loc").and_then(Value::as_array).into_iter().flatten().map(|step| match step {
        Value::String(name) => name.clone(),
        step => step.to_string(),
    });
    let at = at.collect::<Vec<_>>().join(".");
    format!("{at}: {}", reason.get("msg").and_then(Value::as_str).unwrap_or_default())
}

/// The first bytes of the body; if reading fails, those that have arrived.
async fn peek(mut response: Response) -> Vec<u8> {
    let mut seen = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = PEEK.saturating_sub(seen.len());
        seen.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if seen.len() >= PEEK {
            break;
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn airflows_words_are_kept_without_values_and_without_end() {
        let list =
            json!([{"type": "dict_type", "loc": ["body", "conf"], "msg": "Input should be a dictionary", "input": 3}]);
        assert_eq!(words(&list), "body.conf: Input should be a dictionary");
        assert_eq!(words(&json!("a\n\n  b")), "a b");
        assert_eq!(words(&json!({"reason": "Unique constraint violation"})), "Unique constraint violation");
        assert_eq!(words(&json!("x".repeat(1000))).chars().count(), LONGEST_DETAIL + 1);
        assert_eq!(words(&json!(7)), "");
    }
}
