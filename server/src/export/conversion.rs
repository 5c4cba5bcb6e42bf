//! A notebook becomes a job: read, converted, compiled by the Python that will run it, with its target's files.

use std::collections::{BTreeMap, BTreeSet};

use notebook_job::{
    File, Job, Notebook, Options, ReadError, Shell, Shipping, Target, TargetError, Version, dag_id, difference,
};
use thiserror::Error;
use tokio::task;
use tokio_util::sync::CancellationToken;
use wire::export::{ConversionOptions, ConvertNotebook, ExportTarget, ShellChoice};

use super::{
    interpreter,
    schedule::{Schedule, ScheduleError},
};

/// The Python of a job if neither the person nor the notebook nor this machine says another.
const PYTHON: Version = Version { minor: 11 };
/// Choices for single cells and lines: a person clicks on each.
const MOST_CHOICES: usize = 10_000;
/// The longest name of a workflow.
const LONGEST_ID: usize = 200;

/// A notebook to convert.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The file's name.
    pub name: String,
    pub notebook: Vec<u8>,
    pub options: ConversionOptions,
}

impl From<ConvertNotebook> for Asked {
    fn from(ConvertNotebook { name, notebook, options }: ConvertNotebook) -> Self {
        Self { name, notebook: notebook.into_bytes(), options }
    }
}

/// A notebook and its job.
#[derive(Debug)]
pub(crate) struct Converted {
    pub notebook: Notebook,
    pub job: Job,
    pub python: Version,
    pub dag_id: String,
    pub schedule: Option<Schedule>,
    /// The job's files, `job.py` first; none while it is blocked.
    pub files: Vec<File>,
    pub options: ConversionOptions,
    /// The lines of both.
    pub lines: Vec<notebook_job::Compared>,
}

/// Why there is no job at all.
#[derive(Debug, Error)]
pub(crate) enum ConversionError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{0} is no version of Python such as 3.11")]
    Python(String),
    #[error("more than {MOST_CHOICES} choices for cells and lines")]
    Choices,
    #[error("there is no code cell {cell}: the notebook has {cells}")]
    NoCell { cell: u32, cells: usize },
    #[error("the name of the workflow needs letters, digits, `_` and `-`, a letter first, and may not be `job`")]
    DagId,
    #[error("the schedule cannot be used: {0}")]
    Schedule(#[from] ScheduleError),
    #[error("papermill runs the notebook as it is, so no line of it can be removed")]
    Papermill,
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("nobody waits for the conversion any more")]
    Abandoned,
    #[error("the conversion ended unexpectedly")]
    Lost(#[from] task::JoinError),
}

/// Converts a notebook on threads of their own. If nobody waits for it any more, it ends before the next cell. `held` is
/// given back when it has ended.
///
/// # Errors
/// When there is nothing to show. What keeps a job from being run is a finding.
pub(crate) async fn convert(
    mut asked: Asked,
    connection: String,
    held: impl Send + 'static,
) -> Result<Converted, ConversionError> {
    let ConversionOptions { skip, lines, .. } = &mut asked.options;
    if skip.len().max(lines.len()) > MOST_CHOICES {
        return Err(ConversionError::Choices);
    }
    skip.sort_unstable();
    skip.dedup();
    let schedule = Schedule::read(asked.options.schedule.as_deref().unwrap_or_default())?;
    if asked.options.dag_id.as_deref().is_some_and(|id| !is_dag_id(id)) {
        return Err(ConversionError::DagId);
    }
    let told = asked.options.python.clone();
    let told = told.map(|told| told.parse::<Version>().map_err(|_| ConversionError::Python(told))).transpose()?;
    let here = interpreter::installed().await.unwrap_or(PYTHON);
    let abandoned = CancellationToken::new();
    let _waits = abandoned.clone().drop_guard();
    let ((asked, notebook, mut job, python), held) =
        task::spawn_blocking(move || read(asked, told, here, &abandoned).map(|read| (read, held))).await??;
    if !job.is_blocked() {
        match interpreter::refusal(&job.text, python).await {
            Ok(None) => {}
            Ok(Some(refusal)) => job.refuse(refusal.line, &refusal.message),
            Err(error) => job.was_not_compiled(&error.to_string()),
        }
    }
    let finish = move || {
        let _held = held;
        finished(asked, notebook, job, python, schedule, &connection)
    };
    task::spawn_blocking(finish).await?
}

fn read(
    asked: Asked,
    told: Option<Version>,
    here: Version,
    abandoned: &CancellationToken,
) -> Result<(Asked, Notebook, Job, Version), ConversionError> {
    let notebook = Notebook::read(&asked.name, &asked.notebook)?;
    let cells = notebook.cells.len();
    let skip: BTreeSet<usize> = asked.options.skip.iter().map(|cell| *cell as usize).collect();
    if let Some(cell) = asked.options.skip.iter().find(|cell| **cell as usize >= cells) {
        return Err(ConversionError::NoCell { cell: *cell, cells });
    }
    let of_notebook = || notebook.version.as_deref().and_then(|version| version.parse().ok());
    let python = told.or_else(of_notebook).unwrap_or(here);
    let lines: BTreeMap<(usize, usize), Shell> = asked
        .options
        .lines
        .iter()
        .map(|choice| ((choice.cell as usize, choice.line as usize), shell(choice.shell)))
        .collect();
    let shell = shell(asked.options.shell);
    let is_dropped = shell == Shell::Drop || lines.values().any(|shell| *shell == Shell::Drop);
    if is_dropped && asked.options.target == ExportTarget::Papermill {
        return Err(ConversionError::Papermill);
    }
    let options = Options { python, skip, shell, lines, allow_secrets: asked.options.allow_secrets };
    let go_on = || if abandoned.is_cancelled() { Err(ConversionError::Abandoned) } else { Ok(()) };
    let job = notebook_job::convert_while(&notebook, &asked.name, &options, go_on)?;
    Ok((asked, notebook, job, python))
}

