//! `berdl-spark-monitor sql`: one statement on Spark Connect, from the command line.

mod arguments;
mod output;

use std::{process::ExitCode, time::Duration};

use connect_client::{
    Address, Client, ConnectError, Event, Run, RunOptions, Session, Statement, StatementKind, TrustedRoots,
};
use secrecy::SecretString;

pub use self::arguments::{Format, Sql};
use self::output::{Answer, Problem};

/// Exit codes besides 0.
const SPARK_ERROR: u8 = 1;
const USAGE: u8 = 2;
const LIMIT: u8 = 3;
/// What shells use for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// How long the end of an interrupted statement is awaited before the session is released with it.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Runs the statement and prints its result, or its plan.
///
/// # Errors
/// When standard output cannot be written.
pub async fn run(command: Sql, token: Option<SecretString>) -> anyhow::Result<ExitCode> {
    let format = command.format;
    let code = match prepare(&command, token) {
        Ok((session, statement)) => {
            let done = perform(&command, &session, &statement).await;
            // The server would keep the session for an hour.
            if let Err(error) = session.release().await {
                // Standard error has nothing but the statement's own error, so that programs can read it.
                tracing::debug!(%error, "The Spark session could not be released");
            }
            done?
        }
        Err(problem) => {
            output::complain(&problem, format)?;
            problem.exit_code()
        }
    };
    Ok(ExitCode::from(code))
}

fn prepare(command: &Sql, token: Option<SecretString>) -> Result<(Session, Statement), Box<Problem>> {
    let url = command.url.as_deref().ok_or_else(|| Problem::usage("set SPARK_CONNECT_URL or give --url sc://HOST"))?;
    let mut address: Address = url.parse().map_err(Problem::usage)?;
    if let Some(token) = token {
        address = address.with_token(token).map_err(Problem::usage)?;
    }
    let pem = command.ca_file.as_ref().map(std::fs::read).transpose();
    let pem = pem.map_err(|error| Problem::usage(format!("SPARK_MONITOR_CA_FILE cannot be read: {error}")))?;
    let client = Client::new(address, &TrustedRoots { pem }).map_err(|error| Box::new(Problem::of(&error)))?;
    let statement = command.statement().map_err(Problem::usage)?;
    Ok((Session::new(client, command.user()), statement))
}

async fn perform(command: &Sql, session: &Session, statement: &Statement) -> anyhow::Result<u8> {
    if let Some(mode) = command.explain {
        let explained = stoppable(session.explain(statement, mode)).await;
        return match explained {
            Some(Ok(plan)) => output::print_plan(&plan, command.format).map(|()| 0),
            Some(Err(error)) => failed(&error, command.format),
            None => Ok(INTERRUPTED),
        };
    }
    let options = RunOptions { limits: command.limits(), tags: Vec::new() };
    let run = if command.read_only {
        match stoppable(session.kind(statement)).await {
            Some(Ok(StatementKind::Query)) => session.run_query(statement, options),
            Some(Ok(StatementKind::Shows { .. })) => session.run(statement, options),
            Some(Ok(StatementKind::Command { plan, .. })) => {
                let problem = Problem::read_only(&plan);
                output::complain(&problem, command.format)?;
                return Ok(problem.exit_code());
            }
            Some(Err(error)) => return failed(&error, command.format),
            None => return Ok(INTERRUPTED),
        }
    } else {
        session.run(statement, options)
    };
    match collect(run).await {
        Collected::All(answer) => {
            output::print(&answer, command.format)?;
            match answer.limit() {
                Some(limit) => failed(&limit.into(), command.format),
                None => Ok(0),
            }
        }
        Collected::Failed(error) => failed(&error, command.format),
        Collected::Interrupted(error) => {
            if let Some(error) = error {
                output::complain(&Problem::of(&error), command.format)?;
            }
            Ok(INTERRUPTED)
        }
    }
}

fn failed(error: &ConnectError, format: Format) -> anyhow::Result<u8> {
    let problem = Problem::of(error);
    output::complain(&problem, format)?;
    Ok(problem.exit_code())
}

/// What became of a statement.
enum Collected {
    All(Answer),
    Failed(ConnectError),
    /// Ctrl-C stopped it. The error is what Spark says about it, or why it could not be told.
    Interrupted(Option<ConnectError>),
}

/// Reads the result. Ctrl-C stops the statement on the server.
async fn collect(mut run: Run) -> Collected {
    let interrupter = run.interrupter();
    let mut answer = Answer::default();
    let mut reading = Box::pin(async {
        while let Some(event) = run.next().await? {
            match event {
                Event::Columns(columns) => answer.columns = columns,
                Event::Rows(rows) => answer.rows.push(rows),
                Event::Progress(progress) => tracing::debug!(?progress, "Spark works"),
                Event::Ended(ended) => answer.ended = Some(ended),
            }
        }
        Ok::<_, ConnectError>(())
    });
    let done = tokio::select! {
        done = &mut reading => done,
        () = interrupted() => {
            // Whoever presses Ctrl-C again does not want to wait for the server.
            tokio::spawn(async {
                interrupted().await;
                std::process::exit(i32::from(INTERRUPTED));
            });
            if let Ok(Err(error)) = tokio::time::timeout(STOP_PATIENCE, interrupter.interrupt()).await {
                return Collected::Interrupted(Some(error));
            }
            let end = tokio::time::timeout(STOP_PATIENCE, reading).await;
            return Collected::Interrupted(end.ok().and_then(Result::err));
        }
    };
    drop(reading);
    match done {
        Ok(()) => Collected::All(answer),
        Err(error) => Collected::Failed(error),
    }
}

async fn stoppable<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = interrupted() => None,
    }
}

/// Ctrl-C, or a supervisor's request to end.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
