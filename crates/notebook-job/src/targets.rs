//! What a target needs beside the job: the job itself is the same for all of them.

use std::collections::BTreeSet;

use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig};
use python_source::secrets_in_text;
use thiserror::Error;

use crate::{Job, LiteralKind, notebook::cleared::cleared, python};

/// Where a job will run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Anywhere where Python is.
    #[default]
    Local,
    /// The driver of a standalone cluster, which its master starts on a worker.
    Standalone,
    /// Airflow 3, its driver behind Spark Connect.
    AirflowConnect,
    /// Airflow 3, its driver started by `spark-submit`.
    AirflowSubmit,
    /// Airflow 3, the notebook itself by papermill, with its outputs kept.
    Papermill,
}

/// A file that belongs to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, in the job's own folder.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// How a job is to run at its target.
#[derive(Clone, Debug)]
pub struct Shipping<'a> {
    /// The notebook's file name.
    pub notebook_name: &'a str,
    /// The notebook, which papermill runs itself, without its outputs.
    pub notebook: &'a [u8],
    /// Code cells that are left out.
    pub skip: &'a BTreeSet<usize>,
    /// The notebook is shipped although there are secrets in it.
    pub allow_secrets: bool,
    /// The name of the workflow.
    pub dag_id: &'a str,
    /// When it runs: a cron expression; only when it is triggered without one.
    pub schedule: Option<&'a str>,
    /// Airflow's name of the connection to Spark.
    pub connection: &'a str,
}

/// Why a target's files could not be made.
#[derive(Debug, Error)]
pub enum TargetError {
    /// A template could not be filled in, which is a defect of ours.
    #[error("the files for the target could not be made: {0}")]
    Template(#[from] minijinja::Error),
    /// Papermill gets the notebook with its texts, and one of them has a secret.
    #[error("there is a secret in a text of the notebook, which papermill would get with it")]
    Secret,
    /// Papermill runs notebooks only.
    #[error("papermill runs an .ipynb; choose another target for a Python file")]
    NoNotebook,
}

impl Target {
    /// All files of a job for this target.
    ///
    /// # Errors
    /// When the target cannot run such a notebook.
    pub fn files(self, job: &Job, shipping: &Shipping<'_>) -> Result<Vec<File>, TargetError> {
        let file = |name: &str, content: String| File { name: name.to_owned(), content: content.into_bytes() };
        let mut files = vec![file("job.py", job.text.clone()), file("job.cells.json", cells(job))];
        if !job.requirements.is_empty() {
            files.push(file("requirements.txt", job.requirements.join("\n") + "\n"));
        }
        if self == Self::Standalone {
            files.push(file("driver.py", include_str!("targets/driver.py").to_owned()));
        }
        let Some(template) = self.template() else { return Ok(files) };
        files.push(file(&format!("{}_dag.py", shipping.dag_id), filled(template, job, shipping)?));
        // Airflow runs every file of its folder in which the words "dag" and "airflow" stand.
        files.push(file(".airflowignore", "job.py\n".to_owned()));
        if self == Self::Papermill {
            let content =
                cleared(shipping.notebook, shipping.skip, job.parameters_cell).ok_or(TargetError::NoNotebook)?;
            if !shipping.allow_secrets && !secrets_in_text(&String::from_utf8_lossy(&content)).is_empty() {
                return Err(TargetError::Secret);
            }
            files.push(File { name: "notebook.ipynb".to_owned(), content });
        }
        Ok(files)
    }

    fn template(self) -> Option<&'static str> {
        match self {
            Self::Local | Self::Standalone => None,
            Self::AirflowConnect => Some(include_str!("targets/airflow_connect.py.jinja")),
            Self::AirflowSubmit => Some(include_str!("targets/airflow_submit.py.jinja")),
            Self::Papermill => Some(include_str!("targets/papermill.py.jinja")),
        }
    }
}

/// Where each line of the job comes from: `[cell, line]`, or `null` before the first cell.
fn cells(job: &Job) -> String {
    let place = |place: &Option<crate::Place>| match place {
        Some(place) => format!("[{},{}]", place.cell, place.line),
        None => "null".to_owned(),
    };
    let places: Vec<String> = job.places().iter().map(place).collect();
    format!("{{\"lines\":[{}]}}\n", places.join(","))
}

fn filled(template: &str, job: &Job, shipping: &Shipping<'_>) -> Result<String, TargetError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build()?);
    // Every value of a stranger becomes a literal, so that none of them can be code.
    environment.add_filter("literal", |text: &str| python::literal(text));
    let parameters = job.parameters.iter().map(|one| {
        let value = if one.kind == LiteralKind::Tuple { format!("list(({}))", one.source) } else { one.source.clone() };
        context! { name => &one.name, value, schema => schema(one.kind) }
    });
    let filled = environment.render_str(
        template,
        context! {
            notebook => shipping.notebook_name,
            dag_id => shipping.dag_id,
            schedule => shipping.schedule,
            connection => shipping.connection,
            parameters => parameters.collect::<Vec<_>>(),
        },
    )?;
    Ok(filled)
}

/// The type of a value in JSON Schema; any for `None`.
fn schema(kind: LiteralKind) -> Option<&'static str> {
    Some(match kind {
        LiteralKind::Str => "string",
        LiteralKind::Int => "integer",
        LiteralKind::Float => "number",
        LiteralKind::Bool => "boolean",
        LiteralKind::List | LiteralKind::Tuple => "array",
        LiteralKind::Dict => "object",
        LiteralKind::None => return None,
    })
}

/// A name for a workflow from a file's name: letters, digits and `_`, with a letter first. Other alphabets' letters cannot
/// be in it, so that a sum of them tells such names apart.
#[must_use]
pub fn dag_id(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let mut id = String::new();
    for c in stem.chars() {
        match c.is_ascii_alphanumeric() {
            true => id.push(c),
            false if !id.ends_with('_') && !id.is_empty() => id.push('_'),
            false => {}
        }
    }
    let id: String = id.trim_matches('_').chars().take(100).collect();
    let is_other = |c: char| c.is_alphanumeric() && !c.is_ascii();
    let id = match (stem.contains(is_other), id.is_empty()) {
        (false, _) => id,
        (true, true) => format!("notebook_{:08x}", sum(stem)),
        (true, false) => format!("{id}_{:08x}", sum(stem)),
    };
    match id.chars().next() {
        // A file `job.py` or a folder's module must not be hidden by it.
        None => "notebook".to_owned(),
        Some(_) if id == "job" => "job_dag".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("nb_{id}"),
        Some(_) => id,
    }
}

/// FNV-1a: always the same for a text, on every machine and in every version.
fn sum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
