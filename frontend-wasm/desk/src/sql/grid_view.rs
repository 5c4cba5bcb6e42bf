//! The grid's HTML: a heading that stays, and the rows that are near the visible ones.

use std::rc::Rc;

use wire::sql::SqlColumn;
use yew::{Callback, Html, MouseEvent, NodeRef, Properties, classes, component, html};

use super::cell_text::{Cell, cell, is_number};
use super::grid_state::{GridAction, Place, Selection};
use super::pages::Row;
use kit::i18n::{SqlMessage, tr};
use kit::language;

/// Longest and shortest column, in characters.
const WIDEST: usize = 42;
const NARROWEST: usize = 5;
/// Text of a cell that is drawn; the cell shows only the first of its lines anyway.
const MOST_CHARACTERS: usize = 400;

/// The columns, and their widths in characters.
pub type Columns = Rc<[SqlColumn]>;
pub type Widths = Rc<[usize]>;

/// The width of each column, from its name, its type and the first rows.
pub fn widths(columns: &[SqlColumn], rows: &[Rc<Row>]) -> Widths {
    let width = |(place, column): (usize, &SqlColumn)| {
        let of_cell = |row: &Rc<Row>| match row.cells.get(place).map(|value| cell(value, &column.type_name)) {
            Some(Cell::Text(text)) => text.lines().next().unwrap_or_default().chars().count(),
            _ => 4,
        };
        let cells = rows.iter().map(of_cell).max().unwrap_or_default();
        // The type is smaller than the name.
        let type_width = column.type_name.chars().count().min(20) * 5 / 6;
        cells.max(column.name.chars().count()).max(type_width).clamp(NARROWEST, WIDEST)
    };
    columns.iter().enumerate().map(width).collect()
}

/// The `<col>` elements: the row's number, then each column.
pub fn column_widths(total: usize, widths: &[usize]) -> Html {
    let col =
        |characters: usize| html! { <col style={["width: calc(", &characters.to_string(), "ch + 17px)"].concat()} /> };
    html! {
        <colgroup>
            { col(language::number(total as u64).chars().count().max(2)) }
            { for widths.iter().map(|width| col(*width)) }
        </colgroup>
    }
}

/// Names and types. A click selects the whole column.
pub fn head(columns: &[SqlColumn], last_row: usize, act: &Callback<GridAction>) -> Html {
    let heading = |(place, column): (usize, &SqlColumn)| {
        let act = act.clone();
        let select = move |_: MouseEvent| {
            let (anchor, active) = (Place { row: last_row, column: place }, Place { row: 0, column: place });
            act.emit(GridAction::Select(Selection { anchor, active }));
        };
        html! {
            <th
                scope="col" role="columnheader" aria-colindex={(place + 2).to_string()}
                class={classes!(is_number(&column.type_name).then_some("sparkMonitor-mod-number"))}
                title={[column.name.as_str(), &column.type_name].join("\n")} onclick={select}
            >
                <span class="sparkMonitor-Grid-name">{ &column.name }</span>
                <span class="sparkMonitor-Grid-type">{ &column.type_name }</span>
            </th>
        }
    };
    html! {
        <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">
                <th scope="col" role="columnheader" aria-colindex="1" class="sparkMonitor-Grid-number">
                    <span class="sparkMonitor-Hidden">{ tr(SqlMessage::RowNumber) }</span>
                </th>
                { for columns.iter().enumerate().map(heading) }
            </tr>
        </thead>
    }
}

/// Empty space for the rows that are not drawn.
pub fn gap(rows: usize) -> Html {
    if rows == 0 {
        return Html::default();
    }
    html! {
        <tr class="sparkMonitor-Grid-gap" aria-hidden="true" style={["--sparkMonitor-rows: ", &rows.to_string()].concat()}>
            <td />
        </tr>
    }
}

/// The id of a cell's element, which the grid names as its active one.
pub fn cell_id(grid: &str, place: Place) -> String {
    [grid, "-", &place.row.to_string(), "-", &place.column.to_string()].concat()
}

