//! The result's grid: it fetches the pages that are seen, and obeys keyboard and mouse.

use std::rc::Rc;

use web_sys::{Element, HtmlElement};
use wire::sql::SqlColumn;
use yew::{
    Callback, Event, Html, KeyboardEvent, NodeRef, Properties, TargetCast, UseReducerHandle, UseStateHandle, classes,
    component, hook, html, use_effect_with, use_memo, use_node_ref, use_reducer, use_state,
};

use super::cell_view::CellView;
use super::copy_text::{Format, copied};
use super::grid_state::{Extent, Grid, GridAction, Place, Selection, Way};
use super::grid_view::{Columns, GridRow, cell_id, column_widths, gap, head, widths};
use super::json::{Raw, RowsRead};
use super::pages::PAGE_ROWS;
use super::requests::rows_route;
use super::shell::Shell;
use kit::api::Api;
use kit::i18n::{SqlMessage, tr};
use kit::parts::icon_button;
use kit::parts::notice::problem_notice;
use kit::problem::Problem;
use kit::question::{Question, spawn};
use kit::request::Request;

/// Rows from which the widths of columns are guessed.
const SAMPLE_ROWS: usize = 100;

#[derive(Clone, PartialEq, Properties)]
pub struct ResultGridProps {
    pub api: Api,
    pub shell: Rc<Shell>,
    pub query_id: String,
    pub columns: Columns,
    /// Rows that have arrived.
    pub total: usize,
}

/// The rows of a statement that have arrived.
#[component]
pub fn ResultGrid(props: &ResultGridProps) -> Html {
    let ResultGridProps { columns, total, .. } = props;
    let grid = use_reducer(Grid::default);
    let (scroll, active_cell) = (use_node_ref(), use_node_ref());
    let act = use_memo((), |()| {
        let dispatcher = grid.dispatcher();
        Callback::from(move |action| dispatcher.dispatch(action))
    });
    let (first, end) = grid.window(*total);
    let missing = grid.pages.missing(first, end, *total);
    // What failed is not on its way any more.
    let is_loading = !missing.is_empty() && grid.problem.is_none();
    use_pages(props, missing, &act);
    use_active(&grid, &scroll, &active_cell);
    let has_rows = grid.pages.row(0).is_some();
    let widths = use_memo((has_rows, Rc::clone(columns)), |_| {
        let rows: Vec<_> = (0..SAMPLE_ROWS).map_while(|place| grid.pages.row(place).cloned()).collect();
        widths(columns, &rows)
    });
    let id: Rc<str> = ["sparkMonitor-grid-", &props.query_id].concat().into();
    let copies = use_state(|| None::<bool>);
    let row = |place: usize| {
        let selection = grid.selection;
        html! {
            <GridRow
                key={place} grid={Rc::clone(&id)} {place} columns={Rc::clone(columns)}
                row={grid.pages.row(place).cloned()}
                selected={selection.and_then(|selection| selection.in_row(place))}
                active={selection.filter(|selection| selection.active.row == place).map(|selection| selection.active.column)}
                act={(*act).clone()} active_cell={active_cell.clone()}
            />
        }
    };
    let active = grid.selection.map(|selection| selection.active);
    // Only an element that is drawn may be named.
    let active_id = active.filter(|place| (first..end).contains(&place.row)).map(|place| cell_id(&id, place));
    html! {
        <div class="sparkMonitor-Result">
            <div class="sparkMonitor-Grid" ref={scroll.clone()} onscroll={on_scroll(&act)}>
                <table
                    role="grid" tabindex="0" aria-label={tr(SqlMessage::Result)} aria-multiselectable="true"
                    aria-rowcount={(total + 1).to_string()} aria-colcount={(columns.len() + 1).to_string()}
                    aria-activedescendant={active_id} aria-busy={is_loading.to_string()} onkeydown={on_key(props, &grid, &act, &copies)}
                >
                    { column_widths(*total, &widths) }
                    { head(columns, total.saturating_sub(1), &act) }
                    <tbody role="rowgroup">
                        { gap(first) }
                        { for (first..end).map(row) }
                        { gap(total.saturating_sub(end)) }
                    </tbody>
                </table>
            </div>
            { copy_buttons(props, &grid, &copies) }
            if let Some(problem) = &grid.problem {
                { problem_notice(problem) }
            }
            { opened(props, &grid, &act) }
        </div>
    }
}

