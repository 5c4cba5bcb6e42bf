//! All settings: one struct of flags and variables, parsed once and passed down.

mod reference;
mod resolve;
mod secret;
mod summary;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable};

pub use reference::reference;
pub use resolve::{Config, ConfigError, Listen, Site};
pub use secret::Secrets;

use upstream::bounds::Bounds;

/// Shows a Spark cluster and its queries inside JupyterLab: the sidecar beside Jupyter Server.
#[derive(Debug, Parser)]
#[command(name = "berdl-spark-monitor", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the monitor's routes.
    ///
    /// Secrets have no flag. Set `SPARK_UI_TOKEN` (bearer token for master and driver) and `SPARK_MONITOR_TOKEN`
    /// (required on TCP, sent in the header `X-Spark-Monitor-Token`) as variables, or append `_FILE` to a name to give
    /// a file's path.
    Serve {
        /// Where to listen: `unix:PATH` (only the user may have access to the folder, mode 0700) or `HOST:PORT` (needs
        /// `SPARK_MONITOR_TOKEN`).
        #[arg(long, env = "SPARK_MONITOR_LISTEN")]
        listen: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Check every hop to Spark, say what to do about problems, and exit with 0 (all well), 1 (degraded) or 2 (broken).
    ///
    /// Where users sign in, it asks on behalf of the owner of the token in `SPARK_MONITOR_SESSION_TOKEN`, or in the
    /// file that `SPARK_MONITOR_SESSION_TOKEN_FILE` names.
    Doctor {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

/// What to watch, and how. Every flag has a variable; an empty variable counts as unset.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Base URL of the cluster manager; `/clusters` is appended.
    #[arg(long, env = "SPARK_CLUSTER_MANAGER_API_URL", value_name = "URL")]
    pub spark_cluster_manager_api_url: Option<String>,

    /// Kubernetes namespace. The master's web UI is then at
    /// `http://spark-master-{user}.{namespace}:{SPARK_MASTER_PORT}`.
    #[arg(long, env = "BERDL_JUPYTERHUB_NAMESPACE", value_name = "NAMESPACE")]
    pub berdl_jupyterhub_namespace: Option<String>,

    /// Port of the master's web UI [default: 8090]. A value that is not a port counts as unset, because Kubernetes sets
    /// this variable to `tcp://…`.
    #[arg(long, env = "SPARK_MASTER_PORT", value_name = "PORT")]
    pub spark_master_port: Option<String>,

    /// URL of the master's web UI; may contain `{user}`, `{username}` (in its path) and `{namespace}`. With standby
    /// masters, give the URLs of all masters, comma-separated.
    #[arg(long, env = "SPARK_MASTER_UI_URL", value_name = "URL")]
    pub spark_master_ui_url: Option<String>,

    /// URL of the driver's web UI, tried first; may contain `{user}`, `{username}` (in its path), `{namespace}`,
    /// `{app_id}`. If it is set alone, the site has no master.
    #[arg(long, env = "SPARK_APP_UI_URL", value_name = "URL")]
    pub spark_app_ui_url: Option<String>,

    /// Hosts that the master's link to a driver may name, comma-separated; `*` stands for any text. A name is also
    /// allowed if it resolves to a listed address (`10.*`) [default: all but link-local, metadata and multicast
    /// addresses].
    #[arg(long, env = "SPARK_MONITOR_DRIVER_HOSTS", value_name = "PATTERNS", value_delimiter = ',')]
    pub spark_monitor_driver_hosts: Vec<String>,

    /// Base URL of Auth2, with or without a final slash; `api/V2/me` is appended
    /// [default: `https://ci.kbase.us/services/auth/`].
    #[arg(long, env = "KBASE_AUTH_URL", value_name = "URL")]
    pub kbase_auth_url: Option<String>,

    /// How users are identified: `auth2` (session cookie), `jupyterhub` (`JUPYTERHUB_USER`) or `none`
    /// [default: `auth2` if a namespace is set or a URL contains `{user}` or `{username}`, else `none`].
    #[arg(long, env = "SPARK_MONITOR_IDENTITY", value_name = "MODE")]
    pub spark_monitor_identity: Option<String>,

    /// The user of this notebook server; set by JupyterHub and used with `SPARK_MONITOR_IDENTITY=jupyterhub`.
    #[arg(long, env = "JUPYTERHUB_USER", value_name = "NAME")]
    pub jupyterhub_user: Option<String>,

    /// PEM file with additional certificate authorities.
    #[arg(long, env = "SPARK_MONITOR_CA_FILE", value_name = "FILE")]
    pub spark_monitor_ca_file: Option<PathBuf>,

    /// Show built-in recorded data, marked as a demonstration; needs no cluster (`true`, `1` or `yes`).
    #[arg(long, env = "SPARK_MONITOR_MOCK_MODE", value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub spark_monitor_mock_mode: Option<String>,

    /// Filter of the log on standard error, for example `info` or `berdl_spark_monitor=debug`.
    #[arg(long, env = "SPARK_MONITOR_LOG", value_name = "FILTER", default_value = "info")]
    pub spark_monitor_log: String,

    #[command(flatten)]
    pub limits: Limits,
}

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

fn count(text: &str) -> Result<usize, String> {
    at_least(1, text)
}

fn at_least(least: usize, text: &str) -> Result<usize, String> {
    let number = text.parse().map_err(|error: std::num::ParseIntError| error.to_string())?;
    if number < least { Err(format!("must be at least {least}")) } else { Ok(number) }
}

/// At most 49 days, so that it can be added to any point in time.
fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse::<u32>().map(|ms| Duration::from_millis(ms.into()))
}

impl Cli {
    /// Parses arguments and environment.
    ///
    /// # Errors
    /// Clap's errors, which include `--help` and `--version`.
    pub fn try_from_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        // Deployment templates often set a variable to an empty value to mean "not set".
        let command = Self::command().mut_subcommands(|sub| {
            sub.mut_args(|arg| {
                #[expect(clippy::disallowed_methods, reason = "only the configuration reads the environment")]
                let empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
                if empty { arg.env(Resettable::Reset) } else { arg }
            })
        });
        Self::from_arg_matches(&command.try_get_matches_from(args)?)
    }
}

/// The address to listen on from `args` or the variable, unchecked. It is found even if other arguments are wrong.
#[must_use]
pub fn listen_argument(args: &[OsString]) -> Option<String> {
    let texts: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let apart = texts.iter().zip(texts.iter().skip(1)).find(|(flag, _)| *flag == "--listen").map(|(_, value)| &**value);
    let given = apart.or_else(|| texts.iter().find_map(|text| text.strip_prefix("--listen=")));
    #[expect(clippy::disallowed_methods, reason = "only the configuration reads the environment")]
    given.map(str::to_owned).or_else(|| std::env::var("SPARK_MONITOR_LISTEN").ok())
}

/// The settings from `args`, which are the arguments after the subcommand.
///
/// # Errors
/// Clap's errors.
pub fn settings_from(args: &[&str]) -> Result<Settings, clap::Error> {
    let words = ["berdl-spark-monitor", "doctor"].iter().chain(args).map(OsString::from);
    match Cli::try_from_args(words)?.command {
        Command::Serve { settings, .. } | Command::Doctor { settings, .. } => Ok(*settings),
    }
}
