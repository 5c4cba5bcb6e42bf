//! What an unexpected answer still tells us: that a driver is starting, or an error message of the service.

use reqwest::Response;
use serde::Deserialize;

use super::redacted::redacted;

/// How much of an unexpected answer is read, bytes.
const PEEK: usize = 16 * 1024;
/// How much of a service's own message is shown to a user, characters.
const LONGEST_MESSAGE: usize = 200;

/// Spark answers 200 with this page until the driver's web server is ready.
pub(super) async fn says_starting(response: Response) -> bool {
    String::from_utf8_lossy(&peek(response).await).contains("Spark is starting up")
}

/// The `message` of the cluster manager's error body, redacted and cut.
pub(super) async fn error_message(response: Response) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        message: String,
    }
    let body: Body = serde_json::from_slice(&peek(response).await).ok()?;
    let text: String = redacted(&body.message).chars().take(LONGEST_MESSAGE).collect();
    (!text.is_empty()).then_some(text)
}

/// The first bytes of the body; if reading fails, those that have arrived.
async fn peek(mut response: Response) -> Vec<u8> {
    let mut seen = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        seen.extend_from_slice(&chunk);
        if seen.len() >= PEEK {
            break;
        }
    }
    seen
}