fn finished(
    asked: Asked,
    notebook: Notebook,
    mut job: Job,
    python: Version,
    schedule: Option<Schedule>,
    connection: &str,
) -> Result<Converted, ConversionError> {
    let Asked { name, notebook: bytes, options } = asked;
    let dag_id = options.dag_id.clone().unwrap_or_else(|| dag_id(&name));
    let mut files = Vec::new();
    if !job.is_blocked() {
        let shipping = Shipping {
            notebook_name: &name,
            notebook: &bytes,
            skip: &options.skip.iter().map(|cell| *cell as usize).collect(),
            allow_secrets: options.allow_secrets,
            dag_id: &dag_id,
            schedule: schedule.as_ref().map(Schedule::text),
            connection,
        };
        match target(options.target).files(&job, &shipping) {
            Ok(made) => files = made,
            Err(TargetError::Secret) => job.has_secret_elsewhere(),
            Err(error) => return Err(error.into()),
        }
    }
    let lines = difference(&notebook, &job);
    Ok(Converted { notebook, job, python, dag_id, schedule, files, options, lines })
}

impl Converted {
    /// Names all that a person was shown of a job, so that nothing else is run or delivered.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        add(self.dag_id.as_bytes());
        add(self.job.text.as_bytes());
        for file in &self.files {
            add(file.name.as_bytes());
            add(&file.content);
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Whether a secret was let through.
    pub fn has_allowed_secrets(&self) -> bool {
        self.options.allow_secrets && self.job.findings.iter().any(|finding| finding.code == "secret")
    }
}

/// The same job with a text that a person has edited. No line of it has a place in the notebook.
///
/// # Errors
/// What Python does not accept in it, by its line.
pub(crate) async fn edited(mut converted: Converted, text: String) -> Result<Converted, interpreter::Refusal> {
    if let Ok(Some(refusal)) = interpreter::refusal(&text, converted.python).await {
        return Err(refusal);
    }
    let places = vec!["null"; text.lines().count()].join(",");
    for file in &mut converted.files {
        match file.name.as_str() {
            "job.py" => file.content = text.clone().into_bytes(),
            "job.cells.json" => file.content = format!("{{\"lines\":[{places}]}}\n").into_bytes(),
            _ => {}
        }
    }
    converted.job.text = text;
    Ok(converted)
}

fn shell(choice: ShellChoice) -> Shell {
    match choice {
        ShellChoice::Ask => Shell::Ask,
        ShellChoice::Translate => Shell::Translate,
        ShellChoice::Drop => Shell::Drop,
    }
}

fn target(target: ExportTarget) -> Target {
    match target {
        ExportTarget::Local => Target::Local,
        ExportTarget::Standalone => Target::Standalone,
        ExportTarget::AirflowConnect => Target::AirflowConnect,
        ExportTarget::AirflowSubmit => Target::AirflowSubmit,
        ExportTarget::Papermill => Target::Papermill,
    }
}

/// Airflow accepts more, but the name is a file's too.
fn is_dag_id(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= LONGEST_ID
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && name != "job"
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn converted(options: ConversionOptions) -> Result<Converted, ConversionError> {
        let asked = Asked { name: "a b.py".to_owned(), notebook: b"# %%\nx = 1\n".to_vec(), options };
        convert(asked, "spark_default".to_owned(), ()).await
    }

    #[tokio::test]
    async fn the_hash_is_of_all_that_is_shown() {
        let of = async |options| converted(options).await.unwrap().hash();
        let first = of(ConversionOptions::default()).await;
        assert_eq!(first, of(ConversionOptions::default()).await);
        let airflow = ConversionOptions { target: ExportTarget::AirflowConnect, ..ConversionOptions::default() };
        let nightly = ConversionOptions { schedule: Some("@daily".to_owned()), ..airflow.clone() };
        let named = ConversionOptions { dag_id: Some("other".to_owned()), ..airflow.clone() };
        let skipped = ConversionOptions { skip: vec![0], ..ConversionOptions::default() };
        let hashes = [first, of(airflow).await, of(nightly).await, of(named).await, of(skipped).await];
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), 5);
    }

    #[test]
    fn what_nobody_waits_for_is_not_converted() {
        let abandoned = CancellationToken::new();
        let read = || {
            let asked = Asked { name: "a.py".to_owned(), notebook: b"x = 1\n".to_vec(), options: Default::default() };
            read(asked, None, PYTHON, &abandoned)
        };
        assert!(read().is_ok());
        abandoned.cancel();
        assert!(matches!(read(), Err(ConversionError::Abandoned)));
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let error = async |options| converted(options).await.unwrap_err().to_string();
        let options = ConversionOptions::default;
        assert!(error(ConversionOptions { skip: vec![0; 10_001], ..options() }).await.contains("more than"));
        assert!(error(ConversionOptions { skip: vec![1], ..options() }).await.contains("no code cell 1"));
        assert!(error(ConversionOptions { python: Some("two".into()), ..options() }).await.contains("3.11"));
        assert!(error(ConversionOptions { schedule: Some("x".into()), ..options() }).await.contains("five fields"));
        for id in ["job", "1a", "a b", "", &"a".repeat(201)] {
            assert!(matches!(
                converted(ConversionOptions { dag_id: Some(id.into()), ..options() }).await,
                Err(ConversionError::DagId)
            ));
        }
        let papermill = ConversionOptions { target: ExportTarget::Papermill, shell: ShellChoice::Drop, ..options() };
        assert!(error(papermill).await.contains("papermill"));
    }
}
