//! Lets Spark explain the statements of a program. Nothing is run: see `connect_client::Session::analysis`.

use std::time::Duration;

use check::{Answer, Checked, Explained, Failure, MAX_STATEMENTS, SqlStatement, StatementEffect};
use connect_client::{AnalysisFailure, ConnectError, Position, Session, Statement, StatementKind};
use tokio::time::{Instant, timeout_at};

use super::release;

/// How long all statements of a program may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks about each statement in a session that is released afterwards. A server that does not answer leaves the
/// statements unproven.
pub(crate) async fn explain(session: Session, checked: &mut Checked) {
    if checked.statements.is_empty() {
        // There is nothing to ask; whether the program uses Spark otherwise, the rules have said.
        if checked.uses_spark {
            checked.explained([]);
        }
        return;
    }
    let deadline = Instant::now() + PATIENCE;
    let mut answers = Vec::new();
    for statement in checked.statements.iter().take(MAX_STATEMENTS) {
        answers.push(answer(&session, statement, deadline).await);
    }
    release(&session).await;
    checked.explained(answers);
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
