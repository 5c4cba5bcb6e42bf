//! The arguments of `berdl-spark-monitor sql`.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, ValueEnum};
use connect_client::{Argument, Arguments, ExplainMode, Limits, Statement};
use serde_json::Value;

/// One statement and how to run it.
#[derive(Clone, Debug, Args)]
pub struct Sql {
    /// The statement.
    #[arg(value_name = "SQL")]
    text: String,

    /// Address of Spark Connect, as PySpark writes it: `sc://HOST:PORT/;user_id=…;use_ssl=true`.
    #[arg(long, env = "SPARK_CONNECT_URL", value_name = "URL", hide_env_values = true)]
    pub(super) url: Option<String>,

    /// Print at most this many rows.
    #[arg(long, value_name = "N", default_value_t = Limits::default().max_rows)]
    max_rows: u64,

    /// Read at most this many bytes of Arrow data.
    #[arg(long, value_name = "N", default_value_t = Limits::default().max_bytes)]
    max_bytes: u64,

    /// The value of `:NAME`; may be repeated. A value that is JSON is taken as such (`7`, `true`,
    /// `{"type": "decimal", "value": "1.10"}`), anything else as text.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter, conflicts_with = "positional")]
    named: Vec<(String, Argument)>,

    /// The value of the next `?`; may be repeated. Written like those of `--param`.
    #[arg(long = "arg", value_name = "VALUE", value_parser = argument, allow_hyphen_values = true)]
    positional: Vec<Argument>,

    /// How to print the result.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,

    /// Print the plan instead of running the statement: `simple`, `extended`, `codegen`, `cost` or `formatted`.
    #[arg(long, value_name = "MODE")]
    pub(super) explain: Option<ExplainMode>,

    /// Run only what reads: plain queries, `SHOW`, `DESCRIBE` and `EXPLAIN`. It prevents accidents and protects
    /// nothing, because a query can call functions that write.
    #[arg(long)]
    pub(super) read_only: bool,

    /// Whose session it is, unless the address has a `user_id`.
    #[arg(long, env = "SPARK_USER", value_name = "NAME")]
    user: Option<String>,

    /// The user of this machine, which PySpark takes if nothing else is said.
    #[arg(long, env = "USER", hide = true)]
    login: Option<String>,

    /// PEM file with additional certificate authorities.
    #[arg(long, env = "SPARK_MONITOR_CA_FILE", value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,

    /// Filter of the log on standard error.
    #[arg(long, env = "SPARK_MONITOR_LOG", value_name = "FILTER", default_value = "warn")]
    pub log: String,
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// `{"columns": [{"name", "type"}], "rows": [[…]], "truncated": false}`; errors are JSON too.
    Json,
    /// With a header line. An empty field is null, a quoted empty field is empty text.
    Csv,
    /// For people.
    #[default]
    Table,
}

impl Sql {
    pub(super) fn limits(&self) -> Limits {
        Limits { max_rows: self.max_rows, max_bytes: self.max_bytes }
    }

    pub(super) fn user(&self) -> &str {
        self.user.as_deref().or(self.login.as_deref()).unwrap_or_default()
    }

    pub(super) fn statement(&self) -> Result<Statement, &'static str> {
        if self.text.trim().is_empty() {
            return Err("the statement is empty");
        }
        let arguments = if self.positional.is_empty() {
            let named: BTreeMap<_, _> = self.named.iter().cloned().collect();
            if named.len() < self.named.len() {
                return Err("a parameter is given twice");
            }
            Arguments::Named(named)
        } else {
            Arguments::Positional(self.positional.clone())
        };
        Ok(Statement { text: self.text.clone(), arguments })
    }
}

fn parameter(text: &str) -> Result<(String, Argument), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), argument(value)?))
}

fn argument(text: &str) -> Result<Argument, String> {
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    Argument::from_json(&value).map_err(|error| error.to_string())
}
