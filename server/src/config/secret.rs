//! Secrets come from a variable, or from the file named by that variable with `_FILE`, but never from a flag.

use std::{env, fs};

use secrecy::SecretString;

use super::error::ConfigError;
#[cfg(feature = "sql")]
use crate::commands::mcp::McpSecrets;

/// The sidecar's own secrets.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Bearer token for master and driver.
    pub spark_ui_token: Option<SecretString>,
    /// Token that each client on TCP must send.
    pub sidecar_token: Option<SecretString>,
    /// Session token of the user on whose behalf the `doctor` command asks.
    pub session_token: Option<SecretString>,
    /// Bearer token for Spark Connect.
    pub connect_token: Option<SecretString>,
    /// Token or password for the git repository of exported jobs.
    pub git_token: Option<SecretString>,
    /// A ready token of Airflow's API.
    pub airflow_token: Option<SecretString>,
    /// The password of the user of Airflow.
    pub airflow_password: Option<SecretString>,
    /// Token for a filter of the standalone master's REST submission server.
    pub master_rest_token: Option<SecretString>,
}

/// The variables of all secrets, which child programs do not need.
pub(crate) const VARIABLES: [&str; 8] = [
    "SPARK_UI_TOKEN",
    "SPARK_MONITOR_TOKEN",
    "SPARK_MONITOR_SESSION_TOKEN",
    "SPARK_CONNECT_TOKEN",
    "SPARK_MONITOR_EXPORT_GIT_TOKEN",
    "SPARK_MONITOR_EXPORT_AIRFLOW_TOKEN",
    "SPARK_MONITOR_EXPORT_AIRFLOW_PASSWORD",
    "SPARK_MONITOR_EXPORT_MASTER_REST_TOKEN",
];

impl Secrets {
    /// Reads the secrets from the environment.
    ///
    /// # Errors
    /// When a named file cannot be read, or a value cannot be sent in a header.
    pub fn from_env() -> Result<Self, ConfigError> {
        let [ui, sidecar, session, connect, git, airflow, password, master] = VARIABLES;
        Ok(Self {
            spark_ui_token: read(ui)?,
            sidecar_token: read(sidecar)?,
            session_token: read(session)?,
            connect_token: read(connect)?,
            git_token: read(git)?,
            airflow_token: read(airflow)?,
            airflow_password: read(password)?,
            master_rest_token: read(master)?,
        })
    }
}

/// Reads the bearer token for Spark Connect from the environment.
///
/// # Errors
/// When a named file cannot be read, or the value cannot be sent in a header.
#[cfg(feature = "sql")]
pub fn connect_token() -> Result<Option<SecretString>, ConfigError> {
    read("SPARK_CONNECT_TOKEN")
}

/// Reads the tokens of the command `mcp` from the environment.
///
/// # Errors
/// When a named file cannot be read, or a value cannot be sent in a header.
#[cfg(feature = "sql")]
pub fn mcp_secrets() -> Result<McpSecrets, ConfigError> {
    Ok(McpSecrets { session: read("SPARK_MONITOR_SESSION_TOKEN")?, hub: read("JUPYTERHUB_API_TOKEN")? })
}

fn read(variable: &'static str) -> Result<Option<SecretString>, ConfigError> {
    #[expect(clippy::disallowed_methods, reason = "only the configuration reads the environment")]
    let set = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let file_variable = format!("{variable}_FILE");
    let value = match (set(variable), set(&file_variable)) {
        (Some(value), _) => value,
        (None, Some(path)) => {
            fs::read_to_string(&path).map_err(|source| ConfigError::SecretFile { variable: file_variable, source })?
        }
        (None, None) => return Ok(None),
    };
    let value = value.trim();
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::SecretText { variable });
    }
    Ok(Some(value.to_owned().into()))
}
