//! Settings of the standalone master to which jobs are submitted.

use std::path::PathBuf;

use clap::Args;

/// Where jobs are submitted to, and the folder that the workers share with this machine.
#[derive(Clone, Debug, Args)]
pub struct StandaloneSettings {
    /// Base URL of a standalone master's REST submission server, for example `http://spark-master:6066`; a job then runs
    /// on the cluster, in a driver on one of its workers. It needs `SPARK_MONITOR_EXPORT_MASTER_FOLDER`, and
    /// `SPARK_MONITOR_EXPORT_MASTER_REST_TOKEN` if the master has a filter that wants a token
    /// [default: jobs are not submitted].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_MASTER_REST_URL", value_name = "URL")]
    pub spark_monitor_export_master_rest_url: Option<String>,

    /// The master's own URL, from which a submitted job gets its executors; comma-separated with standby masters
    /// [default: `spark://` with the host of `SPARK_MONITOR_EXPORT_MASTER_REST_URL` and port 7077].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_MASTER_URL", value_name = "URL")]
    pub spark_monitor_export_master_url: Option<String>,

    /// A folder on a volume shared with the workers: submitted jobs are put there, each into a folder of its own.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_MASTER_FOLDER", value_name = "FOLDER")]
    pub spark_monitor_export_master_folder: Option<PathBuf>,

    /// The same folder as the workers see it [default: `SPARK_MONITOR_EXPORT_MASTER_FOLDER`].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_MASTER_WORKER_FOLDER", value_name = "FOLDER")]
    pub spark_monitor_export_master_worker_folder: Option<PathBuf>,
}
