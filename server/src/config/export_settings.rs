//! Settings of the export.

use clap::Args;

/// What may be done with a notebook beside looking at it.
#[derive(Clone, Debug, Args)]
pub struct ExportSettings {
    /// What may be done with a notebook: `off`; `convert` for looking at its job and downloading it; `run` for running
    /// it on this machine and for delivering it too, where a repository is set. A person's terminal can do the same.
    #[arg(long, env = "SPARK_MONITOR_EXPORT", value_name = "MODE", default_value = "run")]
    pub spark_monitor_export: String,
}
