//! `POST export/runs`: runs a notebook, or its job, on this machine.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    path::{Component, Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use monitor::{Tasks, Whose, clock};
use serde::Serialize;
use tokio::process::Command;
use wire::{
    ErrorBody,
    export::{NewRun, Run, RunKind, ShellChoice},
};

use super::{
    errors,
    folder::Folder,
    kept::{self, Look},
    owner, parameters,
    request::{Given, Request},
};
use crate::{
    config::{RunsSite, SECRET_VARIABLES},
    export::{
        Exports,
        conversion::{self, Asked, Converted},
        errors as of_export,
        turn::Turn,
    },
    http::{ApiError, Caller, JsonBody},
};

/// Text that is kept of what a run prints, bytes.
const PRINTED_BYTES: u64 = 1 << 20;
/// The program that runs a job.
const PROGRAM: &str = "berdl_spark_monitor.run_job";
/// What it says before it can write to its folder.
const PROGRAM_LOG: &str = "program.txt";

/// A line of the audit log, written before a job begins.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    run_id: &'a str,
    path: &'a str,
    kind: RunKind,
    /// Of all that the person was shown.
    hash: &'a str,
}

/// Runs a notebook in a kernel that Jupyter has started, or its job as a script, if it is what the person was shown.
#[utoipa::path(post, path = "/export/runs", tag = "export", request_body = NewRun, responses(
    (status = 202, description = "It starts", body = Run),
    (status = 409, description = "The notebook is not the one that was shown (`conflict`)", body = ErrorBody),
    (status = 422, description = "A finding keeps the job from being run (`blocked`)", body = ErrorBody),
    (status = 429, description = "As many jobs run as may at once (`too_many`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn start_run(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    turn: Turn,
    JsonBody(new): JsonBody<NewRun>,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let site = exports.runs.site.clone().map_err(errors::off)?;
    let cwd = checked(&new, &site)?;
    let name = file_name(&new.path);
    let asked = Asked { name: name.to_owned(), notebook: new.notebook.clone().into_bytes(), options: new.options };
    let converted = conversion::convert(asked, exports.connection(), turn).await.map_err(of_export::refused)?;
    if converted.hash() != new.hash {
        return Err(errors::changed());
    }
    let converted = of_export::unblocked(converted)?;
    // A kernel runs the cells as they are.
    let drops = |shell: ShellChoice| shell == ShellChoice::Drop;
    let options = &converted.options;
    if new.kind == RunKind::Notebook && (drops(options.shell) || options.lines.iter().any(|line| drops(line.shell))) {
        return Err(errors::drops_lines());
    }
    let given = parameters::checked(new.parameters, &converted.job.parameters);
    let given = given.map_err(|error| errors::bad_parameters(&error))?;
    exports.audit_secrets(&whose, &converted, "runs")?;
    let request = request(&new.path, new.kind, (new.kernel_id, new.kernel_name), cwd, &whose, given, &converted);
    let run = NewFiles { request, notebook: new.notebook, converted, hash: new.hash };
    let audited = Arc::clone(&exports);
    let tasks = exports.runs.tasks.clone();
    let run = exports.runs.with(move |look, site| begin(look, site, &audited, &run, &tasks));
    Ok((StatusCode::ACCEPTED, Json(run.await?)))
}

/// A run that may begin.
struct NewFiles {
    request: Request,
    notebook: String,
    converted: Converted,
    hash: String,
}

/// Checks what needs no conversion. Returns where the job begins.
fn checked(new: &NewRun, site: &RunsSite) -> Result<PathBuf, ApiError> {
    let is_id = |id: &String| id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_name = |name: &String| !name.is_empty() && name.len() <= 200;
    let has_kernel = match new.kind {
        RunKind::Notebook => new.kernel_id.as_ref().is_some_and(is_id),
        RunKind::Script => new.kernel_name.as_ref().is_some_and(is_name),
    };
    if !has_kernel {
        return Err(errors::no_kernel());
    }
    if kept::has_outputs(new.kind) && !new.path.to_lowercase().ends_with(".ipynb") {
        return Err(errors::no_notebook());
    }
    // A run keeps the notebook, then it with its outputs, and a copy of that while it is written.
    if new.notebook.len() as u64 > kept::share_bytes(site) / 4 {
        return Err(errors::too_large(kept::share_bytes(site) / 4));
    }
    folder_of(&new.path, &site.notebooks).ok_or_else(errors::bad_path)
}