#[derive(Clone, Properties)]
pub struct GridRowProps {
    /// The grid's id.
    pub grid: Rc<str>,
    /// From 0.
    pub place: usize,
    pub columns: Columns,
    /// None until its page arrives.
    pub row: Option<Rc<Row>>,
    /// First and last selected column.
    pub selected: Option<(usize, usize)>,
    pub active: Option<usize>,
    pub act: Callback<GridAction>,
    pub active_cell: NodeRef,
}

// Compared by identity, because a row never changes once it has arrived.
impl PartialEq for GridRowProps {
    fn eq(&self, other: &Self) -> bool {
        let same_row = match (&self.row, &other.row) {
            (Some(row), Some(other)) => Rc::ptr_eq(row, other),
            (None, None) => true,
            _ => false,
        };
        same_row
            && Rc::ptr_eq(&self.columns, &other.columns)
            && (self.place, self.selected, self.active) == (other.place, other.selected, other.active)
    }
}

/// One row. It is drawn again only if something of it has changed.
#[component]
pub fn GridRow(props: &GridRowProps) -> Html {
    let GridRowProps { grid, place: row, columns, act, .. } = props;
    let (row, last_column) = (*row, columns.len().saturating_sub(1));
    let select_row = act.reform(move |_: MouseEvent| {
        let (anchor, active) = (Place { row, column: last_column }, Place { row, column: 0 });
        GridAction::Select(Selection { anchor, active })
    });
    let draw = |(column, known): (usize, &SqlColumn)| {
        let place = Place { row, column };
        let value = props.row.as_ref().and_then(|row| row.cells.get(column));
        let is_cut = props.row.as_ref().is_some_and(|row| row.cut.contains(&column));
        let is_selected = props.selected.is_some_and(|(first, last)| (first..=last).contains(&column));
        let is_active = props.active == Some(column);
        let act = act.clone();
        let open = act.reform(move |_: MouseEvent| GridAction::Open(Some(place)));
        let down = act.reform(move |event: MouseEvent| match event.shift_key() {
            true => GridAction::Extend(place),
            false => GridAction::Select(Selection::of(place)),
        });
        let over = Callback::from(move |event: MouseEvent| {
            // The main button is down: the selection is being dragged.
            if event.buttons() == 1 {
                act.emit(GridAction::Extend(place));
            }
        });
        html! {
            <td
                key={column} id={cell_id(grid, place)} role="gridcell" aria-colindex={(column + 2).to_string()}
                aria-selected={is_selected.to_string()}
                class={classes!(
                    is_number(&known.type_name).then_some("sparkMonitor-mod-number"),
                    is_selected.then_some("sparkMonitor-mod-selected"),
                    is_active.then_some("sparkMonitor-mod-active"),
                )}
                ref={if is_active { props.active_cell.clone() } else { NodeRef::default() }}
                onmousedown={down} onmouseover={over} ondblclick={open}
            >
                { value.map(|value| content(&cell(value, &known.type_name), is_cut)) }
            </td>
        }
    };
    html! {
        <tr role="row" aria-rowindex={(row + 2).to_string()}>
            <th scope="row" role="rowheader" aria-colindex="1" class="sparkMonitor-Grid-number" onclick={select_row}>
                { language::number(row as u64 + 1) }
            </th>
            { for columns.iter().enumerate().map(draw) }
        </tr>
    }
}

/// A cell's text, or the sign that there is none.
pub fn content(cell: &Cell, is_cut: bool) -> Html {
    match cell {
        Cell::Null => html! { <span class="sparkMonitor-Grid-null">{ "NULL" }</span> },
        Cell::Empty => html! { <span class="sparkMonitor-Grid-empty">{ tr(SqlMessage::EmptyText) }</span> },
        Cell::Text(text) => {
            let short: String = text.chars().take(MOST_CHARACTERS).collect();
            let is_short = short.len() < text.len();
            html! {
                <>
                    { short }
                    if is_cut || is_short {
                        <span class="sparkMonitor-Grid-cut" title={tr(SqlMessage::CellCut)}>{ "…" }</span>
                    }
                </>
            }
        }
    }
}
