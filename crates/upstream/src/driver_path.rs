//! The allow-list of paths requested from a driver, below `{base}/api/v1/applications/{app_id}`.

/// One path with its query; always requested with GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriverPath {
    /// Living executors.
    Executors,
    /// Living and dead executors.
    AllExecutors,
    Stages,
    ActiveStages,
    Jobs,
    /// Spark Connect's operations; only from Spark 4.3 on, and on drivers that serve Connect.
    Operations,
    /// SQL executions without their plans.
    Sql,
    /// One SQL execution with the nodes of its plan.
    SqlNodes(i64),
    /// One SQL execution with its plan, as nodes and as text.
    SqlPlan(i64),
    /// Quantiles over the finished tasks of one stage: the median and the 75th percentile.
    TaskSummary(StageAttempt),
    /// The running tasks of one stage that were launched first.
    RunningTasks(StageAttempt),
    /// Five quantiles over the finished tasks of one stage: minimum, quarter, median, three quarters, maximum.
    TaskQuantiles(StageAttempt),
    /// The five tasks of one stage that ran longest.
    SlowestTasks(StageAttempt),
    /// Cached tables, DataFrames and RDDs.
    Storage,
    /// Settings, and versions of Java and Scala.
    Environment,
    /// The application's own entry, with Spark's version.
    Application,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageAttempt {
    pub stage_id: i64,
    pub stage_attempt_id: i64,
}

impl DriverPath {
    /// True for paths that may answer 404 on a working driver, because the driver is older or the query has just ended.
    pub fn is_optional(self) -> bool {
        match self {
            Self::Executors
            | Self::AllExecutors
            | Self::Stages
            | Self::ActiveStages
            | Self::Jobs
            | Self::Sql
            | Self::Storage
            | Self::Application => false,
            Self::Operations
            | Self::SqlNodes(_)
            | Self::SqlPlan(_)
            | Self::TaskSummary(_)
            | Self::RunningTasks(_)
            | Self::TaskQuantiles(_)
            | Self::SlowestTasks(_)
            | Self::Environment => true,
        }
    }

    pub(super) fn segments(self) -> Vec<String> {
        let stage = |StageAttempt { stage_id, stage_attempt_id }, what: &str| {
            vec!["stages".to_owned(), stage_id.to_string(), stage_attempt_id.to_string(), what.to_owned()]
        };
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        match self {
            Self::Executors => words(&["executors"]),
            Self::AllExecutors => words(&["allexecutors"]),
            Self::Stages | Self::ActiveStages => words(&["stages"]),
            Self::Jobs => words(&["jobs"]),
            Self::Operations => words(&["connect", "operations"]),
            Self::Sql => words(&["sql"]),
            Self::SqlNodes(execution_id) | Self::SqlPlan(execution_id) => {
                vec!["sql".to_owned(), execution_id.to_string()]
            }
            Self::TaskSummary(attempt) | Self::TaskQuantiles(attempt) => stage(attempt, "taskSummary"),
            Self::RunningTasks(attempt) | Self::SlowestTasks(attempt) => stage(attempt, "taskList"),
            Self::Storage => words(&["storage", "rdd"]),
            Self::Environment => words(&["environment"]),
            Self::Application => Vec::new(),
        }
    }

    pub(super) fn query(self) -> Option<&'static str> {
        match self {
            Self::ActiveStages => Some("status=active"),
            // Neither list is sorted by time, so we read all that Spark retains.
            Self::Operations => Some("offset=0&length=1000"),
            Self::Sql => Some("details=false&planDescription=false&offset=0&length=1000"),
            Self::SqlNodes(_) => Some("details=true&planDescription=false"),
            Self::SqlPlan(_) => Some("details=true&planDescription=true"),
            Self::TaskSummary(_) => Some("quantiles=0.5,0.75"),
            Self::RunningTasks(_) => Some("status=running&offset=0&length=5"),
            Self::TaskQuantiles(_) => Some("quantiles=0,0.25,0.5,0.75,1"),
            Self::SlowestTasks(_) => Some("sortBy=-runtime&offset=0&length=5"),
            Self::Executors
            | Self::AllExecutors
            | Self::Stages
            | Self::Jobs
            | Self::Storage
            | Self::Environment
            | Self::Application => None,
        }
    }
}
