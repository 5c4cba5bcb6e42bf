//! `assistant/check`: begins a check, and tells how far it is.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use check::{Checked, Chosen, MAX_BYTES, Report, Rung, Verdict};
use monitor::Whose;
use serde::Deserialize;
use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, timeout},
};
use uuid::Uuid;
use wire::{
    ErrorBody, ErrorCode,
    assist::{Check, CheckFinding, CheckProof, CheckRung, CheckState, CheckVerdict, NewCheck},
};

use super::{
    Assist,
    program::{self, Program},
};
use crate::{
    http::{ApiError, Caller, JsonBody, Parameters},
    ladder,
    words::{errors::Explained, say},
};

/// Checks of one person that have not ended.
const OF_ONE: usize = 4;
/// Checks that are kept.
const KEPT: usize = 200;
/// How long one is kept after its beginning.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);
/// Longest wait for the end of one, milliseconds.
const LONGEST_WAIT_MS: u64 = 5_000;
/// The most cells of a program, and chosen tables and paths.
const MOST_CELLS: usize = 2_000;

/// Rehearsals at once: each may take a gibibyte.
static REHEARSALS: Semaphore = Semaphore::const_new(2);

const NOT_ALLOWED: &str = "Spark was not asked: the person has not let agents check with Spark. In JupyterLab, the \
                           command \"Let AI agents check with Spark\" does.";
const NO_SERVER: &str = "Spark was not asked: no Spark Connect server is configured (SPARK_CONNECT_URL).";

/// One check.
#[derive(Debug)]
struct Kept {
    id: Uuid,
    owner: Whose,
    began: Instant,
    done: watch::Sender<Option<Arc<Check>>>,
}

impl Kept {
    fn shown(&self) -> Check {
        let done = self.done.borrow().clone();
        done.map_or_else(
            || Check {
                id: self.id.to_string(),
                state: CheckState::Running,
                verdict: None,
                findings: Vec::new(),
                rungs: Vec::new(),
                note: None,
            },
            |done| (*done).clone(),
        )
    }

    fn is_done(&self) -> bool {
        self.done.borrow().is_some()
    }
}

/// All checks, the newest last.
#[derive(Debug, Default)]
pub(super) struct Checks(Mutex<VecDeque<Arc<Kept>>>);

impl Checks {
    /// Keeps a new one, unless its owner has too many that have not ended.
    fn add(&self, owner: Whose) -> Option<Arc<Kept>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| !kept.is_done() || kept.began.elapsed() < KEPT_FOR);
        if all.iter().filter(|kept| kept.owner == owner && !kept.is_done()).count() >= OF_ONE {
            return None;
        }
        if all.len() >= KEPT {
            let oldest = all.iter().position(|kept| kept.is_done())?;
            all.remove(oldest);
        }
        let kept = Kept { id: Uuid::new_v4(), owner, began: Instant::now(), done: watch::Sender::new(None) };
        let kept = Arc::new(kept);
        all.push_back(Arc::clone(&kept));
        Some(kept)
    }

    /// The caller's. Somebody else's is as unknown as one that does not exist.
    fn get(&self, owner: &Whose, id: &str) -> Option<Arc<Kept>> {
        let id: Uuid = id.parse().ok()?;
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|kept| kept.id == id && kept.owner == *owner).cloned()
    }
}

/// Begins to check a program. Nothing of it runs on Spark.
#[utoipa::path(post, path = "/assistant/check", tag = "assistant", request_body = NewCheck, responses(
    (status = 202, description = "It runs; ask for its id", body = Check),
    (status = 404, description = "SPARK_MONITOR_ASSISTANT is off", body = ErrorBody),
    (status = 413, description = "The program is larger than 256 KiB (`too_large`)", body = ErrorBody),
    (status = 429, description = "Four checks of yours have not ended (`too_many`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn check(
    State(assist): State<Arc<Assist>>,
    Caller(whose): Caller,
    JsonBody(new): JsonBody<NewCheck>,
) -> Result<(StatusCode, Json<Check>), ApiError> {
    if new.cells.iter().map(|cell| cell.len() + 1).sum::<usize>() > MAX_BYTES {
        return Err(too_large());
    }
    if [new.cells.len(), new.tables.len(), new.paths.len()].into_iter().any(|count| count > MOST_CELLS) {
        return Err(ApiError::bad_json(&format!("cells, tables, paths: more than {MOST_CELLS}")));
    }
    let kept = assist.checks.add(whose).ok_or_else(too_many)?;
    let shown = kept.shown();
    let running = Arc::clone(&assist);
    assist.tasks.spawn(move |end| async move {
        tokio::select! {
            () = end.cancelled() => {}
            () = climb(&running, &kept, new) => {}
        }
    });
    Ok((StatusCode::ACCEPTED, Json(shown)))
}

