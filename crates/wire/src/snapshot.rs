//! `snapshot`: several views in one answer. Queries, their stages and the executors are those of one moment.

use serde::{Deserialize, Serialize};

use crate::{Answer, Apps, Cluster, ErrorBody, Executors, Findings, History, Queries, QueryStages, Stages};

/// The requested views; others are absent. The header `X-Spark-Monitor-Ages` tells the age of each in seconds, for
/// example `cluster=4,queries=0`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    pub cluster: Option<View<Answer<Cluster>>>,
    pub apps: Option<View<Answer<Apps>>>,
    pub executors: Option<View<Answer<Executors>>>,
    pub stages: Option<View<Answer<Stages>>>,
    pub queries: Option<View<Answer<Queries>>>,
    pub query: Option<View<Answer<QueryStages>>>,
    pub findings: Option<View<Answer<Findings>>>,
    pub history: Option<View<Answer<History>>>,
}

/// One view: the answer of its own route, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum View<A> {
    Good {
        /// The same tag means the same answer.
        etag: String,
        answer: A,
    },
    Failed(ErrorBody),
}