/// The cell that is shown whole.
fn opened(props: &ResultGridProps, grid: &Grid, act: &Callback<GridAction>) -> Html {
    let Some(place) = grid.opened else {
        return Html::default();
    };
    let (Some(column), Some(row)) = (props.columns.get(place.column), grid.pages.row(place.row)) else {
        return Html::default();
    };
    html! {
        <CellView key={cell_id("cell", place)}
            api={props.api.clone()} shell={props.shell.clone()} query_id={props.query_id.clone()}
            row={place.row} place={place.column} column={column.clone()}
            value={row.cells.get(place.column).cloned().unwrap_or_default()} is_cut={row.cut.contains(&place.column)}
            on_close={act.reform(|()| GridAction::Open(None))}
        />
    }
}

/// Fetches pages that are seen, one after the other.
#[hook]
fn use_pages(props: &ResultGridProps, missing: Vec<usize>, act: &Callback<GridAction>) {
    let (api, query_id, act) = (props.api.clone(), props.query_id.clone(), act.clone());
    let first = missing.first().copied();
    use_effect_with((first, props.total), move |(first, _)| {
        let request = first.and_then(|page| {
            let request = Request::start()?;
            let signal = request.signal();
            spawn(async move {
                let rows = rows(&api, &query_id, page * PAGE_ROWS, PAGE_ROWS, &signal).await;
                if !signal.aborted() {
                    act.emit(GridAction::Page(page, rows));
                }
            });
            Some(request)
        });
        move || drop(request)
    });
}

/// Rows from a place on; the sidecar sends fewer at a time if they are long.
async fn rows(
    api: &Api,
    query_id: &str,
    offset: usize,
    limit: usize,
    signal: &web_sys::AbortSignal,
) -> Result<RowsRead, Problem> {
    let mut all: Option<RowsRead> = None;
    loop {
        let known = all.as_ref().map_or(0, |all| all.rows.len());
        let (from, left) = (offset + known, limit - known);
        let question = Question::get(rows_route(query_id, from, left));
        let part: RowsRead = question.ask(api, signal).await?;
        let is_empty = part.rows.is_empty();
        let there_are = usize::try_from(part.total).unwrap_or(usize::MAX).saturating_sub(offset);
        let rows = match all.take() {
            None => part,
            Some(before) => joined(before, part),
        };
        if is_empty || rows.rows.len() >= limit.min(there_are) {
            return Ok(rows);
        }
        all = Some(rows);
    }
}

fn joined(mut before: RowsRead, part: RowsRead) -> RowsRead {
    let known = u32::try_from(before.rows.len()).unwrap_or(u32::MAX);
    before.cut.extend(part.cut.into_iter().map(|(row, column)| (row.saturating_add(known), column)));
    before.rows.extend(part.rows);
    before
}

/// Scrolls to the active cell when it has moved out of sight.
#[hook]
fn use_active(grid: &UseReducerHandle<Grid>, scroll: &NodeRef, active_cell: &NodeRef) {
    let (scroll, active_cell) = (scroll.clone(), active_cell.clone());
    use_effect_with(grid.selection.map(|selection| selection.active), move |active| {
        let (Some(place), Some(scroll)) = (active, scroll.cast::<HtmlElement>()) else {
            return;
        };
        super::grid_scroll::reveal(&scroll, active_cell.cast::<HtmlElement>().as_ref(), place.row);
    });
}

fn on_scroll(act: &Callback<GridAction>) -> Callback<Event> {
    act.reform(|event: Event| {
        let element: Element = event.target_unchecked_into();
        let pixels = |pixels: i32| usize::try_from(pixels).unwrap_or_default();
        GridAction::Scrolled { top: pixels(element.scroll_top()), height: pixels(element.client_height()) }
    })
}

