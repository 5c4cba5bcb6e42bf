//! Limits of the SQL that the sidecar runs.

use std::time::Duration;

use clap::Args;

use super::limits::{count, milliseconds};

/// Limits of statements, results and Spark sessions.
#[derive(Clone, Debug, Args)]
pub struct SqlLimits {
    /// Most rows of a result that is read whole; a larger one is an error.
    #[arg(id = "sql_max_rows", long = "spark-monitor-sql-max-rows", env = "SPARK_MONITOR_SQL_MAX_ROWS", value_name = "SPARK_MONITOR_SQL_MAX_ROWS", default_value = "10000", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_rows: u32,
    /// Most Arrow data of one result, bytes [default: 64 MiB]. Reading stops while it arrives.
    #[arg(id = "sql_max_bytes", long = "spark-monitor-sql-max-bytes", env = "SPARK_MONITOR_SQL_MAX_BYTES", value_name = "SPARK_MONITOR_SQL_MAX_BYTES", default_value_t = 64 << 20, value_parser = clap::value_parser!(u64).range(1024..=1 << 30), hide_default_value = true)]
    pub max_bytes: u64,
    /// Memory of all results that are kept, bytes [default: 128 MiB]; the one that was read longest ago goes first.
    #[arg(id = "sql_results_bytes", long = "spark-monitor-sql-results-bytes", env = "SPARK_MONITOR_SQL_RESULTS_BYTES", value_name = "SPARK_MONITOR_SQL_RESULTS_BYTES", default_value_t = 128 << 20, value_parser = clap::value_parser!(u64).range(1024..=1 << 34), hide_default_value = true)]
    pub results_bytes: u64,
    /// Statements that run at once in one Spark session; further ones wait.
    #[arg(id = "sql_running_per_session", long = "spark-monitor-sql-running-per-session", env = "SPARK_MONITOR_SQL_RUNNING_PER_SESSION", value_name = "SPARK_MONITOR_SQL_RUNNING_PER_SESSION", default_value = "4", value_parser = count)]
    pub running_per_session: usize,
    /// Statements that run at once in all sessions; further ones wait.
    #[arg(id = "sql_running", long = "spark-monitor-sql-running", env = "SPARK_MONITOR_SQL_RUNNING", value_name = "SPARK_MONITOR_SQL_RUNNING", default_value = "8", value_parser = count)]
    pub running: usize,
    /// Open Spark sessions of one user.
    #[arg(id = "sql_sessions", long = "spark-monitor-sql-sessions", env = "SPARK_MONITOR_SQL_SESSIONS", value_name = "SPARK_MONITOR_SQL_SESSIONS", default_value = "10", value_parser = count)]
    pub sessions: usize,
    /// How long a query goes on, and a result is kept, although nobody asks for it; milliseconds [default: 15 minutes].
    /// A command is never stopped.
    #[arg(id = "sql_unwatched", long = "spark-monitor-sql-unwatched-ms", env = "SPARK_MONITOR_SQL_UNWATCHED_MS", value_name = "SPARK_MONITOR_SQL_UNWATCHED_MS", default_value = "900000", value_parser = milliseconds)]
    pub unwatched: Duration,
    /// How long an unused Spark session stays open, milliseconds [default: 30 minutes].
    #[arg(id = "sql_session_idle", long = "spark-monitor-sql-session-idle-ms", env = "SPARK_MONITOR_SQL_SESSION_IDLE_MS", value_name = "SPARK_MONITOR_SQL_SESSION_IDLE_MS", default_value = "1800000", value_parser = milliseconds)]
    pub session_idle: Duration,
}
