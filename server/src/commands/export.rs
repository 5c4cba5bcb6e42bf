//! `berdl-spark-monitor export`: makes a job of a notebook.

use std::{
    fs,
    io::{self, Read as _, Write as _, stderr, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use notebook_job::{File, Finding, Job, Severity, Version};
use serde::Serialize;
use wire::export::{ConversionOptions, ExportTarget, ShellChoice};

use crate::export::{
    conversion::{self, Asked, ConversionError},
    write,
};

const BLOCKED: u8 = 1;
const USAGE: u8 = 2;

/// A notebook and what to make of it.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The notebook: an `.ipynb` of version 3 or 4, or a `.py` whose cells begin with `# %%`.
    notebook: PathBuf,

    /// The folder to write into; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Where the job will run. `job.py` is the same for every target.
    #[arg(long, value_enum, default_value_t)]
    target: TargetName,

    /// The Python that will run the job. Default: the notebook's, else the one found here.
    #[arg(long, value_name = "3.N")]
    python: Option<Version>,

    /// Leave out a code cell, counted from 0 over all code cells; may be repeated.
    #[arg(long = "skip-cell", value_name = "N")]
    skip_cells: Vec<u32>,

    /// Run `!command` and `%%bash` as child processes of the job.
    #[arg(long, conflicts_with = "drop_shell")]
    translate_shell: bool,

    /// Remove `!command` and `%%bash`.
    #[arg(long)]
    drop_shell: bool,

    /// Write the job although there are secrets in it.
    #[arg(long)]
    allow_secrets: bool,

    /// The name of the Airflow workflow. Default: made from the notebook's name.
    #[arg(long, value_name = "NAME")]
    dag_id: Option<String>,

    /// When Airflow runs it: a cron expression or `@daily`. Default: only when it is triggered.
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,

    /// Airflow's name of the connection to Spark.
    #[arg(long, value_name = "NAME", default_value = "spark_default")]
    connection: String,

    /// Print what was written and found as JSON.
    #[arg(long)]
    json: bool,
}

/// Where a job will run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TargetName {
    /// Anywhere: `python job.py`.
    #[default]
    Local,
    /// A standalone cluster, whose master starts the job's driver on a worker.
    Standalone,
    /// Airflow 3 with the driver behind Spark Connect.
    AirflowConnect,
    /// Airflow 3 with `spark-submit`.
    AirflowSubmit,
    /// Airflow 3 with papermill, which runs the notebook as it is and keeps its outputs.
    Papermill,
}

impl From<TargetName> for ExportTarget {
    fn from(target: TargetName) -> Self {
        match target {
            TargetName::Local => Self::Local,
            TargetName::Standalone => Self::Standalone,
            TargetName::AirflowConnect => Self::AirflowConnect,
            TargetName::AirflowSubmit => Self::AirflowSubmit,
            TargetName::Papermill => Self::Papermill,
        }
    }
}

/// What the command prints with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    /// The files that were written, `job.py` first.
    files: Vec<String>,
    findings: &'a [Finding],
}

/// Converts the notebook and writes the job, unless something must be mended or decided first.
///
/// # Errors
/// When standard output cannot be written.
pub async fn run(export: Export) -> anyhow::Result<ExitCode> {
    let name = export.notebook.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let notebook = match read(&export.notebook) {
        Ok(notebook) => notebook,
        Err(reason) => return complain(&format!("cannot read {}: {reason}", export.notebook.display())),
    };
    let asked = Asked { name, notebook, options: export.options() };
    let converted = match conversion::convert(asked, export.connection.clone(), ()).await {
        Ok(converted) => converted,
        Err(ConversionError::Read(error)) => return complain(&format!("{}: {error}", export.notebook.display())),
        Err(error) => return complain(&error.to_string()),
    };
    let job = &converted.job;
    let mut written = Vec::new();
    if !job.is_blocked() {
        if let Err(reason) = write::files(&export.out, &converted.files, &export.notebook) {
            return complain(&format!("cannot write to {}: {reason}", export.out.display()));
        }
        let path = |file: &File| export.out.join(&file.name).display().to_string();
        written = converted.files.iter().map(path).collect();
    }
    if export.json {
        serde_json::to_writer(stdout(), &Answer { files: written, findings: &job.findings })?;
        writeln!(stdout())?;
    } else {
        print(job, &written)?;
    }
    Ok(if job.is_blocked() { BLOCKED.into() } else { ExitCode::SUCCESS })
}

impl Export {
    fn options(&self) -> ConversionOptions {
        ConversionOptions {
            target: self.target.into(),
            python: self.python.map(|python| python.to_string()),
            skip: self.skip_cells.clone(),
            shell: match (self.translate_shell, self.drop_shell) {
                (true, _) => ShellChoice::Translate,
                (_, true) => ShellChoice::Drop,
                _ => ShellChoice::Ask,
            },
            lines: Vec::new(),
            allow_secrets: self.allow_secrets,
            dag_id: self.dag_id.clone(),
            schedule: self.schedule.clone(),
        }
    }
}

/// No more of the file than is ever converted.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(notebook_job::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn complain(reason: &str) -> anyhow::Result<ExitCode> {
    writeln!(stderr(), "berdl-spark-monitor: {reason}")?;
    Ok(USAGE.into())
}

fn print(job: &Job, written: &[String]) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    for finding in &job.findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Decision => "decision",
            Severity::Note => "note",
        };
        let Finding { cell, line, message, fix, code, .. } = finding;
        writeln!(out, "cell {cell}, line {line}: {severity}: {message} {fix} [{code}]")?;
    }
    for file in written {
        writeln!(out, "{file}")?;
    }
    if job.is_blocked() {
        writeln!(out, "Nothing was written: mend each error and make each decision first.")?;
    }
    Ok(())
}
