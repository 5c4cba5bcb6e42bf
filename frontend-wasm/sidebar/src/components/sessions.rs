//! The person's own queries and others', under headings, and a choice of session if it is unknown.

use web_sys::HtmlSelectElement;
use wire::{ConnectSession, Queries, Query};
use yew::{Event, Html, TargetCast, html};

use super::panel_context::Panel;
use super::query_origin::user;
use crate::mine::How;
use crate::model::Action;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::notice::muted;

/// A list, in two parts if it is known which queries belong to the current notebook.
pub fn grouped(panel: &Panel<'_>, class: &'static str, queries: &[Query], item: &dyn Fn(&Query) -> Html) -> Html {
    let list = |of: &[&Query]| html! { <ul {class}>{ for of.iter().map(|query| item(query)) }</ul> };
    let Some(mine) = &panel.model.mine else {
        return list(&queries.iter().collect::<Vec<_>>());
    };
    let (own, others): (Vec<_>, Vec<_>) = queries.iter().partition(|query| mine.owns(query));
    let known = match mine.how {
        How::Asked => Message::KnownAsked,
        How::Chosen => Message::KnownChosen,
        How::Likely { cell } => Message::KnownLikely { cell: cell.into() },
        How::OnlyOne => Message::KnownOnlyOne,
    };
    let known_id = [class, "-known"].concat();
    html! {
        <>
            <div class="sparkMonitor-Group">
                <h4>{ tr(Message::ThisNotebook) }</h4>
                <button
                    type="button" class="sparkMonitor-Hint" aria-label={tr(Message::HowKnown)}
                    aria-describedby={known_id.clone()}
                >
                    { "?" }
                </button>
                <span id={known_id} class="sparkMonitor-Hint-text" role="tooltip">{ tr(known) }</span>
            </div>
            if own.is_empty() {
                { muted(Message::NoQueriesOfThisNotebook) }
            } else {
                { list(&own) }
            }
            if !others.is_empty() {
                <div class="sparkMonitor-Group"><h4>{ tr(Message::OtherSessions) }</h4></div>
                { list(&others) }
            }
        </>
    }
}

/// A list to choose this notebook's session from, while that is uncertain and there are several.
pub fn session_picker(panel: &Panel<'_>, queries: &Queries) -> Html {
    let notebooks = &panel.model.notebooks;
    let is_anothers = |session: &&ConnectSession| {
        notebooks.iter().any(|other| !other.current && other.session_id.as_ref() == Some(&session.session_id))
    };
    let sessions = queries.sessions.iter().filter(|session| !is_anothers(session)).collect::<Vec<_>>();
    let current = notebooks.iter().find(|notebook| notebook.current);
    if current.is_none_or(|notebook| notebook.asked) || sessions.len() < 2 {
        return Html::default();
    }
    let mine = panel.model.mine.as_ref();
    let chosen = mine.and_then(|mine| mine.session_id.as_deref());
    let onchange = panel.act.reform(|event: Event| {
        let session_id = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::ChooseSession(Some(session_id).filter(|session_id| !session_id.is_empty()))
    });
    let any = &tr(Message::Session);
    html! {
        <label class="sparkMonitor-App">
            { tr(Message::WhichSession) }
            <select class="sparkMonitor-App-picker" data-lm-suppress-shortcuts="true" {onchange}>
                <option value="" selected={chosen.is_none()}>{ tr(Message::ChooseSession) }</option>
                { for sessions.iter().map(|known| {
                    let session_id = known.session_id.as_str();
                    let session = user(queries, session_id).unwrap_or(any);
                    let time = &language::time(known.last_query_at_ms);
                    let option = match known.running {
                        0 => Message::SessionOption { session, time },
                        running => Message::SessionOptionRunning { session, running, time },
                    };
                    html! {
                        <option value={session_id.to_owned()} selected={chosen == Some(session_id)}>
                            { tr(option) }
                        </option>
                    }
                }) }
            </select>
        </label>
    }
}
