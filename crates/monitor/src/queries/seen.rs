//! What was fetched about one driver's queries.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use upstream::{
    Weight,
    driver_path::StageAttempt,
    query_rows::{JobRow, OperationRow, SqlRow},
};

use super::stage_look::StageLook;
use crate::{Observed, stages::StageDigest};

/// One driver's lists, and the details of its active stages.
#[derive(Debug, Default)]
pub struct QueriesSeen {
    pub(super) jobs: Vec<JobRow>,
    /// Rows of the lists that may be running and are not kept.
    pub(super) left_out: u32,
    /// None if the driver does not list them.
    pub(super) operations: Option<Vec<OperationRow>>,
    /// Fetched only if there are no operations.
    pub(super) sql: Vec<SqlRow>,
    pub(super) looks: BTreeMap<StageAttempt, StageLook>,
    /// SQL executions whose plan runs Python.
    pub(super) python: BTreeSet<i64>,
}

/// Lists of queries, and the stages that were fetched just before them.
#[derive(Debug)]
pub(super) struct QueriesAndStages {
    pub queries: Arc<QueriesSeen>,
    pub stages: Observed<Arc<StageDigest>>,
}

impl Weight for QueriesAndStages {
    fn weight_bytes(&self) -> usize {
        self.queries.weight_bytes() + self.stages.value.weight_bytes()
    }
}

impl Weight for QueriesSeen {
    fn weight_bytes(&self) -> usize {
        let lists = self.jobs.weight_bytes() + self.operations.weight_bytes() + self.sql.weight_bytes();
        lists + self.looks.len() * size_of::<(StageAttempt, StageLook)>() + self.python.len() * size_of::<i64>()
    }
}
