//! Settings of checks, and of the agents that may ask.

use std::path::PathBuf;

use clap::Args;

/// What checks code before it runs, and who may ask.
#[derive(Clone, Debug, Args)]
pub struct AssistSettings {
    /// What is done with code before it runs: `off`, or `check`: Spark explains it and it is rehearsed with zero rows
    /// when a person asks. It is never run.
    #[arg(long, env = "SPARK_MONITOR_ASSISTANT", value_name = "MODE", default_value = "off")]
    pub spark_monitor_assistant: String,

    /// Whether agents of this person may ask by MCP: `off` or `on`. They read what the panel shows; with
    /// `SPARK_MONITOR_ASSISTANT=check` they have code checked, by Spark only after the person has allowed it.
    #[arg(long, env = "SPARK_MONITOR_MCP", value_name = "MODE", default_value = "off")]
    pub spark_monitor_mcp: String,

    /// The Python that rehearses code: the kernel's, 3.10 or newer, with PySpark and its Connect client [default:
    /// `SPARK_MONITOR_PYTHON`, else `python3` of `PATH`].
    #[arg(long, env = "SPARK_MONITOR_REHEARSAL_PYTHON", value_name = "FILE")]
    pub spark_monitor_rehearsal_python: Option<PathBuf>,

    /// How long a rehearsal may take, seconds; at most 60.
    #[arg(long, env = "SPARK_MONITOR_REHEARSAL_SECONDS", value_name = "SECONDS", default_value = "60", value_parser = clap::value_parser!(u64).range(1..=60))]
    pub spark_monitor_rehearsal_seconds: u64,

    /// Where `python3` is looked for.
    #[arg(long, env = "PATH", hide = true)]
    pub search_path: Option<String>,
}
