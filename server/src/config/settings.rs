//! Everything that can be set but limits: one struct of flags and variables, parsed once and passed down.

use std::path::PathBuf;

use clap::Args;

use super::{
    airflow_settings::AirflowSettings, assist_settings::AssistSettings, export_settings::ExportSettings,
    git_settings::GitSettings, history_settings::HistorySettings, limits::Limits, run_settings::RunSettings,
    standalone_settings::StandaloneSettings,
};

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

    /// The address of the Spark Connect server, as PySpark writes it: `sc://host:port/;use_ssl=true;user_id=…`. The
    /// panel shows it in the code that starts a session, without its token, and the sidecar runs SQL on it. Its token
    /// belongs into `SPARK_CONNECT_TOKEN` or the file that `SPARK_CONNECT_TOKEN_FILE` names.
    #[arg(long, env = "SPARK_CONNECT_URL", hide_env_values = true, value_name = "URL")]
    pub spark_connect_url: Option<String>,

    /// Which SQL the sidecar runs on `SPARK_CONNECT_URL`: `off`; `read` for queries, `SHOW`, `DESCRIBE` and `EXPLAIN`;
    /// `write` for all, where whatever may change something waits for a person's approval. A user's notebook can do
    /// the same, so this prevents accidents and protects nothing.
    #[arg(long, env = "SPARK_MONITOR_SQL", value_name = "MODE", default_value = "read")]
    pub spark_monitor_sql: String,

    /// Whom Spark Connect takes the user for, as PySpark has it, unless the address has a `user_id` or users sign in
    /// with Auth2 [default: `USER`].
    #[arg(long, env = "SPARK_USER", value_name = "NAME")]
    pub spark_user: Option<String>,

    /// The user of this machine, which PySpark takes if nothing else is said.
    #[arg(long, env = "USER", hide = true)]
    pub login: Option<String>,

    /// The folder for the history, for runs of exported notebooks, and for the audit log; a folder
    /// `berdl-spark-monitor` is made in it [default: `~/.local/state`].
    #[arg(long, env = "XDG_STATE_HOME", value_name = "FOLDER")]
    pub xdg_state_home: Option<PathBuf>,

    /// The user's home.
    #[arg(long, env = "HOME", hide = true)]
    pub home: Option<PathBuf>,

    /// The code that the panel offers to a person without a Spark session, at most 4 KB [default: a session of
    /// `SPARK_CONNECT_URL`, or else of the master].
    #[arg(long, env = "SPARK_MONITOR_SNIPPET", value_name = "PYTHON")]
    pub spark_monitor_snippet: Option<String>,

    /// URL of the driver's web UI as the person's browser reaches it; may contain `{user}`, `{username}` (in its path),
    /// `{namespace}`, `{app_id}`. Names of applications, queries and stages in the panel then lead to Spark's own pages
    /// [default: no links].
    #[arg(long, env = "SPARK_MONITOR_LINKS", value_name = "URL")]
    pub spark_monitor_links: Option<String>,

    /// Findings that are never shown on this site, comma-separated, for example `off_cpu,too_few_tasks`;
    /// `docs/findings.md` lists their names.
    #[arg(long, env = "SPARK_MONITOR_FINDINGS_MUTED", value_name = "NAMES", value_delimiter = ',')]
    pub spark_monitor_findings_muted: Vec<String>,

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
    pub git: GitSettings,

    #[command(flatten)]
    pub history: HistorySettings,

    #[command(flatten)]
    pub export: ExportSettings,

    #[command(flatten)]
    pub airflow: AirflowSettings,

    #[command(flatten)]
    pub standalone: StandaloneSettings,

    #[command(flatten)]
    pub runs: RunSettings,

    #[command(flatten)]
    pub assist: AssistSettings,

    #[command(flatten)]
    pub limits: Limits,
}

impl Settings {
    /// The person's folder for what the sidecar remembers; none if there is no home.
    pub(super) fn state_folder(&self) -> Option<PathBuf> {
        let state = self.xdg_state_home.clone().filter(|path| path.is_absolute());
        let in_home = || Some(self.home.as_ref()?.join(".local/state"));
        Some(state.or_else(in_home)?.join("berdl-spark-monitor"))
    }

    /// Where Jupyter's paths begin, if that is known.
    pub(super) fn notebooks(&self) -> Option<PathBuf> {
        let set = self.runs.spark_monitor_notebooks.clone().filter(|path| path.is_absolute());
        set.or_else(|| self.home.clone())
    }
}