fn on_key(
    props: &ResultGridProps,
    grid: &UseReducerHandle<Grid>,
    act: &Callback<GridAction>,
    copies: &UseStateHandle<Option<bool>>,
) -> Callback<KeyboardEvent> {
    let (props, grid, act, copies) = (props.clone(), grid.clone(), act.clone(), copies.clone());
    Callback::from(move |event: KeyboardEvent| {
        let extent = Extent { rows: props.total, columns: props.columns.len() };
        let control = event.ctrl_key() || event.meta_key();
        let way = match (event.key().as_str(), control) {
            ("ArrowUp", _) => Way::Up,
            ("ArrowDown", _) => Way::Down,
            ("ArrowLeft", _) => Way::Left,
            ("ArrowRight", _) => Way::Right,
            ("PageUp", _) => Way::PageUp,
            ("PageDown", _) => Way::PageDown,
            ("Home", false) => Way::Home,
            ("End", false) => Way::End,
            ("Home", true) => Way::First,
            ("End", true) => Way::Last,
            ("Enter", _) => {
                act.emit(GridAction::Open(grid.selection.map(|selection| selection.active)));
                return event.prevent_default();
            }
            ("a", true) => {
                act.emit(GridAction::Select(everything(extent)));
                return event.prevent_default();
            }
            ("c", true) => {
                copy(&props, &grid, &copies, Format::Tsv, false);
                return event.prevent_default();
            }
            _ => return,
        };
        event.prevent_default();
        act.emit(GridAction::Move { way, extends: event.shift_key(), extent });
    })
}

fn everything(Extent { rows, columns }: Extent) -> Selection {
    let anchor = Place { row: rows.saturating_sub(1), column: columns.saturating_sub(1) };
    Selection { anchor, active: Place::default() }
}

fn copy_buttons(props: &ResultGridProps, grid: &UseReducerHandle<Grid>, copies: &UseStateHandle<Option<bool>>) -> Html {
    let button = |(format, name): (Format, &'static str)| {
        let (props, grid, copies) = (props.clone(), grid.clone(), copies.clone());
        let onclick = Callback::from(move |_| copy(&props, &grid, &copies, format, true));
        html! {
            <button type="button" class="sparkMonitor-Button" title={tr(SqlMessage::CopyAs { format: name })} {onclick}>
                { name }
            </button>
        }
    };
    html! {
        <div class={classes!("sparkMonitor-Buttons", "sparkMonitor-Result-copy")}>
            <span class="sparkMonitor-Muted">{ tr(SqlMessage::Copy) }</span>
            { for Format::ALL.map(button) }
            { icon_button::copied(**copies) }
        </div>
    }
}

/// Copies the selection, or everything if nothing is selected. Rows that are missing are fetched first.
fn copy(
    props: &ResultGridProps,
    grid: &UseReducerHandle<Grid>,
    copies: &UseStateHandle<Option<bool>>,
    format: Format,
    with_names: bool,
) {
    let extent = Extent { rows: props.total, columns: props.columns.len() };
    let selection = grid.selection.unwrap_or_else(|| everything(extent));
    let (first, last) = selection.rows();
    let known: Option<Vec<_>> = (first..=last).map(|place| grid.pages.row(place).cloned()).collect();
    let (props, copies) = (props.clone(), copies.setter());
    spawn(async move {
        copies.set(None);
        let rows: Vec<Vec<Raw>> = match known {
            Some(rows) => rows.iter().map(|row| row.cells.clone()).collect(),
            None => match fetched(&props, first, last).await {
                Some(rows) => rows,
                None => return copies.set(Some(false)),
            },
        };
        let rows: Vec<&[Raw]> = rows.iter().map(Vec::as_slice).collect();
        let columns: &[SqlColumn] = &props.columns;
        let text = copied(format, columns, selection.columns(), &rows, with_names);
        props.shell.copy(&text, move |done| copies.set(Some(done)));
    });
}

async fn fetched(props: &ResultGridProps, first: usize, last: usize) -> Option<Vec<Vec<Raw>>> {
    let request = Request::start()?;
    let wanted = last + 1 - first;
    let page = rows(&props.api, &props.query_id, first, wanted, &request.signal()).await.ok()?;
    (page.rows.len() == wanted).then_some(page.rows)
}
