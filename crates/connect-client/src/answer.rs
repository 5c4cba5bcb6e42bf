//! The whole answer of a short statement, as JSON.

use serde_json::Value;

use crate::{ConnectError, Event, LimitExceeded, Limits, RunOptions, Session, Statement, cells::Budget};

impl Session {
    /// The rows of a short statement as JSON, and which limit stopped the reading. The limit of bytes is also one of
    /// the JSON, which can be far larger than the Arrow data: a list of nulls takes no bytes there.
    ///
    /// # Errors
    /// When the statement fails. A message that is larger than allowed is not read, and is a limit too.
    pub async fn answer(
        &self,
        statement: &Statement,
        limits: Limits,
    ) -> Result<(Vec<Vec<Value>>, Option<LimitExceeded>), ConnectError> {
        let mut run = self.run(statement, RunOptions { limits, tags: Vec::new() });
        let mut budget = Budget::new(usize::try_from(limits.max_bytes).unwrap_or(usize::MAX));
        let mut rows = Vec::new();
        loop {
            match run.next().await {
                Ok(Some(Event::Rows(batch))) => {
                    rows.extend(batch.to_json_within(&mut budget));
                    if budget.is_spent() {
                        run.close().await;
                        return Ok((rows, Some(LimitExceeded::bytes(limits.max_bytes, None))));
                    }
                }
                Ok(Some(Event::Ended(ended))) => return Ok((rows, ended.limit)),
                Ok(Some(Event::Columns(_) | Event::Progress(_))) => {}
                Ok(None) => return Ok((rows, None)),
                Err(ConnectError::Limit(limit)) => return Ok((rows, Some(limit))),
                Err(error) => return Err(error),
            }
        }
    }
}
