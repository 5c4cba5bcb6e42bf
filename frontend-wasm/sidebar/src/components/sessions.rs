//! The person's own queries and others', under headings, and a choice of session if it is unknown.

use web_sys::HtmlSelectElement;
use wire::{Queries, Query};
use yew::{Event, Html, TargetCast, html};

use super::panel_context::Panel;
use super::query_origin::session_label;
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
    };
    html! {
        <>
            <h4 class="sparkMonitor-Group">
                { tr(Message::ThisNotebook) }<span class="sparkMonitor-Muted">{ tr(known) }</span>
            </h4>
            if own.is_empty() {
                { muted(Message::NoQueriesOfThisNotebook) }
            } else {
                { list(&own) }
            }
            if !others.is_empty() {
                <h4 class="sparkMonitor-Group">{ tr(Message::OtherSessions) }</h4>
                { list(&others) }
            }
        </>
    }
}

/// A list to choose this notebook's session from, as long as that is uncertain.
pub fn session_picker(panel: &Panel<'_>, queries: &Queries) -> Html {
    let current = panel.model.notebooks.iter().find(|notebook| notebook.current);
    if current.is_none_or(|notebook| notebook.asked) || queries.sessions.is_empty() {
        return Html::default();
    }
    let mine = panel.model.mine.as_ref();
    let chosen = mine.and_then(|mine| mine.session_id.as_deref());
    let onchange = panel.act.reform(|event: Event| {
        let session_id = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::ChooseSession(Some(session_id).filter(|session_id| !session_id.is_empty()))
    });
    html! {
        <label class="sparkMonitor-App">
            { tr(Message::WhichSession) }
            <select class="sparkMonitor-App-picker" data-lm-suppress-shortcuts="true" {onchange}>
                <option value="" selected={chosen.is_none()}>{ tr(Message::SessionNotKnown) }</option>
                { for queries.sessions.iter().map(|known| {
                    let session_id = known.session_id.as_str();
                    let session = &session_label(queries, session_id);
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
