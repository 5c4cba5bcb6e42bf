//! One cell as a whole, below the grid.

use std::rc::Rc;

use wire::sql::SqlColumn;
use yew::{Callback, Html, Properties, component, html, use_state};

use super::cell_text::{Cell, cell};
use super::grid_view::content;
use super::json::{CellRead, Raw};
use super::requests::cell_route;
use super::shell::Shell;
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::i18n::{SqlMessage, tr};
use kit::parts::icon_button::{copied, icon_button};
use kit::question::Question;

#[derive(Clone, PartialEq, Properties)]
pub struct CellViewProps {
    pub api: Api,
    pub shell: Rc<Shell>,
    pub query_id: String,
    /// From 0.
    pub row: usize,
    pub place: usize,
    pub column: SqlColumn,
    /// As the page has it.
    pub value: Raw,
    pub is_cut: bool,
    pub on_close: Callback<()>,
}

/// The cell's whole text, fetched if the page has only its beginning.
#[component]
pub fn CellView(props: &CellViewProps) -> Html {
    let CellViewProps { query_id, row, place, column, .. } = props;
    let question = props.is_cut.then(|| Question::get(cell_route(query_id, *row, *place)));
    let asked = use_asked(&props.api, question.clone(), read::<CellRead>);
    let is_copied = use_state(|| None::<bool>);
    let whole = |value: &Raw| {
        let cell = cell(value, &column.type_name);
        match &cell {
            Cell::Text(text) => html! { <pre class="sparkMonitor-Code" tabindex="0">{ text }</pre> },
            nothing => html! { <p>{ content(nothing, false) }</p> },
        }
    };
    let known = match (&question, asked.answer::<CellRead>()) {
        (None, _) => Some(props.value.clone()),
        (Some(_), Some(answer)) if !asked.pending => Some(answer.value.clone()),
        _ => None,
    };
    let on_copy = {
        let (shell, is_copied, type_name) = (props.shell.clone(), is_copied.setter(), column.type_name.clone());
        let known = known.clone();
        Callback::from(move |_| {
            let text = match known.as_ref().map(|value| cell(value, &type_name)) {
                Some(Cell::Text(text)) => text,
                _ => String::new(),
            };
            let is_copied = is_copied.clone();
            shell.copy(&text, move |done| is_copied.set(Some(done)));
        })
    };
    html! {
        <section class="sparkMonitor-Cell" aria-label={tr(SqlMessage::CellOf { column: &column.name })}>
            <div class="sparkMonitor-Cell-head">
                <span class="sparkMonitor-Cell-title">
                    { tr(SqlMessage::CellAt { column: &column.name, row: *row as u64 + 1 }) }
                </span>
                <span class="sparkMonitor-Muted">{ &column.type_name }</span>
                { copied(*is_copied) }
                { icon_button("copy", SqlMessage::CopyCell, on_copy) }
                { icon_button("close", SqlMessage::CloseCell, props.on_close.reform(|_| ())) }
            </div>
            { known.as_ref().map_or_else(|| asked.filled(|answer: &CellRead| whole(&answer.value)), whole) }
        </section>
    }
}
