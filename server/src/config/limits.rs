//! Lifetimes, deadlines, limits and polling intervals.

use std::time::Duration;

use clap::Args;
use upstream::bounds::Bounds;

/// Lifetimes, deadlines, limits and polling intervals.
#[derive(Clone, Debug, Args)]
pub struct Limits {
    /// Largest upstream body that a pass-through route accepts, bytes; panel routes accept eight times as much
    /// [default: 32 MiB].
    #[arg(long = "spark-monitor-max-body-bytes", env = "SPARK_MONITOR_MAX_BODY_BYTES", value_name = "SPARK_MONITOR_MAX_BODY_BYTES", default_value_t = 32 << 20, value_parser = clap::value_parser!(u64).range(1..=4 << 30), hide_default_value = true)]
    pub max_body_bytes: u64,
    /// Longest string in an upstream's answer, bytes of JSON; longer ones are cut and end with `…` [default: 16 KiB].
    /// The text of a Spark Connect request has a few KiB. Pass-through answers are not cut.
    #[arg(long = "spark-monitor-max-string-bytes", env = "SPARK_MONITOR_MAX_STRING_BYTES", value_name = "SPARK_MONITOR_MAX_STRING_BYTES", default_value_t = Bounds::DEFAULT.string_bytes, value_parser = bytes, hide_default_value = true)]
    pub max_string_bytes: usize,
    /// Largest row of a list, after its strings are cut, bytes of JSON; larger rows are only counted [default: 1 MiB].
    /// Typical rows have a few KiB; that of a job with thousands of stages has some 100 KiB.
    #[arg(long = "spark-monitor-max-row-bytes", env = "SPARK_MONITOR_MAX_ROW_BYTES", value_name = "SPARK_MONITOR_MAX_ROW_BYTES", default_value_t = Bounds::DEFAULT.row_bytes, value_parser = bytes, hide_default_value = true)]
    pub max_row_bytes: usize,
    /// Rows kept of one list; further rows are counted but not part of any sum. Clusters have fewer workers, and
    /// applications fewer executors, than the default.
    #[arg(long = "spark-monitor-max-rows", env = "SPARK_MONITOR_MAX_ROWS", value_name = "SPARK_MONITOR_MAX_ROWS", default_value_t = Bounds::DEFAULT.rows, value_parser = count)]
    pub max_rows: usize,
    /// Memory that the kept rows of one list may take, bytes; further rows are only counted [default: 8 MiB]. 20,000
    /// executors take 6 MiB. There are three lists for a master, and three for the queries of an application.
    #[arg(long = "spark-monitor-max-list-bytes", env = "SPARK_MONITOR_MAX_LIST_BYTES", value_name = "SPARK_MONITOR_MAX_LIST_BYTES", default_value_t = Bounds::DEFAULT.list_bytes, value_parser = bytes, hide_default_value = true)]
    pub max_list_bytes: usize,
    /// Lifetime of the cluster manager's answer, milliseconds: deployments take a minute or two to change.
    #[arg(long = "spark-monitor-status-lifetime-ms", env = "SPARK_MONITOR_STATUS_LIFETIME_MS", value_name = "SPARK_MONITOR_STATUS_LIFETIME_MS", default_value = "10000", value_parser = milliseconds)]
    pub status_lifetime: Duration,
    /// Lifetime of the master's answer, milliseconds.
    #[arg(long = "spark-monitor-master-lifetime-ms", env = "SPARK_MONITOR_MASTER_LIFETIME_MS", value_name = "SPARK_MONITOR_MASTER_LIFETIME_MS", default_value = "5000", value_parser = milliseconds)]
    pub master_lifetime: Duration,
    /// Lifetime of the list of executors, milliseconds.
    #[arg(long = "spark-monitor-executors-lifetime-ms", env = "SPARK_MONITOR_EXECUTORS_LIFETIME_MS", value_name = "SPARK_MONITOR_EXECUTORS_LIFETIME_MS", default_value = "5000", value_parser = milliseconds)]
    pub executors_lifetime: Duration,
    /// Lifetime of the list of stages, milliseconds: shorter than its polling interval, so that every poll gets new
    /// data.
    #[arg(long = "spark-monitor-stages-lifetime-ms", env = "SPARK_MONITOR_STAGES_LIFETIME_MS", value_name = "SPARK_MONITOR_STAGES_LIFETIME_MS", default_value = "4000", value_parser = milliseconds)]
    pub stages_lifetime: Duration,
    /// How long a failure is remembered before the upstream is called again, milliseconds.
    #[arg(long = "spark-monitor-failure-lifetime-ms", env = "SPARK_MONITOR_FAILURE_LIFETIME_MS", value_name = "SPARK_MONITOR_FAILURE_LIFETIME_MS", default_value = "2000", value_parser = milliseconds)]
    pub failure_lifetime: Duration,
    /// How long a failure is remembered on the drop-in routes (`status`, `cluster`, `app/executors`, `app/stages`),
    /// milliseconds. The older extension's frontend retries once, after a second, and must not get the remembered
    /// failure.
    #[arg(long = "spark-monitor-drop-in-failure-lifetime-ms", env = "SPARK_MONITOR_DROP_IN_FAILURE_LIFETIME_MS", value_name = "SPARK_MONITOR_DROP_IN_FAILURE_LIFETIME_MS", default_value = "800", value_parser = milliseconds)]
    pub drop_in_failure_lifetime: Duration,
    /// How long the sidecar remembers that Auth2 rejected a token, milliseconds.
    #[arg(long = "spark-monitor-rejected-token-lifetime-ms", env = "SPARK_MONITOR_REJECTED_TOKEN_LIFETIME_MS", value_name = "SPARK_MONITOR_REJECTED_TOKEN_LIFETIME_MS", default_value = "5000", value_parser = milliseconds)]
    pub rejected_token_lifetime: Duration,
    /// Lifetime of Auth2's answer for a token, milliseconds.
    #[arg(long = "spark-monitor-identity-lifetime-ms", env = "SPARK_MONITOR_IDENTITY_LIFETIME_MS", value_name = "SPARK_MONITOR_IDENTITY_LIFETIME_MS", default_value = "300000", value_parser = milliseconds)]
    pub identity_lifetime: Duration,
    /// Time limit for connecting to an upstream, milliseconds.
    #[arg(long = "spark-monitor-connect-timeout-ms", env = "SPARK_MONITOR_CONNECT_TIMEOUT_MS", value_name = "SPARK_MONITOR_CONNECT_TIMEOUT_MS", default_value = "2000", value_parser = milliseconds)]
    pub connect_timeout: Duration,
    /// Time limit for one upstream call, including its body, milliseconds.
    #[arg(long = "spark-monitor-call-timeout-ms", env = "SPARK_MONITOR_CALL_TIMEOUT_MS", value_name = "SPARK_MONITOR_CALL_TIMEOUT_MS", default_value = "5000", value_parser = milliseconds)]
    pub call_timeout: Duration,
    /// Time limit for one client request, including discovery and retries, milliseconds.
    #[arg(long = "spark-monitor-request-timeout-ms", env = "SPARK_MONITOR_REQUEST_TIMEOUT_MS", value_name = "SPARK_MONITOR_REQUEST_TIMEOUT_MS", default_value = "10000", value_parser = milliseconds)]
    pub request_timeout: Duration,
    /// Maximum number of requests in flight; further ones are answered with `overloaded`.
    #[arg(
        long = "spark-monitor-max-requests",
        env = "SPARK_MONITOR_MAX_REQUESTS",
        value_name = "SPARK_MONITOR_MAX_REQUESTS",
        default_value_t = 1024
    )]
    pub max_requests: usize,
    /// Maximum number of simultaneous calls to one kind of upstream, for all users together. It never exceeds a
    /// sixteenth of the limit of file descriptors.
    #[arg(
        long = "spark-monitor-max-upstream-calls",
        env = "SPARK_MONITOR_MAX_UPSTREAM_CALLS",
        value_name = "SPARK_MONITOR_MAX_UPSTREAM_CALLS",
        default_value_t = 256
    )]
    pub max_upstream_calls: usize,
    /// Maximum number of simultaneous calls to one kind of upstream for one user: more than a panel makes, but few
    /// enough to leave room for others.
    #[arg(
        long = "spark-monitor-max-upstream-calls-per-user",
        env = "SPARK_MONITOR_MAX_UPSTREAM_CALLS_PER_USER",
        value_name = "SPARK_MONITOR_MAX_UPSTREAM_CALLS_PER_USER",
        default_value_t = 16
    )]
    pub max_upstream_calls_per_user: usize,
    /// How long a call waits for its turn before it fails with `overloaded`, milliseconds: short enough that the
    /// upstream does not appear slow.
    #[arg(long = "spark-monitor-queue-timeout-ms", env = "SPARK_MONITOR_QUEUE_TIMEOUT_MS", value_name = "SPARK_MONITOR_QUEUE_TIMEOUT_MS", default_value = "1000", value_parser = milliseconds)]
    pub queue_timeout: Duration,
    /// Maximum number of idle connections to upstreams, for all users together. It never exceeds a quarter of the limit
    /// of file descriptors.
    #[arg(
        long = "spark-monitor-max-idle-connections",
        env = "SPARK_MONITOR_MAX_IDLE_CONNECTIONS",
        value_name = "SPARK_MONITOR_MAX_IDLE_CONNECTIONS",
        default_value_t = 128
    )]
    pub max_idle_connections: usize,
    /// Requests to one driver that findings may cause in a minute, besides those of the panel's other views: quantiles of
    /// stages, slowest tasks, plans and what is cached. A healthy query causes hardly any. With 0, findings come from what
    /// is known anyway.
    #[arg(
        long = "spark-monitor-findings-calls-per-minute",
        env = "SPARK_MONITOR_FINDINGS_CALLS_PER_MINUTE",
        value_name = "SPARK_MONITOR_FINDINGS_CALLS_PER_MINUTE",
        default_value_t = 60,
        value_parser = clap::value_parser!(u32).range(0..=6000)
    )]
    pub findings_calls_per_minute: u32,
    /// Maximum number of entries in each cache.
    #[arg(long = "spark-monitor-cache-entries", env = "SPARK_MONITOR_CACHE_ENTRIES", value_name = "SPARK_MONITOR_CACHE_ENTRIES", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub cache_entries: u64,
    /// Maximum size of each cache, bytes [default: 128 MiB].
    #[arg(long = "spark-monitor-cache-bytes", env = "SPARK_MONITOR_CACHE_BYTES", value_name = "SPARK_MONITOR_CACHE_BYTES", default_value_t = 128 << 20, value_parser = clap::value_parser!(u64).range(1..), hide_default_value = true)]
    pub cache_bytes: u64,
    /// Polling interval for data that changes slowly, milliseconds.
    #[arg(long = "spark-monitor-poll-ms", env = "SPARK_MONITOR_POLL_MS", value_name = "SPARK_MONITOR_POLL_MS", default_value_t = 30_000, value_parser = clap::value_parser!(u32).range(1000..))]
    pub poll_ms: u32,
    /// Polling interval for executors while one is working, milliseconds.
    #[arg(long = "spark-monitor-poll-executors-ms", env = "SPARK_MONITOR_POLL_EXECUTORS_MS", value_name = "SPARK_MONITOR_POLL_EXECUTORS_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1000..))]
    pub poll_executors_ms: u32,
    /// Polling interval for stages, queries and the chip while something runs, milliseconds.
    #[arg(long = "spark-monitor-poll-stages-ms", env = "SPARK_MONITOR_POLL_STAGES_MS", value_name = "SPARK_MONITOR_POLL_STAGES_MS", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1000..))]
    pub poll_stages_ms: u32,
    #[cfg(feature = "sql")]
    #[command(flatten)]
    pub sql: super::SqlLimits,
}

