//! The command line: what the program is asked to do.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable};

use super::settings::Settings;

/// Shows a Spark cluster and its queries inside JupyterLab: the sidecar beside Jupyter Server.
#[derive(Debug, Parser)]
#[command(name = "berdl-spark-monitor", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the monitor's routes.
    ///
    /// Secrets have no flag. Set `SPARK_UI_TOKEN` (bearer token for master and driver) and `SPARK_MONITOR_TOKEN`
    /// (required on TCP, sent in the header `X-Spark-Monitor-Token`) as variables, or append `_FILE` to a name to give
    /// a file's path.
    Serve {
        /// Where to listen: `unix:PATH` (only the user may have access to the folder, mode 0700) or `HOST:PORT` (needs
        /// `SPARK_MONITOR_TOKEN`).
        #[arg(long, env = "SPARK_MONITOR_LISTEN")]
        listen: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Check every hop to Spark, say what to do about problems, and exit with 0 (all well), 1 (degraded) or 2 (broken).
    ///
    /// Where users sign in, it asks on behalf of the owner of the token in `SPARK_MONITOR_SESSION_TOKEN`, or in the
    /// file that `SPARK_MONITOR_SESSION_TOKEN_FILE` names.
    Doctor {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Show, export or forget what the sidecar remembers of this person's Spark.
    History {
        #[command(subcommand)]
        action: crate::commands::history::Action,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Check a Python program or a file of SQL for Spark before it runs. Nothing of it is run. Exits with 0 (`passes`), 1
    /// (`refused` or `fails`), 2 (usage, or the file cannot be read) or 3 (`unproven`).
    ///
    /// With an address of Spark Connect, Spark explains the program's SQL. A token has no flag: set
    /// `SPARK_CONNECT_TOKEN`, or `SPARK_CONNECT_TOKEN_FILE` to a file's path.
    Check(Box<crate::commands::check::Check>),
    /// Become a program that reaches neither network nor files nor other processes: a rehearsal starts its Python so.
    #[cfg(all(feature = "sql", target_os = "linux"))]
    #[command(hide = true)]
    Sealed(crate::commands::sealed::Sealed),
    /// Make a job of a notebook: one Python file, and what its target needs beside it. Exits with 0 (written), 1
    /// (something must be mended or decided first; nothing is written) or 2 (usage, or the notebook cannot be read).
    Export(Box<crate::commands::export::Export>),
    /// Run one statement on Spark Connect and print its result. Exits with 0, 1 (Spark's error), 2 (usage) or 3 (the
    /// result is larger than a limit). Ctrl-C stops the statement on the server.
    ///
    /// A token has no flag: set `SPARK_CONNECT_TOKEN`, or `SPARK_CONNECT_TOKEN_FILE` to a file's path.
    #[cfg(feature = "sql")]
    Sql(Box<crate::commands::sql::Sql>),
    /// Let an agent ask about this user's Spark and have code checked, by the Model Context Protocol on standard input
    /// and output. It finds the running Jupyter server by itself; `SPARK_MONITOR_MCP` must be `on` there.
    ///
    /// Secrets have no flag. Where users sign in, set `SPARK_MONITOR_SESSION_TOKEN_FILE` to a file with a session's
    /// token. On a hub the variable `JUPYTERHUB_API_TOKEN` is used, which is there.
    #[cfg(feature = "sql")]
    Mcp(Box<crate::commands::mcp::Mcp>),
}

impl Cli {
    /// Parses arguments and environment.
    ///
    /// # Errors
    /// Clap's errors, which include `--help` and `--version`.
    pub fn try_from_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        // Deployment templates often set a variable to an empty value to mean "not set".
        let command = Self::command().mut_subcommands(|sub| {
            sub.mut_args(|arg| {
                #[expect(clippy::disallowed_methods, reason = "only the configuration reads the environment")]
                let empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
                if empty { arg.env(Resettable::Reset) } else { arg }
            })
        });
        Self::from_arg_matches(&command.try_get_matches_from(args)?)
    }
}

/// The address to listen on from `args` or the variable, unchecked. It is found even if other arguments are wrong.
#[must_use]
pub fn listen_argument(args: &[OsString]) -> Option<String> {
    let texts: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let apart = texts.iter().zip(texts.iter().skip(1)).find(|(flag, _)| *flag == "--listen").map(|(_, value)| &**value);
    let given = apart.or_else(|| texts.iter().find_map(|text| text.strip_prefix("--listen=")));
    #[expect(clippy::disallowed_methods, reason = "only the configuration reads the environment")]
    given.map(str::to_owned).or_else(|| std::env::var("SPARK_MONITOR_LISTEN").ok())
}

/// The settings from `args`, which are the arguments after the subcommand.
///
/// # Errors
/// Clap's errors.
pub fn settings_from(args: &[&str]) -> Result<Settings, clap::Error> {
    let words = ["berdl-spark-monitor", "doctor"].iter().chain(args).map(OsString::from);
    match Cli::try_from_args(words)?.command {
        Command::Serve { settings, .. } | Command::Doctor { settings, .. } => Ok(*settings),
        Command::History { .. } | Command::Check(_) | Command::Export(_) => {
            Err(clap::Error::new(clap::error::ErrorKind::InvalidSubcommand))
        }
        #[cfg(all(feature = "sql", target_os = "linux"))]
        Command::Sealed(_) => Err(clap::Error::new(clap::error::ErrorKind::InvalidSubcommand)),
        #[cfg(feature = "sql")]
        Command::Sql(_) | Command::Mcp(_) => Err(clap::Error::new(clap::error::ErrorKind::InvalidSubcommand)),
    }
}
