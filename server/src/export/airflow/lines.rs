//! Lines of an answer, as they arrive; none is longer than a limit.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use super::{error::AirflowError, refusal};

/// Longest line that is kept, bytes; of a longer one only this much.
const LONGEST_LINE: usize = 256 * 1024;

/// Reads lines of a body. Memory is limited by the longest line and one piece of the network's.
#[derive(Debug)]
pub(super) struct Lines {
    response: Response,
    /// How long the next piece may take.
    patience: Duration,
    /// Bytes that may still be read.
    left: u64,
    chunk: Vec<u8>,
    at: usize,
}

impl Lines {
    pub(super) fn new(response: Response, patience: Duration, most_bytes: u64) -> Self {
        Self { response, patience, left: most_bytes, chunk: Vec::new(), at: 0 }
    }

    /// The next line without its end; none at the end of the body.
    ///
    /// # Errors
    /// When the body breaks off, is silent for too long, or larger than it may be.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, AirflowError> {
        let mut line = Vec::new();
        loop {
            let rest = self.chunk.get(self.at..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n');
            let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let room = LONGEST_LINE.saturating_sub(line.len());
            line.extend_from_slice(part.get(..room).unwrap_or(part));
            if let Some(end) = end {
                self.at += end + 1;
                return Ok(Some(line));
            }
            if !self.read().await? {
                return Ok(if line.is_empty() { None } else { Some(line) });
            }
        }
    }

    /// Reads the next piece; false at the end.
    async fn read(&mut self) -> Result<bool, AirflowError> {
        let late = |_| refusal::late(self.patience);
        let chunk = timeout(self.patience, self.response.chunk()).await.map_err(late)?.map_err(refusal::cut)?;
        let Some(chunk) = chunk else {
            (self.chunk, self.at) = (Vec::new(), 0);
            return Ok(false);
        };
        self.left = self.left.checked_sub(chunk.len() as u64).ok_or(AirflowError::TooLarge { limit: self.left })?;
        (self.chunk, self.at) = (chunk.to_vec(), 0);
        Ok(true)
    }
}
