//! Puts the chunks of Arrow batches together, and counts rows and bytes while they arrive.

use connect_proto::connect::execute_plan_response::ArrowBatch;

use crate::{LimitExceeded, ProtocolError};

/// The batch that is being put together. One buffer serves all batches, because batches of some megabytes make the
/// allocator keep memory that it never returns.
#[derive(Debug)]
pub(crate) struct Chunks {
    max_bytes: u64,
    bytes: u64,
    rows: i64,
    buffer: Vec<u8>,
    open: Option<Open>,
}

/// What all chunks of one batch must agree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    rows: i64,
    offset: Option<i64>,
    chunks: i64,
    next: i64,
}

/// A complete batch.
#[derive(Debug)]
pub(crate) struct Complete<'a> {
    /// A whole Arrow IPC stream.
    pub(crate) data: &'a [u8],
    pub(crate) rows: i64,
}

/// Why a chunk was not accepted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
}

impl Chunks {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self { max_bytes, bytes: 0, rows: 0, buffer: Vec::new(), open: None }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a chunk; returns the batch if it was the last one.
    pub(crate) fn add(&mut self, chunk: &ArrowBatch) -> Result<Option<Complete<'_>>, Refused> {
        self.bytes = self.bytes.saturating_add(u64::try_from(chunk.data.len()).unwrap_or(u64::MAX));
        if self.bytes > self.max_bytes {
            return Err(LimitExceeded::bytes(self.max_bytes, Some(self.bytes)).into());
        }
        // A server without chunks sends neither number.
        let (index, chunks) = (chunk.chunk_index.unwrap_or(0), chunk.num_chunks_in_batch.unwrap_or(1));
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                self.buffer.clear();
                Open { rows: chunk.row_count, offset: chunk.start_offset, chunks, next: 0 }
            }
        };
        if index != open.next {
            return Err(ProtocolError::ChunkIndex { expected: open.next, got: index }.into());
        }
        if (chunk.row_count, chunk.start_offset, chunks) != (open.rows, open.offset, open.chunks)
            || index >= chunks
            || open.rows < 0
        {
            return Err(ProtocolError::ChunkDiffers.into());
        }
        if let Some(got) = open.offset.filter(|offset| *offset != self.rows) {
            return Err(ProtocolError::Offset { expected: self.rows, got }.into());
        }
        self.buffer.extend_from_slice(&chunk.data);
        open.next = open.next.saturating_add(1);
        if open.next < open.chunks {
            self.open = Some(open);
            return Ok(None);
        }
        self.rows = self.rows.saturating_add(open.rows);
        Ok(Some(Complete { data: &self.buffer, rows: open.rows }))
    }

    /// The result has ended.
    pub(crate) fn end(&self) -> Result<(), ProtocolError> {
        if self.open.is_some() { Err(ProtocolError::UnfinishedBatch) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(index: i64, chunks: i64, offset: i64, data: &'static [u8]) -> ArrowBatch {
        ArrowBatch {
            row_count: 5,
            data: data.into(),
            start_offset: Some(offset),
            chunk_index: Some(index),
            num_chunks_in_batch: Some(chunks),
        }
    }

    /// What becomes of the chunks in this order: the batches' lengths, or the first refusal.
    fn added(chunks: &[ArrowBatch], max_bytes: u64) -> Result<Vec<usize>, Refused> {
        let mut all = Chunks::new(max_bytes);
        let mut lengths = Vec::new();
        for chunk in chunks {
            lengths.extend(all.add(chunk)?.map(|batch| batch.data.len()));
        }
        all.end()?;
        Ok(lengths)
    }

    #[test]
    fn chunks_become_batches_in_order() {
        let chunks = [chunk(0, 2, 0, b"abc"), chunk(1, 2, 0, b"de"), chunk(0, 1, 5, b"f")];
        assert_eq!(added(&chunks, 6), Ok(vec![5, 1]));
    }

    #[test]
    fn a_server_without_chunks_sends_whole_batches() {
        let whole = ArrowBatch { row_count: 1, data: b"abc".as_slice().into(), ..ArrowBatch::default() };
        assert_eq!(added(&[whole.clone(), whole], 6), Ok(vec![3, 3]));
    }

    #[test]
    fn every_broken_rule_is_an_error() {
        let wrong: [(&[ArrowBatch], ProtocolError); 7] = [
            (&[chunk(1, 2, 0, b"a")], ProtocolError::ChunkIndex { expected: 0, got: 1 }),
            (&[chunk(0, 3, 0, b"a"), chunk(2, 3, 0, b"c")], ProtocolError::ChunkIndex { expected: 1, got: 2 }),
            (&[chunk(0, 2, 0, b"a"), chunk(1, 3, 0, b"b")], ProtocolError::ChunkDiffers),
            (&[chunk(0, 2, 0, b"a"), chunk(1, 2, 1, b"b")], ProtocolError::ChunkDiffers),
            (&[chunk(0, 0, 0, b"a")], ProtocolError::ChunkDiffers),
            (&[chunk(0, 1, 3, b"a")], ProtocolError::Offset { expected: 0, got: 3 }),
            (&[chunk(0, 2, 0, b"a")], ProtocolError::UnfinishedBatch),
        ];
        for (chunks, error) in wrong {
            assert_eq!(added(chunks, 100), Err(error.into()), "{chunks:?}");
        }
    }

    #[test]
    fn the_byte_limit_is_exact_and_stops_in_the_middle_of_a_batch() {
        let chunks = [chunk(0, 3, 0, b"abc"), chunk(1, 3, 0, b"de"), chunk(2, 3, 0, b"f")];
        assert!(added(&chunks, 7).is_ok());
        assert!(added(&chunks, 6).is_ok());
        assert_eq!(added(&chunks, 5), Err(LimitExceeded::bytes(5, Some(6)).into()));
        assert_eq!(added(&chunks, 4), Err(LimitExceeded::bytes(4, Some(5)).into()));
    }
}
