//! Reading an answer's body: up to a limit, whole or while it arrives.

use std::{io, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use reqwest::{Response, header::CONTENT_TYPE};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::mpsc;

use super::{Upstream, UpstreamError, UpstreamErrorKind};

/// How much of an unwanted page is looked at, bytes.
const PEEK: u64 = 16 * 1024;
/// How much of a service's own message a user is shown, characters.
const LONGEST_MESSAGE: usize = 200;
/// Chunks that wait for the decoder: enough to keep it busy, little enough to stay small.
const CHUNKS: usize = 8;

/// The type without its parameters, in lower case; "no content type" when there is none.
pub(super) fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let value = value.and_then(|value| value.split(';').next()).map(|value| value.trim().to_ascii_lowercase());
    value.unwrap_or_else(|| "no content type".to_owned())
}

pub(super) fn is_json(content_type: &str) -> bool {
    matches!(content_type, "application/json" | "text/json") || content_type.ends_with("+json")
}

pub(super) async fn read(
    upstream: Upstream,
    mut response: Response,
    limit: u64,
    call: Duration,
) -> Result<Bytes, UpstreamError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = next_chunk(upstream, &mut response, call).await? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(UpstreamError::new(upstream, UpstreamErrorKind::TooLarge(limit)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(super) async fn decode<T>(
    upstream: Upstream,
    mut response: Response,
    limit: u64,
    call: Duration,
) -> Result<T, UpstreamError>
where
    T: DeserializeOwned + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let decoder = tokio::task::spawn_blocking(move || {
        let reader = Chunks { receiver, current: Bytes::new() };
        let mut json = serde_json::Deserializer::from_reader(reader);
        let value = serde_path_to_error::deserialize(&mut json)?;
        json.end().map_err(|error| serde_path_to_error::Error::new(serde_path_to_error::Track::new().path(), error))?;
        Ok::<T, serde_path_to_error::Error<serde_json::Error>>(value)
    });
    let mut length = 0;
    while let Some(chunk) = next_chunk(upstream, &mut response, call).await? {
        length += chunk.len() as u64;
        if length > limit {
            return Err(UpstreamError::new(upstream, UpstreamErrorKind::TooLarge(limit)));
        }
        // The decoder stops reading at its first error, which is asked for below.
        if sender.send(chunk).await.is_err() {
            break;
        }
    }
    drop(sender);
    match decoder.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(UpstreamError::shape(upstream, without_content(&error))),
        Err(_) => Err(UpstreamError::new(upstream, UpstreamErrorKind::Lost)),
    }
}

/// Decodes what has been read as a whole.
pub(super) fn from_slice<'a, T: Deserialize<'a>>(upstream: Upstream, bytes: &'a [u8]) -> Result<T, UpstreamError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| UpstreamError::shape(upstream, without_content(&error)))?;
    json.end().map_err(|_| UpstreamError::shape(upstream, "something follows the JSON"))?;
    Ok(value)
}

/// Where and what kind, without the upstream's own text.
pub(super) fn without_content(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let inner = error.inner();
    format!("{:?} error at {}, line {} column {}", inner.classify(), error.path(), inner.line(), inner.column())
}

async fn next_chunk(
    upstream: Upstream,
    response: &mut Response,
    call: Duration,
) -> Result<Option<Bytes>, UpstreamError> {
    response.chunk().await.map_err(|error| UpstreamError::from_reqwest(upstream, error, call))
}

/// The first bytes of a body that is not wanted, as text; whatever has come when it fails.
async fn peek(mut response: Response) -> Vec<u8> {
    let mut seen = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        seen.extend_from_slice(&chunk);
        if seen.len() as u64 >= PEEK {
            break;
        }
    }
    seen
}

/// Spark answers 200 with this page until the driver's web server is ready.
pub(super) async fn says_starting(response: Response) -> bool {
    String::from_utf8_lossy(&peek(response).await).contains("Spark is starting up")
}

/// The `message` of the cluster manager's error body, cut.
pub(super) async fn error_message(response: Response) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        message: String,
    }
    let body: Body = serde_json::from_slice(&peek(response).await).ok()?;
    let text: String = redacted(&body.message).chars().take(LONGEST_MESSAGE).collect();
    (!text.is_empty()).then_some(text)
}

/// A service's sentence without addresses and without words that could be a token.
fn redacted(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let secret = |word: &str| {
        let address = word.contains("://") || word.contains(".svc") || word.contains('@');
        address || (word.len() >= 20 && word.bytes().any(|b| b.is_ascii_digit()))
    };
    words.map(|word| if secret(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

/// The chunks of a body as the blocking reader that serde_json wants.
struct Chunks {
    receiver: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl io::Read for Chunks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.receiver.blocking_recv() {
                Some(chunk) => self.current = chunk,
                None => return Ok(0),
            }
        }
        let length = out.len().min(self.current.len());
        self.current.split_to(length).copy_to_slice(out.split_at_mut(length).0);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn a_services_sentence_is_shown_without_addresses_and_tokens() {
        let text = "User ann may not\nuse ABCDEFGHIJ0123456789XYZ at http://spark-manager.ns.svc:8000/clusters";
        assert_eq!(redacted(text), "User ann may not use … at …");
    }
}
