//! Settings of the history.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::limits::milliseconds;

/// What is remembered, and where.
#[derive(Clone, Debug, Args)]
pub struct HistorySettings {
    /// Whether the sidecar remembers samples, applications and runs of queries: `on` keeps them in the state folder,
    /// `memory` until it ends, `off` not at all. Texts of queries are stored without their literals.
    #[arg(long, env = "SPARK_MONITOR_HISTORY", value_name = "MODE", default_value = "on")]
    pub spark_monitor_history: String,

    /// Whether the SQL of queries and the messages of errors are stored too: `off`, or `redacted` for all of it but what
    /// looks like a password, a key or a token. Literals may be anything, so this stores data.
    #[arg(long, env = "SPARK_MONITOR_HISTORY_TEXT", value_name = "MODE", default_value = "off")]
    pub spark_monitor_history_text: String,

    /// Largest size of the history, bytes [default: 64 MiB]. A year of samples every minute takes a quarter of that.
    #[arg(long, env = "SPARK_MONITOR_HISTORY_MAX_BYTES", value_name = "BYTES", default_value_t = 64 << 20, value_parser = clap::value_parser!(u64).range(1 << 20..=4 << 30), hide_default_value = true)]
    pub spark_monitor_history_max_bytes: u64,

    /// Time between two samples while an application is active, milliseconds; while none is, five times as long. A
    /// minute shows which hour was busy, and costs the driver less than a panel that is open.
    #[arg(long, env = "SPARK_MONITOR_HISTORY_SAMPLE_MS", value_name = "SPARK_MONITOR_HISTORY_SAMPLE_MS", default_value = "60000", value_parser = sample)]
    pub spark_monitor_history_sample_ms: Duration,

    /// Address of Spark's history server, for example `http://history:18080`. It is asked for applications that the
    /// sidecar does not remember: for those that the user has started, or for all if users have no names and it runs on
    /// this machine.
    #[arg(long, env = "SPARK_MONITOR_HISTORY_SERVER_URL", value_name = "URL")]
    pub spark_monitor_history_server_url: Option<String>,

    /// A local folder of the user. The history is there if the state folder is on a network [default: a folder beneath
    /// `/tmp`].
    #[arg(long, env = "XDG_RUNTIME_DIR", value_name = "FOLDER")]
    pub xdg_runtime_dir: Option<PathBuf>,
}

/// At least a second, so that a driver is not asked all the time.
fn sample(text: &str) -> Result<Duration, String> {
    let sample = milliseconds(text).map_err(|error| error.to_string())?;
    if sample < Duration::from_secs(1) { Err("must be at least 1000".to_owned()) } else { Ok(sample) }
}
