//! Reading an answer's JSON: up to a limit, whole or while it arrives.

use bytes::{Bytes, BytesMut};
use reqwest::{Response, header::CONTENT_TYPE};
use serde::Deserialize;

use super::{
    Upstream, UpstreamError, UpstreamErrorKind,
    rows::{FromRows, RowDecoder},
};

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

pub(super) async fn rows<Rows: FromRows>(
    upstream: Upstream,
    mut response: Response,
    limit: u64,
) -> Result<Rows, UpstreamError> {
    let mut decoder = RowDecoder::new();
    let (mut length, shape) = (0, |reason| UpstreamError::shape(upstream, reason));
    while let Some(chunk) = next_chunk(upstream, &mut response).await? {
        length += chunk.len() as u64;
        if length > limit {
            return Err(UpstreamError::new(upstream, UpstreamErrorKind::TooLarge(limit)));
        }
        decoder.read(&chunk).map_err(shape)?;
    }
    decoder.finish().map_err(shape)
}

/// Decodes what has been read as a whole.
pub(super) fn from_slice<'a, T: Deserialize<'a>>(upstream: Upstream, bytes: &'a [u8]) -> Result<T, UpstreamError> {
    document(bytes).map_err(|reason| UpstreamError::shape(upstream, reason))
}

/// One JSON document and nothing behind it; else where it is wrong and how, without the upstream's own text.
fn document<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
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