/// The folder of a notebook, which is beneath the one that Jupyter shows.
fn folder_of(path: &str, root: &Path) -> Option<PathBuf> {
    let path = Path::new(path.trim_start_matches('/'));
    let is_beneath = path.components().all(|part| matches!(part, Component::Normal(_)));
    let folder = root.join(path.parent()?);
    (is_beneath && folder.is_dir()).then_some(folder)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn request(
    path: &str,
    kind: RunKind,
    (kernel_id, kernel_name): (Option<String>, Option<String>),
    cwd: PathBuf,
    whose: &Whose,
    parameters: BTreeMap<String, Given>,
    converted: &Converted,
) -> Request {
    Request {
        kind,
        path: path.to_owned(),
        owner: owner(whose),
        started_at_ms: clock::now_ms(),
        kernel_id: kernel_id.filter(|_| kind == RunKind::Notebook),
        kernel_name,
        cwd,
        cells: u32::try_from(converted.notebook.cells.len()).unwrap_or(u32::MAX),
        skip: converted.options.skip.clone(),
        parameters,
        parameters_cell: converted.job.parameters_cell,
        printed_bytes: PRINTED_BYTES,
        output_bytes: 0,
    }
}

fn begin(
    mut look: Look<'_>,
    site: &RunsSite,
    exports: &Exports,
    new: &NewFiles,
    tasks: &Tasks,
) -> Result<Run, ApiError> {
    if look.running() >= site.at_once {
        return Err(errors::too_many(site.at_once));
    }
    let disk = |error: io::Error| errors::disk(&error);
    let id = new_id().map_err(disk)?;
    let Request { path, kind, owner: who, started_at_ms: at_ms, .. } = &new.request;
    let line = Line { at_ms: *at_ms, event: "runs", who, run_id: &id, path, kind: *kind, hash: &new.hash };
    exports.audit.write(&line).map_err(|error| of_export::not_audited(&error))?;
    look.make_room(site).map_err(disk)?;
    let folder = Folder::of(&site.folder, &id).ok_or_else(|| disk(io::ErrorKind::InvalidInput.into()))?;
    folder.create().map_err(disk)?;
    // Held before anybody can find the run, because one without it would be lost.
    let begun = folder.lock().and_then(|lock| {
        write(&folder, site, new)?;
        spawn(&folder, lock, site, tasks)
    });
    if let Err(error) = begun {
        let _ = folder.remove();
        return Err(disk(error));
    }
    tracing::info!(run.id = id, run.kind = ?kind, "A job begins");
    look.add(id, folder, new.request.clone()).map_err(disk)
}

fn write(folder: &Folder, site: &RunsSite, new: &NewFiles) -> io::Result<()> {
    match new.request.kind {
        RunKind::Notebook => {
            let text = new.notebook.strip_prefix('\u{feff}').unwrap_or(&new.notebook);
            folder.write("notebook.ipynb", text.as_bytes())?;
        }
        RunKind::Script => {
            let files = new.converted.files.iter().filter(|file| ["job.py", "job.cells.json"].contains(&&*file.name));
            files.into_iter().try_for_each(|file| folder.write(&file.name, &file.content))?;
        }
    }
    // Beside the notebook as it was, both the old and the new one with outputs are there for a moment.
    let left = kept::share_bytes(site).saturating_sub(PRINTED_BYTES);
    let output_bytes = (left / 3).saturating_sub(new.notebook.len() as u64);
    let printed_bytes = PRINTED_BYTES.min(kept::share_bytes(site) / 8);
    folder.write_request(&Request { printed_bytes, output_bytes, ..new.request.clone() })
}

fn spawn(folder: &Folder, lock: File, site: &RunsSite, tasks: &Tasks) -> io::Result<()> {
    let log = folder.new_file(PROGRAM_LOG)?;
    let mut program = Command::new(&site.python);
    // The module is looked for in the current folder first, and here it is nobody else's.
    program.args(["-m", PROGRAM]).arg(folder.path()).current_dir(folder.path());
    SECRET_VARIABLES.iter().for_each(|name| _ = program.env_remove(name));
    program.stdin(Stdio::from(lock)).stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log));
    let mut child = program.spawn()?;
    // It goes on without us; only its exit code is collected as long as we are there.
    tasks.spawn(move |end| async move { _ = end.run_until_cancelled(child.wait()).await });
    Ok(())
}

/// A name that no other has.
pub(in crate::export) fn new_id() -> io::Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_begins_beneath_the_folder_that_jupyter_shows() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("a b")).unwrap();
        assert_eq!(folder_of("x.ipynb", root.path()), Some(root.path().to_owned()));
        assert_eq!(folder_of("/a b/x.ipynb", root.path()), Some(root.path().join("a b")));
        for path in ["", "../x.ipynb", "a b/../../x.ipynb", "none/x.ipynb", "//"] {
            assert_eq!(folder_of(path, root.path()), None, "{path}");
        }
    }
}