/// How far a check is. With `wait_ms` the answer waits for its end, at most five seconds.
#[utoipa::path(get, path = "/assistant/check/{id}", tag = "assistant",
    params(
        ("id" = String, Path, description = "The check; it is kept for 15 minutes"),
        ("wait_ms" = Option<u64>, Query, description = "How long to wait for its end, milliseconds"),
    ),
    responses(
        (status = 200, description = "The check", body = Check),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_check(
    State(assist): State<Arc<Assist>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
    Parameters(Wait { wait_ms }): Parameters<Wait>,
) -> Result<Json<Check>, ApiError> {
    let kept = assist.checks.get(&whose, &id).ok_or_else(unknown)?;
    let mut done = kept.done.subscribe();
    let _ = timeout(Duration::from_millis(wait_ms.min(LONGEST_WAIT_MS)), done.wait_for(Option::is_some)).await;
    Ok(Json(kept.shown()))
}

/// How long to wait.
#[derive(Debug, Deserialize)]
pub(crate) struct Wait {
    #[serde(default)]
    wait_ms: u64,
}

/// Takes a program up the ladder, and keeps what was found.
async fn climb(assist: &Assist, kept: &Kept, new: NewCheck) {
    let chosen = Chosen { tables: new.tables, paths: new.paths };
    let cells = new.cells;
    // It takes a core for some milliseconds.
    let parsed = tokio::task::spawn_blocking(move || program::first_rungs(&cells, &chosen)).await;
    let Ok(Ok((program, mut checked))) = parsed else {
        // Its size has been looked at, so this is a fault of ours; the log has the panic.
        kept.done.send_replace(Some(Arc::new(broken(kept.id))));
        return;
    };
    let asks = checked.uses_spark && checked.verdict() < Verdict::Fails;
    let note = if asks && new.agent && !assist.lets_agents(&kept.owner) {
        Some(NOT_ALLOWED.to_owned())
    } else if asks {
        ask(assist, &kept.owner, &program, &mut checked).await
    } else {
        None
    };
    let report = checked.report();
    kept.done.send_replace(Some(Arc::new(shown(kept.id, &program, report, note))));
}

/// The rungs that need Spark. Says why they were left out, if they were.
async fn ask(assist: &Assist, owner: &Whose, program: &Program, checked: &mut Checked) -> Option<String> {
    match assist.session(owner) {
        Ok(Some(session)) => ladder::explain(session, checked).await,
        Ok(None) => return Some(NO_SERVER.to_owned()),
        Err(error) => return Some(format!("Spark was not asked: {error}.")),
    }
    // One at a time of one person. Neither fails: no semaphore is closed.
    let own = assist.rehearsals.of(owner, || Semaphore::new(1));
    let (_turn, _place) = (own.acquire().await, REHEARSALS.acquire().await);
    let session = assist.session(owner).ok().flatten();
    ladder::rehearse(&assist.rehearsal, session, &program.source, checked).await;
    None
}

fn broken(id: Uuid) -> Check {
    Check {
        id: id.to_string(),
        state: CheckState::Done,
        verdict: Some(CheckVerdict::Unproven),
        findings: Vec::new(),
        rungs: Vec::new(),
        note: Some(
            "The check has a fault, so nothing was proved; the log of the notebook server says more.".to_owned(),
        ),
    }
}

fn shown(id: Uuid, program: &Program, report: Report, note: Option<String>) -> Check {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let finding = |finding: check::Finding| {
        let (cell, line) = program.place(finding.line);
        let fix = match finding.code.as_str() {
            // The command line names its own option.
            "NOT_ASKED" => note.clone().unwrap_or(finding.fix),
            _ => finding.fix,
        };
        CheckFinding {
            rung: rung(finding.rung),
            code: finding.code,
            severity: verdict(finding.effect),
            cell: number(cell),
            line: number(line),
            column: number(finding.column),
            message: finding.message,
            fix,
        }
    };
    Check {
        id: id.to_string(),
        state: CheckState::Done,
        verdict: Some(verdict(report.verdict)),
        findings: report.findings.into_iter().map(finding).collect(),
        rungs: report.rungs.into_iter().map(|one| CheckProof { rung: rung(one.rung), proved: one.proved }).collect(),
        note,
    }
}

fn rung(rung: Rung) -> CheckRung {
    match rung {
        Rung::Parse => CheckRung::Parse,
        Rung::Rules => CheckRung::Rules,
        Rung::Sql => CheckRung::Sql,
        Rung::Rehearsal => CheckRung::Rehearsal,
    }
}

fn verdict(verdict: Verdict) -> CheckVerdict {
    match verdict {
        Verdict::Passes => CheckVerdict::Passes,
        Verdict::Unproven => CheckVerdict::Unproven,
        Verdict::Fails => CheckVerdict::Fails,
        Verdict::Refused => CheckVerdict::Refused,
    }
}

fn too_large() -> ApiError {
    let error = say!("The program is larger than %1 KiB.", MAX_BYTES >> 10);
    ApiError::explained(ErrorCode::TooLarge, Explained { error, hint: say!("Check a part of it.") })
}

fn too_many() -> ApiError {
    let error = say!("%1 of your checks have not ended yet, and no more are allowed.", OF_ONE);
    ApiError::explained(ErrorCode::TooMany, Explained { error, hint: say!("Wait for one.") }).after(5)
}

fn unknown() -> ApiError {
    let error = say!("This check is not known any more, or not yours.");
    ApiError::explained(ErrorCode::NotFound, Explained { error, hint: say!("Check it again.") })
}
