//! Reads an answer's JSON up to a limit, as a whole or while it arrives.

use std::{io::BufReader, marker::PhantomData};

use bytes::Bytes;
use reqwest::{Response, header::CONTENT_TYPE};
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_path_to_error::Track;

use super::{
    Upstream, UpstreamError, UpstreamErrorKind,
    bounds::Bounds,
    rows::{Checked, FromRows, RowDecoder},
    string_cutter::{CutReader, TooDeep},
};

/// Longest content type that is logged, bytes.
const LONGEST_TYPE: usize = 100;

/// The content type without its parameters, in lower case; "no content type" when there is none.
pub(super) fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let value = value.and_then(|value| value.split(';').next()).map(str::trim);
    let value = value.map(|value| value.get(..LONGEST_TYPE).unwrap_or(value).to_ascii_lowercase());
    value.unwrap_or_else(|| "no content type".to_owned())
}

pub(super) fn is_json(content_type: &str) -> bool {
    matches!(content_type, "application/json" | "text/json") || content_type.ends_with("+json")
}

/// The whole body, unchanged.
pub(super) async fn read(upstream: Upstream, response: Response, limit: u64) -> Result<Bytes, UpstreamError> {
    let mut body = Body::new(limit);
    each_chunk(upstream, response, limit, |chunk| {
        body.append(chunk);
        Ok(())
    })
    .await?;
    Ok(body.into_bytes())
}

/// The whole body, unchanged, after a check that it is an array of such rows.
pub(super) async fn checked<Row: DeserializeOwned + 'static>(
    upstream: Upstream,
    response: Response,
    limit: u64,
    bounds: &Bounds,
) -> Result<Bytes, UpstreamError> {
    let (mut body, mut decoder) = (Body::new(limit), RowDecoder::<Checked<Row>>::new(bounds));
    each_chunk(upstream, response, limit, |chunk| {
        body.append(chunk);
        decoder.read(chunk)
    })
    .await?;
    let shape = |reason| UpstreamError::shape(upstream, reason);
    match decoder.finish().map_err(shape)?.left_out {
        0 => Ok(body.into_bytes()),
        _ => Err(shape("a row is too large".to_owned())),
    }
}

/// Collects the rows while they arrive.
pub(super) async fn rows<Rows: FromRows>(
    upstream: Upstream,
    response: Response,
    limit: u64,
    bounds: &Bounds,
) -> Result<Rows, UpstreamError> {
    let mut decoder = RowDecoder::new(bounds);
    each_chunk(upstream, response, limit, |chunk| decoder.read(chunk)).await?;
    decoder.finish().map_err(|reason| UpstreamError::shape(upstream, reason))
}

/// Decodes a whole body; strings are cut at the default limit.
pub(super) fn from_slice<T: DeserializeOwned>(upstream: Upstream, bytes: &[u8]) -> Result<T, UpstreamError> {
    from_slice_within(upstream, bytes, &Bounds::DEFAULT, PhantomData)
}

/// As [`from_slice`], within given bounds and with a seed that can apply them too.
pub(super) fn from_slice_within<S: for<'de> DeserializeSeed<'de, Value = T>, T>(
    upstream: Upstream,
    bytes: &[u8],
    bounds: &Bounds,
    seed: S,
) -> Result<T, UpstreamError> {
    document(CutReader::new(bytes, bounds.string_bytes), seed).map_err(|reason| UpstreamError::shape(upstream, reason))
}

/// Decodes one JSON document with nothing after it. An error says where and what kind, without the upstream's own text.
fn document<S: for<'de> DeserializeSeed<'de, Value = T>, T>(reader: CutReader<'_>, seed: S) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(reader));
    let what = |error: &serde_json::Error, path: &dyn std::fmt::Display| match error.is_io() {
        true => format!("{TooDeep} at {path}"),
        false => format!("{:?} error at {path}, line {} column {}", error.classify(), error.line(), error.column()),
    };
    let mut track = Track::new();
    let decoded = seed.deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = decoded.map_err(|error| what(&error, &track.path()))?;
    json.end().map_err(|error| what(&error, &"its end"))?;
    Ok(value)
}

/// A body in memory. Its buffer never grows beyond the limit.
struct Body {
    bytes: Vec<u8>,
    limit: usize,
}

impl Body {
    fn new(limit: u64) -> Self {
        Self { bytes: Vec::new(), limit: usize::try_from(limit).unwrap_or(usize::MAX) }
    }

    fn append(&mut self, chunk: &[u8]) {
        let length = self.bytes.len() + chunk.len();
        if length > self.bytes.capacity() {
            let wanted = (2 * self.bytes.capacity()).min(self.limit).max(length);
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
    }

    fn into_bytes(mut self) -> Bytes {
        self.bytes.shrink_to_fit();
        self.bytes.into()
    }
}

async fn each_chunk(
    upstream: Upstream,
    mut response: Response,
    limit: u64,
    mut take: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<(), UpstreamError> {
    let mut length = 0;
    while let Some(chunk) = next_chunk(upstream, &mut response).await? {
        length += chunk.len() as u64;
        if length > limit {
            return Err(UpstreamError::new(upstream, UpstreamErrorKind::TooLarge(limit)));
        }
        take(&chunk).map_err(|reason| UpstreamError::shape(upstream, reason))?;
    }
    Ok(())
}

async fn next_chunk(upstream: Upstream, response: &mut Response) -> Result<Option<Bytes>, UpstreamError> {
    response.chunk().await.map_err(|error| UpstreamError::cut(upstream, error))
}
