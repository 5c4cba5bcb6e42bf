//! Why a statement failed.

use wire::sql::{SqlError, SqlErrorCode};
use yew::{Html, html};

use kit::i18n::{SqlMessage, tr};
use kit::language;

/// Class, state, message and position, as Spark has them; for a limit what it is and what to do.
pub fn error_view(error: &SqlError) -> Html {
    let heading = match error.code {
        SqlErrorCode::ReadOnly => SqlMessage::ReadOnlyHeading,
        SqlErrorCode::LimitExceeded => SqlMessage::LimitExceeded,
        SqlErrorCode::Connect => SqlMessage::ConnectHeading,
        SqlErrorCode::Unwatched => SqlMessage::UnwatchedHeading,
        SqlErrorCode::Spark | SqlErrorCode::Audit | SqlErrorCode::Unknown => SqlMessage::FailedHeading,
    };
    let position = error.position.map(|position| {
        tr(SqlMessage::Position { line: position.line.into(), column: i64::from(position.column) + 1 })
    });
    html! {
        <section class="sparkMonitor-Error sparkMonitor-mod-bad" role="alert">
            <h3>
                { tr(heading) }
                if let Some(class) = &error.error_class {
                    { " " }<code>{ class }</code>
                }
            </h3>
            if error.sql_state.is_some() || position.is_some() {
                <p class="sparkMonitor-Muted">
                    if let Some(sql_state) = &error.sql_state {
                        <span>{ tr(SqlMessage::StateCode { sql_state }) }</span>{ " " }
                    }
                    if let Some(position) = position {
                        <span>{ position }</span>
                    }
                </p>
            }
            if let Some(limit) = &error.limit {
                // The message says the same, in bytes.
                <p>{ limit_sentence(&limit.limit_type, limit.limit_value, limit.actual_value) }</p>
                <p>{ &limit.remediation }</p>
            } else {
                <pre class="sparkMonitor-Code" tabindex="0">{ &error.message }</pre>
            }
            if error.code == SqlErrorCode::ReadOnly {
                <p>{ tr(SqlMessage::ReadOnlyLong) }</p>
            }
        </section>
    }
}

fn limit_sentence(limit_type: &str, limit: u64, actual: Option<u64>) -> String {
    let amount =
        |amount: u64| if limit_type == "bytes" { kit::format::bytes(amount) } else { language::number(amount) };
    let limit = &amount(limit);
    match (limit_type, actual.map(amount)) {
        ("bytes", Some(actual)) => tr(SqlMessage::LimitBytesActual { limit, actual: &actual }),
        ("bytes", None) => tr(SqlMessage::LimitBytes { limit }),
        (_, Some(actual)) => tr(SqlMessage::LimitRowsActual { limit, actual: &actual }),
        (_, None) => tr(SqlMessage::LimitRows { limit }),
    }
}