impl Limits {
    /// How long one step of a request may take if there is an answer without it. Three such steps, for example
    /// applications, stages and queries, fit into one request.
    pub(crate) fn patience(&self) -> Duration {
        self.request_timeout / 10 * 3
    }

    /// The limits for facts.
    pub(crate) fn of_facts(&self) -> monitor::Limits {
        monitor::Limits {
            status_lifetime: self.status_lifetime,
            master_lifetime: self.master_lifetime,
            executors_lifetime: self.executors_lifetime,
            stages_lifetime: self.stages_lifetime,
            identity_lifetime: self.identity_lifetime,
            rejected_token_lifetime: self.rejected_token_lifetime,
            failure_lifetime: self.failure_lifetime,
            soon_failure_lifetime: self.drop_in_failure_lifetime,
            patience: self.patience(),
            max_body_bytes: self.max_body_bytes,
            findings_calls_per_minute: self.findings_calls_per_minute,
            cache_entries: self.cache_entries,
            cache_bytes: self.cache_bytes,
        }
    }

    /// How much of an upstream's answer is kept.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            rows: self.max_rows,
            row_bytes: self.max_row_bytes,
            string_bytes: self.max_string_bytes,
            list_bytes: self.max_list_bytes,
        }
    }
}

/// At least a kilobyte, so that ids and names are not cut.
fn bytes(text: &str) -> Result<usize, String> {
    at_least(1024, text)
}

pub(super) fn count(text: &str) -> Result<usize, String> {
    at_least(1, text)
}

fn at_least(least: usize, text: &str) -> Result<usize, String> {
    let number = text.parse().map_err(|error: std::num::ParseIntError| error.to_string())?;
    if number < least { Err(format!("must be at least {least}")) } else { Ok(number) }
}

/// At most 49 days, so that it can be added to any point in time.
pub(super) fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse::<u32>().map(|ms| Duration::from_millis(ms.into()))
}
