//! `berdl-spark-monitor export`: makes a job of a notebook.

use std::{
    collections::BTreeSet,
    io::{Write as _, stderr, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use notebook_job::{
    File, Finding, Job, Notebook, Options, Severity, Shell, Shipping, Target, TargetError, Version, dag_id,
};
use serde::Serialize;

use crate::export::{interpreter, write};

const BLOCKED: u8 = 1;
const USAGE: u8 = 2;

/// The Python of a job if neither the command nor the notebook nor this machine says another.
const PYTHON: Version = Version { minor: 11 };

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
    target: ExportTarget,

    /// The Python that will run the job. Default: the notebook's, else the one found here.
    #[arg(long, value_name = "3.N")]
    python: Option<Version>,

    /// Leave out a code cell, counted from 0 over all code cells; may be repeated.
    #[arg(long = "skip-cell", value_name = "N")]
    skip_cells: Vec<usize>,

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
    #[arg(long, value_name = "NAME", value_parser = workflow_name)]
    dag_id: Option<String>,

    /// When Airflow runs it: a cron expression or `@daily`. Default: only when it is triggered.
    #[arg(long, value_name = "CRON", value_parser = cron)]
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
enum ExportTarget {
    /// Anywhere: `python job.py`.
    #[default]
    Local,
    /// Airflow 3 with the driver behind Spark Connect.
    AirflowConnect,
    /// Airflow 3 with `spark-submit`.
    AirflowSubmit,
    /// Airflow 3 with papermill, which runs the notebook as it is and keeps its outputs.
    Papermill,
}

impl From<ExportTarget> for Target {
    fn from(target: ExportTarget) -> Self {
        match target {
            ExportTarget::Local => Self::Local,
            ExportTarget::AirflowConnect => Self::AirflowConnect,
            ExportTarget::AirflowSubmit => Self::AirflowSubmit,
            ExportTarget::Papermill => Self::Papermill,
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
    let read = read(&export.notebook, &name);
    let (bytes, notebook) = match read {
        Ok(read) => read,
        Err(reason) => return complain(&reason),
    };
    if let Some(cell) = export.skip_cells.iter().find(|cell| **cell >= notebook.cells.len()) {
        return complain(&format!("--skip-cell {cell}: the notebook has {} code cells", notebook.cells.len()));
    }
    let skip: BTreeSet<usize> = export.skip_cells.iter().copied().collect();
    if export.drop_shell && export.target == ExportTarget::Papermill {
        return complain("--drop-shell: papermill runs the notebook as it is");
    }
    let mut job = checked(&export, &notebook, &name, &skip).await;
    let mut written = Vec::new();
    if !job.is_blocked() {
        let id = export.dag_id.clone().unwrap_or_else(|| dag_id(&name));
        let shipping = Shipping {
            notebook_name: &name,
            notebook: &bytes,
            skip: &skip,
            allow_secrets: export.allow_secrets,
            dag_id: &id,
            schedule: export.schedule.as_deref(),
            connection: &export.connection,
        };
        match Target::from(export.target).files(&job, &shipping) {
            Ok(files) => {
                if let Err(reason) = write::files(&export.out, &files, &export.notebook) {
                    return complain(&format!("cannot write to {}: {reason}", export.out.display()));
                }
                written = files.iter().map(|file: &File| export.out.join(&file.name).display().to_string()).collect();
            }
            Err(error @ TargetError::Secret) => {
                let fix = "Remove it from the notebook's texts, or choose another target.";
                job.block("secret", format!("{error}."), fix);
            }
            Err(error) => return complain(&error.to_string()),
        }
    }
    if export.json {
        serde_json::to_writer(stdout(), &Answer { files: written, findings: &job.findings })?;
        writeln!(stdout())?;
    } else {
        print(&job, &written)?;
    }
    Ok(if job.is_blocked() { BLOCKED.into() } else { ExitCode::SUCCESS })
}

fn read(path: &Path, name: &str) -> Result<(Vec<u8>, Notebook), String> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut bytes = Vec::new();
    let most = notebook_job::MAX_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let notebook = Notebook::read(name, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((bytes, notebook))
}

async fn checked(export: &Export, notebook: &Notebook, name: &str, skip: &BTreeSet<usize>) -> Job {
    let told = export.python.or_else(|| notebook.version.as_deref().and_then(|version| version.parse().ok()));
    let python = match told {
        Some(python) => python,
        None => interpreter::installed().await.unwrap_or(PYTHON),
    };
    let shell = match (export.translate_shell, export.drop_shell) {
        (true, _) => Shell::Translate,
        (_, true) => Shell::Drop,
        _ => Shell::Ask,
    };
    let options = Options { python, skip: skip.clone(), shell, allow_secrets: export.allow_secrets };
    let mut job = notebook_job::convert(notebook, name, &options);
    if !job.is_blocked() {
        match interpreter::refusal(&job.text, python).await {
            Ok(None) => {}
            Ok(Some(refusal)) => job.refuse(refusal.line, &refusal.message),
            Err(error) => {
                let message = format!("The job was not compiled, because {error}.");
                job.remark("not_compiled", message, "Choose a Python that is installed here (--python).");
            }
        }
    }
    job
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

fn workflow_name(name: &str) -> Result<String, String> {
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 200
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && name != "job";
    if fits {
        Ok(name.to_owned())
    } else {
        Err("letters, digits, `_` and `-`, a letter first, and not `job`".to_owned())
    }
}

fn cron(text: &str) -> Result<String, String> {
    const NAMES: [&str; 7] = ["@once", "@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly"];
    let fields = text.split_whitespace();
    let is_field = |field: &str| {
        field.contains(|c: char| c.is_ascii_digit() || c == '*' || c == '?' || c.is_ascii_uppercase())
            && field.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-#?".contains(c))
    };
    let fits = NAMES.contains(&text) || (fields.clone().count() == 5 && fields.clone().all(is_field));
    let text = fields.collect::<Vec<_>>().join(" ");
    if fits { Ok(text) } else { Err("five fields, such as `0 3 * * *`, or a name such as `@daily`".to_owned()) }
}
