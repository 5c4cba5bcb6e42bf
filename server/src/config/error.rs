//! Why a configuration cannot work.

use std::io;

/// Why the sidecar cannot work with these settings. Each sentence says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{variable} {reason}")]
    Url { variable: &'static str, reason: &'static str },
    #[error(
        "nothing to watch: set SPARK_CLUSTER_MANAGER_API_URL, BERDL_JUPYTERHUB_NAMESPACE, SPARK_MASTER_UI_URL, \
         SPARK_APP_UI_URL or SPARK_MONITOR_MOCK_MODE"
    )]
    Nothing,
    #[error("SPARK_MONITOR_HISTORY must be on, memory or off")]
    HistoryMode,
    #[error("SPARK_MONITOR_HISTORY_TEXT must be off or redacted")]
    HistoryText,
    #[error("SPARK_MONITOR_EXPORT must be off, convert or run")]
    ExportMode,
    #[error(
        "SPARK_MONITOR_EXPORT_AIRFLOW_URL is set, but nothing to sign in with: set SPARK_MONITOR_EXPORT_AIRFLOW_TOKEN, \
         or SPARK_MONITOR_EXPORT_AIRFLOW_USER and SPARK_MONITOR_EXPORT_AIRFLOW_PASSWORD"
    )]
    AirflowLogin,
    #[error("SPARK_MONITOR_EXPORT_AIRFLOW_CONNECTION is no name that a connection of Airflow can have")]
    AirflowConnection,
    #[error(
        "SPARK_MONITOR_EXPORT_MASTER_REST_URL is set, but no folder for the jobs: set \
         SPARK_MONITOR_EXPORT_MASTER_FOLDER to one that the workers share"
    )]
    MasterFolder,
    #[error("SPARK_MONITOR_ASSISTANT must be off or check; it cannot do more yet")]
    AssistantMode,
    #[error("SPARK_MONITOR_MCP must be on or off")]
    McpMode,
    #[error("SPARK_MONITOR_SQL must be off, read or write")]
    SqlMode,
    #[error("SPARK_MONITOR_IDENTITY must be auth2, jupyterhub or none")]
    IdentityMode,
    #[error(
        "an address holds {{user}} or {{username}}, but SPARK_MONITOR_IDENTITY is none: set it to auth2 or jupyterhub"
    )]
    NobodyAsks,
    #[error("SPARK_MONITOR_IDENTITY is jupyterhub, but JUPYTERHUB_USER holds no usable name")]
    NoHubUser,
    #[error(
        "JUPYTERHUB_USER is not a Kubernetes name, so {{user}} could stand for another user: write {{username}} \
         instead of {{user}} in SPARK_MASTER_UI_URL, SPARK_APP_UI_URL and SPARK_MONITOR_LINKS"
    )]
    ChangedHubUser,
    #[error("SPARK_APP_UI_URL holds {{app_id}}, which only a master can tell: set SPARK_MASTER_UI_URL too")]
    AppIdWithoutMaster,
    #[error("BERDL_JUPYTERHUB_NAMESPACE is no Kubernetes name")]
    Namespace,
    #[error("SPARK_MONITOR_CA_FILE cannot be used: {0}")]
    CaFile(String),
    #[error("the file that {variable} names cannot be read: {source}")]
    SecretFile { variable: String, source: io::Error },
    #[error("{variable} must be printable text without spaces")]
    SecretText { variable: &'static str },
    #[error("--listen must be unix:PATH or HOST:PORT")]
    Listen,
    #[error("listening on TCP needs a secret in SPARK_MONITOR_TOKEN or SPARK_MONITOR_TOKEN_FILE")]
    TokenRequired,
    #[error("the folder of the Unix socket must be the user's alone: chmod 700")]
    SocketFolder,
    #[error("{0}")]
    Arguments(String),
}
