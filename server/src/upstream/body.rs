//! Reading an answer's JSON: up to a limit, whole or while it arrives.

use std::io::{self, BufReader};

use bytes::{Buf, Bytes, BytesMut};
use reqwest::{Response, header::CONTENT_TYPE};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::mpsc;

use super::{Upstream, UpstreamError, UpstreamErrorKind};

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

pub(super) async fn read(upstream: Upstream, mut response: Response, limit: u64) -> Result<Bytes, UpstreamError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = next_chunk(upstream, &mut response).await? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(UpstreamError::new(upstream, UpstreamErrorKind::TooLarge(limit)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

pub(super) async fn decode<T>(upstream: Upstream, mut response: Response, limit: u64) -> Result<T, UpstreamError>
where
    T: DeserializeOwned + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let decoder = tokio::task::spawn_blocking(move || {
        let chunks = Chunks { receiver, current: Bytes::new() };
        document(serde_json::Deserializer::from_reader(BufReader::new(chunks)))
    });
    let mut length = 0;
    loop {
        let chunk = tokio::select! {
            chunk = next_chunk(upstream, &mut response) => chunk?,
            // The decoder stops reading at its first error, which is asked for below.
            () = sender.closed() => break,
        };
        let Some(chunk) = chunk else { break };
        length += chunk.len() as u64;
        if length > limit {
            return Err(UpstreamError::new(upstream, UpstreamErrorKind::TooLarge(limit)));
        }
        if sender.send(chunk).await.is_err() {
            break;
        }
    }
    drop(sender);
    match decoder.await {
        Ok(decoded) => decoded.map_err(|reason| UpstreamError::shape(upstream, reason)),
        Err(_) => Err(UpstreamError::new(upstream, UpstreamErrorKind::Lost)),
    }
}

/// Decodes what has been read as a whole.
pub(super) fn from_slice<'a, T: Deserialize<'a>>(upstream: Upstream, bytes: &'a [u8]) -> Result<T, UpstreamError> {
    document(serde_json::Deserializer::from_slice(bytes)).map_err(|reason| UpstreamError::shape(upstream, reason))
}

/// One JSON document and nothing behind it; else where it is wrong and how, without the upstream's own text.
fn document<'de, T, R>(mut json: serde_json::Deserializer<R>) -> Result<T, String>
where
    T: Deserialize<'de>,
    R: serde_json::de::Read<'de>,
{
    let what = |error: &serde_json::Error, path: &dyn std::fmt::Display| {
        format!("{:?} error at {path}, line {} column {}", error.classify(), error.line(), error.column())
    };
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| what(error.inner(), error.path()))?;
    json.end().map_err(|error| what(&error, &"its end"))?;
    Ok(value)
}

async fn next_chunk(upstream: Upstream, response: &mut Response) -> Result<Option<Bytes>, UpstreamError> {
    response.chunk().await.map_err(|error| UpstreamError::cut(upstream, error))
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
        self.current.copy_to_slice(out.split_at_mut(length).0);
        Ok(length)
    }
}
