//! Decodes streams of Arrow's IPC format, in which no message may declare more than it contains.

#[cfg(test)]
mod tests;

use std::{collections::HashMap, panic, sync::Arc};

use arrow_array::RecordBatch;
use arrow_ipc::{Message, convert::try_fb_to_schema, reader::RecordBatchDecoder, root_as_message_with_opts};
use arrow_schema::ArrowError;

use crate::ProtocolError;

/// Precedes the length of a message.
const CONTINUATION: u32 = u32::MAX;
/// How many times its length the parts of a message may add up to. A part that is referred to twice is decoded twice,
/// such as a name that many fields share. Spark's messages reach about twice their length: fields share their layout.
const MAX_SHARING: usize = 4;
/// Most tables in a message; a field has two or more.
const MAX_TABLES: usize = 200_000;

/// The batches of one Arrow IPC stream, with as many rows as declared. One without rows tells the columns.
pub(crate) fn decoded(data: &[u8], rows: Option<i64>) -> Result<Vec<RecordBatch>, ProtocolError> {
    // Arrow's decoder panics on some damaged data.
    let batches = panic::catch_unwind(|| read(data));
    let batches = batches.map_err(|_| ProtocolError::Arrow("the decoder gave up".to_owned()))?;
    let batches = batches.map_err(|error| ProtocolError::Arrow(error.to_string()))?;
    let got = batches.iter().fold(0_usize, |sum, batch| sum.saturating_add(batch.num_rows()));
    let got = i64::try_from(got).unwrap_or(i64::MAX);
    match rows {
        Some(expected) if expected != got => Err(ProtocolError::RowCount { expected, got }),
        _ => Ok(batches),
    }
}

/// Arrow's own reader would accept dictionaries, which Spark does not send, and batches that [`check`] refuses.
fn read(mut stream: &[u8]) -> Result<Vec<RecordBatch>, ArrowError> {
    let first = next_message(&mut stream)?;
    let schema = first.and_then(|(message, _)| message.header_as_schema());
    let schema = Arc::new(try_fb_to_schema(schema.ok_or_else(|| refused("it does not begin with a schema"))?)?);
    let mut batches = Vec::new();
    while let Some((message, body)) = next_message(&mut stream)? {
        let batch = message.header_as_record_batch().ok_or_else(|| refused("it contains more than batches"))?;
        check(batch, body)?;
        let (schema, dictionaries, version) = (Arc::clone(&schema), HashMap::new(), message.version());
        // A copy, whose parts are aligned as Spark aligned them.
        let body = body.into();
        batches.push(RecordBatchDecoder::try_new(&body, batch, schema, &dictionaries, &version)?.read_record_batch()?);
    }
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// The next message and its body, or `None` at the end of the stream.
fn next_message<'a>(stream: &mut &'a [u8]) -> Result<Option<(Message<'a>, &'a [u8])>, ArrowError> {
    let mut length = next_length(stream);
    if length == Some(CONTINUATION) {
        length = next_length(stream);
    }
    let Some(length) = length.filter(|length| *length > 0) else { return Ok(None) };
    let metadata = next_bytes(stream, length).ok_or_else(|| refused("a message is cut"))?;
    let max_bytes = metadata.len().saturating_mul(MAX_SHARING);
    let message = verified(metadata, root_as_message_with_opts, |options| {
        (options.max_apparent_size, options.max_tables) = (max_bytes, MAX_TABLES);
    });
    let message = message.map_err(|error| refused(&format!("a message is damaged: {error}")))?;
    let body = next_bytes(stream, message.bodyLength()).ok_or_else(|| refused("a message's body is cut"))?;
    Ok(Some((message, body)))
}

/// The type of the verifier's options cannot be named, because Arrow does not export it.
fn verified<'a, O: Default, M>(bytes: &'a [u8], verify: impl Fn(&O, &'a [u8]) -> M, restrict: impl Fn(&mut O)) -> M {
    let mut options = O::default();
    restrict(&mut options);
    verify(&options, bytes)
}

fn next_length(stream: &mut &[u8]) -> Option<u32> {
    next_bytes(stream, 4_u32).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
}

fn next_bytes<'a>(stream: &mut &'a [u8], bytes: impl TryInto<usize>) -> Option<&'a [u8]> {
    let (taken, rest) = stream.split_at_checked(bytes.try_into().ok()?)?;
    *stream = rest;
    Some(taken)
}

/// Checks what Arrow's decoder believes. It copies each buffer that is not aligned for its type, also if many are the
/// same bytes of the body, and makes a bitmap for rows that are null without any bytes.
fn check(batch: arrow_ipc::RecordBatch<'_>, body: &[u8]) -> Result<(), ArrowError> {
    let lengths = batch.buffers().into_iter().flatten().map(arrow_ipc::Buffer::length);
    let bytes = lengths.fold(0_u64, |sum, length| sum.saturating_add(length.cast_unsigned()));
    if u64::try_from(body.len()).is_ok_and(|most| bytes > most) {
        return Err(refused("the buffers of a batch are larger than its body"));
    }
    let mut rows = batch.nodes().into_iter().flatten().map(arrow_ipc::FieldNode::length).chain([batch.length()]);
    // Spark counts in `int`.
    if rows.any(|rows| !(0..=i64::from(i32::MAX)).contains(&rows)) {
        return Err(refused("a batch has too many values"));
    }
    Ok(())
}

fn refused(reason: &str) -> ArrowError {
    ArrowError::IpcError(reason.to_owned())
}
