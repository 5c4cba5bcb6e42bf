//! `panel/queries/{query_id}/batches`: the newest batches of a stream.

use serde::{Deserialize, Serialize};

use crate::App;

/// What the jobs of a stream tell of its batches. Spark's REST API knows no stream: neither its rows a second, nor its
/// watermark, nor how far its source is ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamBatches {
    /// Null when no application runs.
    pub app: Option<App>,
    /// At most 20, newest first; none for a query that is no stream, and for one that Spark has forgotten.
    pub batches: Vec<StreamBatch>,
    /// Mean time from one batch's begin to the next one's, of the last ten; null after the first one.
    pub period_ms: Option<u64>,
    /// Median time that the completed ones of `batches` took; null before the first one is completed.
    pub median_ms: Option<u64>,
}

/// One batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamBatch {
    /// Its number in the stream, which goes on counting when the stream is restarted.
    pub batch: u64,
    /// Milliseconds since 1970, by the sidecar's clock.
    pub begun_at_ms: i64,
    /// Up to now if it runs.
    pub elapsed_ms: u64,
    pub state: BatchState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    Running,
    Completed,
    /// It failed, or its stream was stopped.
    NotCompleted,
}
