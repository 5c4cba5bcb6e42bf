//! Settings of Airflow, which runs shipped jobs.

use std::{path::PathBuf, time::Duration};

use clap::Args;

/// Where jobs are shipped to and followed.
#[derive(Clone, Debug, Args)]
pub struct AirflowSettings {
    /// Base URL of Airflow 3, as a browser reaches it; the monitor then follows the jobs that it ships. It signs in with
    /// `SPARK_MONITOR_EXPORT_AIRFLOW_TOKEN`, or as `SPARK_MONITOR_EXPORT_AIRFLOW_USER` [default: jobs are not
    /// followed].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_AIRFLOW_URL", value_name = "URL")]
    pub spark_monitor_export_airflow_url: Option<String>,

    /// The user of Airflow for whom the monitor asks for a token, with `SPARK_MONITOR_EXPORT_AIRFLOW_PASSWORD`; not used
    /// if there is a token.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_AIRFLOW_USER", value_name = "NAME")]
    pub spark_monitor_export_airflow_user: Option<String>,

    /// Airflow's name of its connection to Spark, which the workflow uses.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_AIRFLOW_CONNECTION", value_name = "NAME", default_value = "spark_default")]
    pub spark_monitor_export_airflow_connection: String,

    /// How long Airflow may take to see a shipped job before the monitor says what to check, seconds. It looks for new
    /// files every five minutes, unless it is set otherwise; the rest is for reading them.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_AIRFLOW_VISIBILITY", value_name = "SECONDS", default_value = "360", value_parser = visibility)]
    pub spark_monitor_export_airflow_visibility: Duration,

    /// A folder of workflows that Airflow reads, on a volume shared with it: jobs are put there, each into a folder of
    /// its own [default: jobs are not put into a folder].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_DAG_FOLDER", value_name = "FOLDER")]
    pub spark_monitor_export_dag_folder: Option<PathBuf>,
}

/// From ten seconds to a day.
fn visibility(text: &str) -> Result<Duration, String> {
    let seconds: u64 = text.parse().map_err(|_| "must be a whole number of seconds".to_owned())?;
    if (10..=86_400).contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err("must be between 10 and 86400".to_owned())
    }
}
