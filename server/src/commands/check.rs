//! `berdl-spark-monitor check`: says what is wrong with a Spark program before it runs.

use std::{
    fs,
    io::{self, Read, Write as _, stderr, stdin, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use check::{Checked, Chosen, MAX_BYTES, Report, Verdict};
use clap::Args;
#[cfg(feature = "sql")]
use connect_client::{Address, Client, Session, TrustedRoots};
use secrecy::SecretString;

#[cfg(feature = "sql")]
use crate::ladder::{self, RehearsalSite};

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const UNPROVEN: u8 = 3;

/// A program and what it is meant to read.
#[derive(Clone, Debug, Args)]
pub struct Check {
    /// The program: a Python file or the code of a cell, or statements of SQL if the name ends in `.sql`; `-` reads
    /// Python from standard input.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,

    /// A table that the program must read, such as `db.t`; may be repeated. Then it may read nothing else.
    #[arg(long = "table", value_name = "DB.TABLE")]
    tables: Vec<String>,

    /// A path that the program must read, such as `s3://bucket/sales/`; may be repeated. Then it may read nothing else.
    #[arg(long = "path", value_name = "URI")]
    paths: Vec<String>,

    /// Address of Spark Connect, as PySpark writes it: `sc://HOST:PORT/;user_id=…;use_ssl=true`. The program's SQL goes
    /// there to be explained; it is not run.
    #[arg(long, env = "SPARK_CONNECT_URL", value_name = "URL", hide_env_values = true)]
    url: Option<String>,

    /// Whose session it is, unless the address has a `user_id`.
    #[arg(long, env = "SPARK_USER", value_name = "NAME")]
    user: Option<String>,

    /// The user of this machine, which PySpark takes if nothing else is said.
    #[arg(long, env = "USER", hide = true)]
    login: Option<String>,

    /// PEM file with additional certificate authorities.
    #[arg(long, env = "SPARK_MONITOR_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Run the whole program on the schemas of that server with zero rows, in a sealed process of this machine. Nothing
    /// of it runs on the server.
    #[arg(long)]
    rehearse: bool,

    /// The Python that rehearses: the kernel's, with PySpark; default `python3`.
    #[arg(long, env = "SPARK_MONITOR_REHEARSAL_PYTHON", value_name = "FILE")]
    rehearsal_python: Option<PathBuf>,

    /// How long a rehearsal may take, in seconds; at most 60, which is the default.
    #[arg(long, env = "SPARK_MONITOR_REHEARSAL_SECONDS", value_name = "N", value_parser = clap::value_parser!(u64).range(1..=60))]
    rehearsal_seconds: Option<u64>,

    /// Where `python3` is looked for.
    #[arg(long, env = "PATH", hide = true)]
    search_path: Option<String>,

    /// Print verdict and findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Checks the program and prints what was found.
///
/// # Errors
/// When standard output cannot be written.
pub async fn run(command: Check, token: Option<SecretString>) -> anyhow::Result<ExitCode> {
    let name = command.file.display();
    let source = match read(&command.file) {
        Ok(source) => source,
        Err(reason) => return complain(&format!("cannot read {name}: {reason}")),
    };
    let chosen = Chosen { tables: command.tables.clone(), paths: command.paths.clone() };
    let is_sql = command.file.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql"));
    let checked = if is_sql { check::sql(&source, &chosen) } else { check::python(&source, &chosen) };
    let Ok(checked) = checked else {
        return complain(&format!("{name} is larger than {} KiB: check its parts", MAX_BYTES >> 10));
    };
    let checked = match ask(&command, &source, checked, token).await {
        Ok(checked) => checked,
        Err(reason) => return complain(&reason),
    };
    let report = checked.report();
    if command.json {
        serde_json::to_writer(stdout(), &report)?;
        writeln!(stdout())?;
    } else {
        print(&report, &command.file)?;
    }
    Ok(match report.verdict {
        Verdict::Passes => ExitCode::SUCCESS,
        Verdict::Unproven => UNPROVEN.into(),
        Verdict::Fails | Verdict::Refused => FAILED.into(),
    })
}

/// Lets Spark explain the statements, if there is an address and something to explain, and rehearses if it is wanted.
#[cfg(feature = "sql")]
async fn ask(
    command: &Check,
    source: &str,
    mut checked: Checked,
    token: Option<SecretString>,
) -> Result<Checked, String> {
    let client = command.url.as_deref().map(|url| client(command, url, token)).transpose()?;
    let user = command.user.as_deref().or(command.login.as_deref()).unwrap_or_default();
    if let Some(client) = &client {
        ladder::explain(Session::new(client.clone(), user), &mut checked).await;
    }
    if command.rehearse {
        let site = RehearsalSite {
            python: command.rehearsal_python.clone(),
            search_path: command.search_path.clone(),
            seconds: command.rehearsal_seconds,
        };
        // Never the session that an address names.
        let session = client.map(|client| Session::of_user(client, user));
        ladder::rehearse(&site, session, source, &mut checked).await;
    }
    Ok(checked)
}

/// A connection to the given address.
///
/// # Errors
/// If the address or the certificates are wrong: that is a matter of usage.
#[cfg(feature = "sql")]
fn client(command: &Check, url: &str, token: Option<SecretString>) -> Result<Client, String> {
    let mut address: Address = url.parse().map_err(|error| format!("--url: {error}"))?;
    if let Some(token) = token {
        address = address.with_token(token).map_err(|error| format!("--url: {error}"))?;
    }
    let pem = command.ca_file.as_ref().map(fs::read).transpose();
    let pem = pem.map_err(|error| format!("SPARK_MONITOR_CA_FILE cannot be read: {error}"))?;
    Client::new(address, &TrustedRoots { pem }).map_err(|error| error.to_string())
}

#[cfg(not(feature = "sql"))]
async fn ask(command: &Check, _: &str, mut checked: Checked, _: Option<SecretString>) -> Result<Checked, String> {
    if command.rehearse && checked.wants_rehearsal() {
        checked.rehearsed(&check::Rehearsed::NotRun("this program was built without Spark Connect".to_owned()));
    }
    Ok(checked)
}

/// No more of it than is ever checked, and one byte to know that there is more.
fn read(path: &Path) -> io::Result<String> {
    let most = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_BYTES {
        // It may have been cut within a character; it is too large anyway.
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8"))
}

fn complain(reason: &str) -> anyhow::Result<ExitCode> {
    writeln!(stderr(), "berdl-spark-monitor: {reason}")?;
    Ok(USAGE.into())
}

fn print(report: &Report, file: &Path) -> io::Result<()> {
    let mut out = stdout().lock();
    let name = file.display();
    for finding in &report.findings {
        let check::Finding { line, column, code, message, fix, .. } = finding;
        writeln!(out, "{name}:{line}:{column}: {code}: {message} {fix}")?;
    }
    for rung in &report.rungs {
        let name = match rung.rung {
            check::Rung::Parse => "parse",
            check::Rung::Rules => "rules",
            check::Rung::Sql => "sql",
            check::Rung::Rehearsal => "rehearsal",
        };
        writeln!(out, "{name:<6} proved {}", rung.proved)?;
    }
    writeln!(out, "{}", report.verdict.word())
}
