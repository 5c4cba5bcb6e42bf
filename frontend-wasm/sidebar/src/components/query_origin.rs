//! The origin of a query: its title, the cells that built and ran it, and its session.

use wire::{CallSite, NamedBy, Queries, Query};
use yew::{Html, html};

use super::panel_context::Panel;
use crate::mine::{Notebook, notebook_of, run_by};
use crate::model::Action;
use crate::place::{Cell, Place};
use kit::i18n::{Message, tr};
use kit::parts::tone::{Tone, toned};

/// A query's title, and a second label if its place serves as the title.
pub fn title<'a>(panel: &Panel<'_>, queries: &Queries, query: &'a Query) -> (String, Option<&'a str>) {
    let name = Some(query.name.as_str()).filter(|name| !name.is_empty());
    if let (NamedBy::Tag | NamedBy::Sql, Some(name)) = (query.named_by, name) {
        return (name.to_owned(), None);
    }
    let place = match query.call_site.as_ref() {
        Some(CallSite::Cell { number, line }) => match cell(notebook(panel, queries, query), *number) {
            Some(cell) => Message::CellLine { cell: cell.into(), line: i64::from(*line) },
            None => Message::ACellsLine { line: i64::from(*line) },
        },
        Some(CallSite::CellText { line, .. }) => Message::ACellsLine { line: i64::from(*line) },
        Some(CallSite::File { file, line }) => Message::FileLine { file, line: i64::from(*line) },
        None => return (name.map_or_else(|| tr(Message::Unnamed), str::to_owned), None),
    };
    (tr(place), name.filter(|_| matches!(query.named_by, NamedBy::Operators | NamedBy::Spark)))
}

fn notebook<'a>(panel: &Panel<'a>, queries: &Queries, query: &Query) -> Option<&'a Notebook> {
    notebook_of(query, queries, &panel.model.notebooks, panel.model.mine.as_ref())
}

/// The execution count for Spark's number of a cell, which only the notebook's kernel knows.
fn cell(notebook: Option<&Notebook>, number: u32) -> Option<u32> {
    number.checked_sub(notebook?.shift?).filter(|count| *count > 0)
}

/// The cells that built and ran a query, and its session if that is not the current notebook's.
pub fn places(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Html {
    let notebook = notebook(panel, queries, query);
    let built = query.call_site.as_ref().map(|call_site| match call_site {
        CallSite::Cell { number, line } => match (notebook, cell(notebook, *number)) {
            (Some(notebook), Some(count)) => {
                jump(panel, notebook, Cell::Count(count), Some(*line), Message::BuiltInCell { cell: count.into() })
            }
            _ => said(Message::BuiltInACell),
        },
        CallSite::CellText { hash, line } => match notebook {
            Some(notebook) => jump(panel, notebook, Cell::Hash(hash.clone()), Some(*line), Message::CalledInACell),
            None => said(Message::CalledInACell),
        },
        CallSite::File { file, line } => said(Message::BuiltInFile { file, line: i64::from(*line) }),
    });
    let ahead_ms = panel.model.clock_ahead_ms.unwrap_or_default();
    let run = notebook.and_then(|notebook| {
        let cell = run_by(notebook, query, ahead_ms)?;
        Some(jump(panel, notebook, Cell::Count(cell), None, Message::RunByCell { cell: cell.into() }))
    });
    let whose = match &panel.model.mine {
        Some(mine) => !mine.owns(query),
        None => queries.sessions.len() > 1,
    };
    let session = query.session_id.as_ref().filter(|_| whose);
    let session = session.map(|session_id| match notebook {
        Some(notebook) => said(Message::SessionOf { notebook: &notebook.title }),
        None => html! { <li>{ session_label(queries, session_id) }</li> },
    });
    if built.is_none() && run.is_none() && session.is_none() {
        return Html::default();
    }
    html! { <ul class="sparkMonitor-Facts">{ built }{ run }{ session }</ul> }
}

fn said(message: Message<'_>) -> Html {
    html! { <li>{ tr(message) }</li> }
}

/// A button that jumps to a cell, and says so if the cell has changed or is gone.
fn jump(panel: &Panel<'_>, notebook: &Notebook, cell: Cell, line: Option<u32>, text: Message<'_>) -> Html {
    let (title, changed) = match cell {
        Cell::Count(cell) => {
            let cell = cell.into();
            (Message::JumpToCell { cell }, Message::CellChanged { cell })
        }
        Cell::Hash(_) => (Message::JumpToACell, Message::ACellChanged),
    };
    let place = Place { notebook_id: notebook.id.clone(), cell, line };
    let gone = panel.model.jumped.as_ref().is_some_and(|(jumped, found)| !found && *jumped == place);
    html! {
        <li>
            <button
                type="button" class="sparkMonitor-Jump" title={tr(title)} onclick={panel.on_click(Action::Jump(place))}
            >
                { tr(text) }
            </button>
            <span role="status">
                if gone {
                    { toned(Tone::Warn, tr(changed)) }
                }
            </span>
        </li>
    }
}

/// A short label for a session.
pub fn session_label(queries: &Queries, session_id: &str) -> String {
    let session = session_id.get(..8).unwrap_or(session_id);
    let known = queries.sessions.iter().find(|known| known.session_id == session_id);
    match known.map(|known| known.user.as_str()) {
        None | Some("") => tr(Message::Session { session }),
        Some(user) => tr(Message::SessionOfUser { user, session }),
    }
}
