//! Asks Spark Connect to explain the statements of a program. Nothing is run: see `connect_client::Session::analysis`.

use std::time::Duration;

use check::{Answer, Checked, Explained, Failure, MAX_STATEMENTS, SqlStatement, StatementEffect};
use connect_client::{
    Address, AnalysisFailure, Client, ConnectError, Position, Session, Statement, StatementKind, TrustedRoots,
};
use secrecy::SecretString;
use tokio::time::{Instant, timeout, timeout_at};

use super::Check;

/// How long all statements of a program may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long the release of the session may take.
const RELEASE: Duration = Duration::from_secs(5);

/// A connection to the given address.
///
/// # Errors
/// If the address or the certificates are wrong: that is a matter of usage.
pub(super) fn client(command: &Check, url: &str, token: Option<SecretString>) -> Result<Client, String> {
    let mut address: Address = url.parse().map_err(|error| format!("--url: {error}"))?;
    if let Some(token) = token {
        address = address.with_token(token).map_err(|error| format!("--url: {error}"))?;
    }
    let pem = command.ca_file.as_ref().map(std::fs::read).transpose();
    let pem = pem.map_err(|error| format!("SPARK_MONITOR_CA_FILE cannot be read: {error}"))?;
    Client::new(address, &TrustedRoots { pem }).map_err(|error| error.to_string())
}

/// Asks about each statement. A server that does not answer leaves the statements unproven.
pub(super) async fn ask(command: &Check, client: Client, mut checked: Checked) -> Checked {
    if checked.statements.is_empty() {
        // There is nothing to ask; whether the program uses Spark otherwise, the rules have said.
        if checked.uses_spark {
            checked.explained([]);
        }
        return checked;
    }
    let user = command.user.as_deref().or(command.login.as_deref()).unwrap_or_default();
    let session = Session::new(client, user);
    let deadline = Instant::now() + PATIENCE;
    let mut answers = Vec::new();
    for statement in checked.statements.iter().take(MAX_STATEMENTS) {
        answers.push(answer(&session, statement, deadline).await);
    }
    // The server would keep it for an hour.
    if let Ok(Err(error)) = timeout(RELEASE, session.release()).await {
        tracing::debug!(%error, "The Spark session could not be released");
    }
    checked.explained(answers);
    checked
}

async fn answer(session: &Session, statement: &SqlStatement, deadline: Instant) -> Answer {
    if let Some(reason) = statement.not_asked() {
        return Answer::None(reason.to_owned());
    }
    let asked = Statement::new(&*statement.text);
    match timeout_at(deadline, session.analysis(&asked)).await {
        Err(_) => Answer::None(format!("Spark did not explain all statements within {} s.", PATIENCE.as_secs())),
        Ok(Ok(analysis)) => {
            let effect = match analysis.kind {
                StatementKind::Query => StatementEffect::Query,
                StatementKind::Shows { .. } => StatementEffect::Shows,
                StatementKind::Command { plan, target } => StatementEffect::Changes { plan, target },
            };
            Answer::Explained(Explained { effect, failure: analysis.failure.map(failure) })
        }
        Ok(Err(ConnectError::Spark(error))) => {
            let failure =
                Failure { class: error.error_class, message: error.message, position: error.position.map(pair) };
            Answer::Explained(Explained { effect: StatementEffect::Unknown, failure: Some(failure) })
        }
        Ok(Err(error)) => Answer::None(format!("Spark was not able to explain the statement: {error}.")),
    }
}

fn failure(failure: AnalysisFailure) -> Failure {
    Failure { class: failure.error_class, message: failure.message, position: failure.position.map(pair) }
}

fn pair(position: Position) -> (u32, u32) {
    (position.line, position.column)
}
