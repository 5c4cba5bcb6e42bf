//! The person's last statements. A click puts one into the editor.

use wire::sql::{SqlHistory, SqlPast, SqlState};
use yew::{Html, Properties, component, html};

use super::model::{Act, Action};
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::format;
use kit::i18n::{Message, SqlMessage, tr};
use kit::language;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};
use kit::question::Question;

#[derive(Clone, PartialEq, Properties)]
pub struct HistoryPaneProps {
    pub api: Api,
    /// How many statements this tab has run, and whether one is running: then the history is another one.
    pub runs: u32,
    pub is_busy: bool,
    pub act: Act,
}

#[component]
pub fn HistoryPane(props: &HistoryPaneProps) -> Html {
    let number = props.runs * 2 + u32::from(props.is_busy);
    let question = Question { number, ..Question::get("sql/history".to_owned()) };
    let asked = use_asked(&props.api, Some(question), read::<SqlHistory>);
    asked.filled(|history| history_list(history, &props.act))
}

/// Newest first.
pub fn history_list(history: &SqlHistory, act: &Act) -> Html {
    if history.statements.is_empty() {
        return muted(SqlMessage::NoHistory);
    }
    html! {
        <ol class="sparkMonitor-Past">{ for history.statements.iter().map(|past| line(past, act)) }</ol>
    }
}

fn line(past: &SqlPast, act: &Act) -> Html {
    let (tone, state) = match past.state {
        SqlState::Finished => (Tone::Good, tr(Message::QuerySucceeded)),
        SqlState::Canceled => (Tone::Warn, tr(Message::QueryCanceled)),
        SqlState::Failed | SqlState::Lost => (Tone::Bad, tr(Message::QueryFailed)),
        SqlState::LimitExceeded => (Tone::Bad, tr(SqlMessage::LimitExceeded)),
        SqlState::WaitsForApproval => (Tone::Warn, tr(SqlMessage::Waits)),
        SqlState::Queued | SqlState::Checking | SqlState::Running => (Tone::Muted, tr(Message::QueryRunning)),
    };
    let elapsed_ms = past.ended_at_ms.and_then(|end_ms| u64::try_from(end_ms - past.started_at_ms).ok());
    let sql = past.sql.clone();
    html! {
        <li key={past.id.clone()}>
            <button
                type="button" class="sparkMonitor-Past-sql" title={tr(SqlMessage::Load)}
                onclick={act.reform(move |_| Action::Load(sql.clone()))}
            >
                { &past.sql }
            </button>
            <span class="sparkMonitor-Past-facts">
                { toned(tone, state) }
                <span>{ language::time(past.started_at_ms) }</span>
                if let Some(elapsed_ms) = elapsed_ms {
                    <span>{ format::duration(elapsed_ms) }</span>
                }
                if past.state == SqlState::Finished {
                    <span>{ tr(SqlMessage::Rows { rows: past.rows }) }</span>
                }
            </span>
            if let Some(error) = &past.error {
                <p class="sparkMonitor-Past-error">{ error }</p>
            }
        </li>
    }
}
