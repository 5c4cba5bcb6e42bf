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
    if let Some(name) = own_name(query) {
        return (name.to_owned(), None);
    }
    let name = Some(query.name.as_str()).filter(|name| !name.is_empty());
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

/// A name that is better than its place.
fn own_name(query: &Query) -> Option<&str> {
    let is_better = matches!(query.named_by, NamedBy::Tag | NamedBy::Sql) && !query.name.is_empty();
    is_better.then_some(query.name.as_str())
}

fn notebook<'a>(panel: &Panel<'a>, queries: &Queries, query: &Query) -> Option<&'a Notebook> {
    notebook_of(query, queries, &panel.model.notebooks, panel.model.mine.as_ref())
}

/// The execution count for Spark's number of a cell, which only the notebook's kernel knows.
fn cell(notebook: Option<&Notebook>, number: u32) -> Option<u32> {
    number.checked_sub(notebook?.shift?).filter(|count| *count > 0)
}

/// The query's cell, if that is known.
pub fn place(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Option<Place> {
    let notebook = notebook(panel, queries, query)?;
    let run = || Some((Cell::Count(run_by(notebook, query, ahead_ms(panel))?), None));
    let (cell, line) = match &query.call_site {
        Some(CallSite::Cell { number, line }) => match cell(Some(notebook), *number) {
            Some(count) => (Cell::Count(count), Some(*line)),
            None => run()?,
        },
        Some(CallSite::CellText { hash, line }) => (Cell::Hash(hash.clone()), Some(*line)),
        Some(CallSite::File { .. }) => return None,
        None => run()?,
    };
    Some(Place { notebook_id: notebook.id.clone(), cell, line })
}

/// What the title does not say: the cell that built a query, the one that ran it if it is another, and whose query it
/// is if it is not the current notebook's.
pub fn places(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Html {
    let notebook = notebook(panel, queries, query);
    let mut named = None;
    let built = query.call_site.as_ref().map(|call_site| match call_site {
        CallSite::Cell { number, .. } => {
            named = cell(notebook, *number);
            named.map_or(Message::BuiltInACell, |cell| Message::BuiltInCell { cell: cell.into() })
        }
        CallSite::CellText { .. } => Message::CalledInACell,
        CallSite::File { file, line } => Message::BuiltInFile { file, line: i64::from(*line) },
    });
    let built = built.filter(|_| own_name(query).is_some()).map(|built| html! { <li>{ tr(built) }</li> });
    let run = notebook.and_then(|notebook| {
        let cell = run_by(notebook, query, ahead_ms(panel)).filter(|cell| Some(*cell) != named)?;
        let text = tr(Message::RunByCell { cell: cell.into() });
        let place = Place { notebook_id: notebook.id.clone(), cell: Cell::Count(cell), line: None };
        Some(html! { <li>{ jump(panel, place, &text) }</li> })
    });
    let is_mine = panel.model.mine.as_ref().map(|mine| mine.owns(query));
    let whose = match (is_mine, notebook, query.session_id.as_deref()) {
        (Some(true), ..) => None,
        (_, Some(notebook), _) => Some(tr(Message::SessionOf { name: &notebook.title })),
        (_, None, None) => None,
        (_, None, Some(session_id)) => match (user(queries, session_id), is_mine) {
            (Some(name), _) => Some(tr(Message::SessionOf { name })),
            (None, Some(_)) => Some(tr(Message::SessionOfAnother)),
            // It may be this notebook's.
            (None, None) => None,
        },
    };
    let whose = whose.map(|whose| html! { <li>{ whose }</li> });
    if built.is_none() && run.is_none() && whose.is_none() {
        return Html::default();
    }
    html! { <ul class="sparkMonitor-Facts">{ built }{ run }{ whose }</ul> }
}

fn ahead_ms(panel: &Panel<'_>) -> i64 {
    panel.model.clock_ahead_ms.unwrap_or_default()
}

/// A button that jumps to a cell, and says so if the cell has changed or is gone.
pub fn jump(panel: &Panel<'_>, place: Place, text: &str) -> Html {
    let (title, changed) = match place.cell {
        Cell::Count(cell) => {
            let cell = cell.into();
            (Message::JumpToCell { cell }, Message::CellChanged { cell })
        }
        Cell::Hash(_) => (Message::JumpToACell, Message::ACellChanged),
    };
    let gone = panel.model.jumped.as_ref().is_some_and(|(jumped, found)| !found && *jumped == place);
    html! {
        <>
            <button
                type="button" class="sparkMonitor-Jump" title={tr(title)} onclick={panel.on_click(Action::Jump(place))}
            >
                { text }
            </button>
            <span class="sparkMonitor-Jump-failed" role="status">
                if gone {
                    { toned(Tone::Warn, tr(changed)) }
                }
            </span>
        </>
    }
}

/// The name of a session's user, if the driver serves several.
pub fn user<'a>(queries: &'a Queries, session_id: &str) -> Option<&'a str> {
    let known = queries.sessions.iter().find(|known| known.session_id == session_id)?;
    let is_one_of_several = queries.sessions.iter().any(|other| other.user != known.user);
    Some(known.user.as_str()).filter(|user| is_one_of_several && !user.is_empty())
}
