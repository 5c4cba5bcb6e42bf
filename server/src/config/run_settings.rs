//! Settings of jobs that run on this machine.

use std::path::PathBuf;

use clap::Args;

use super::limits::count;

/// What runs jobs here, and how much of them is kept.
#[derive(Clone, Debug, Args)]
pub struct RunSettings {
    /// The Python beside Jupyter, which runs notebooks and jobs on this machine. Jupyter's extension sets it; without it
    /// nothing is run here.
    #[arg(long, env = "SPARK_MONITOR_PYTHON", value_name = "FILE")]
    pub spark_monitor_python: Option<PathBuf>,

    /// The folder that Jupyter shows, in which a job begins beside its notebook. Jupyter's extension sets it.
    #[arg(long, env = "SPARK_MONITOR_NOTEBOOKS", value_name = "FOLDER")]
    pub spark_monitor_notebooks: Option<PathBuf>,

    /// Largest size of all jobs that were run here, with their outputs, bytes [default: 256 MiB]. The oldest that have
    /// ended make room for new ones.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_MAX_BYTES", value_name = "BYTES", default_value_t = 256 << 20, value_parser = clap::value_parser!(u64).range(1 << 20..=64 << 30), hide_default_value = true)]
    pub spark_monitor_export_max_bytes: u64,

    /// Jobs that run on this machine at once: a notebook server has few cores.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_RUNS", value_name = "NUMBER", default_value = "2", value_parser = count)]
    pub spark_monitor_export_runs: usize,
}
