//! `berdl-spark-monitor mcp`: the tools for one agent, on standard input and output. It finds the Jupyter server of this
//! user and asks the sidecar beside it, so no configuration holds a secret.

mod jupyter;

use std::{
    io::{Write as _, stderr},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use rmcp::{ServiceExt, transport::stdio};
use secrecy::SecretString;
use url::Url;

use self::jupyter::Beside;
use crate::mcp::Agent;

const NOT_FOUND: u8 = 2;

/// Where Jupyter is.
#[derive(Clone, Debug, Args)]
pub struct Mcp {
    /// The Jupyter server, if several run: how its address begins, such as `http://localhost:8889/`.
    #[arg(long, env = "SPARK_MONITOR_JUPYTER_URL", value_name = "URL")]
    server: Option<Url>,

    /// Where Jupyter keeps the files of its running servers [default: as Jupyter finds it].
    #[arg(long, env = "JUPYTER_RUNTIME_DIR", value_name = "FOLDER")]
    runtime_dir: Option<PathBuf>,

    #[arg(long, env = "JUPYTER_DATA_DIR", hide = true)]
    data_dir: Option<PathBuf>,

    #[arg(long, env = "XDG_DATA_HOME", hide = true)]
    xdg_data_home: Option<PathBuf>,

    #[arg(long, env = "HOME", hide = true)]
    home: Option<PathBuf>,

    /// PEM file with additional certificate authorities, for a Jupyter server with TLS.
    #[arg(long, env = "SPARK_MONITOR_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

/// The secrets of the command.
#[derive(Debug, Default)]
pub struct McpSecrets {
    /// As whom the sidecar is asked, where users sign in.
    pub session: Option<SecretString>,
    /// The token of a Jupyter server whose file has none, as on a hub.
    pub hub: Option<SecretString>,
}

/// Serves one agent until it closes standard input.
///
/// # Errors
/// When the protocol cannot begin.
pub async fn run(command: Mcp, secrets: McpSecrets) -> anyhow::Result<ExitCode> {
    let sidecar = match Beside::find(&command, secrets).await {
        Ok(sidecar) => sidecar,
        Err(reason) => {
            writeln!(stderr(), "berdl-spark-monitor: {reason}")?;
            return Ok(NOT_FOUND.into());
        }
    };
    Agent::new(sidecar).serve(stdio()).await?.waiting().await?;
    Ok(ExitCode::SUCCESS)
}
