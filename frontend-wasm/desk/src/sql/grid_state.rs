//! The state of the result's grid: which rows are drawn, and which cells are selected.

use std::rc::Rc;

use yew::Reducible;

use super::json::RowsRead;
use super::pages::Pages;
use kit::problem::Problem;

/// Height of a row in the stylesheet; pixels.
pub const ROW_PX: usize = 24;
/// Rows that are drawn beyond the visible ones, so that a short way needs no drawing.
const MARGIN_ROWS: usize = 20;
/// The drawn rows change in steps of this many.
const STEP_ROWS: usize = 10;

/// A cell by its row and column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub row: usize,
    pub column: usize,
}

/// All cells between two corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    pub anchor: Place,
    /// The active cell, which the keyboard moves.
    pub active: Place,
}

impl Selection {
    pub fn of(place: Place) -> Self {
        Self { anchor: place, active: place }
    }

    /// First and last row.
    pub fn rows(&self) -> (usize, usize) {
        (self.anchor.row.min(self.active.row), self.anchor.row.max(self.active.row))
    }

    /// First and last column.
    pub fn columns(&self) -> (usize, usize) {
        (self.anchor.column.min(self.active.column), self.anchor.column.max(self.active.column))
    }

    /// The selected columns of a row.
    pub fn in_row(&self, row: usize) -> Option<(usize, usize)> {
        let (first, last) = self.rows();
        (first..=last).contains(&row).then(|| self.columns())
    }
}

/// The size of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub rows: usize,
    pub columns: usize,
}

/// A way of the active cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    /// To the row's edge.
    Home,
    End,
    /// To the result's edge.
    First,
    Last,
}

#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub pages: Pages,
    /// The first visible row and how many are visible.
    pub top: usize,
    pub height: usize,
    pub selection: Option<Selection>,
    /// The cell that is shown whole.
    pub opened: Option<Place>,
    pub problem: Option<Problem>,
}

#[derive(Debug)]
pub enum GridAction {
    Page(usize, Result<RowsRead, Problem>),
    /// Pixels.
    Scrolled {
        top: usize,
        height: usize,
    },
    Move {
        way: Way,
        extends: bool,
        extent: Extent,
    },
    Select(Selection),
    /// Extends the selection to a cell.
    Extend(Place),
    Open(Option<Place>),
}

impl Reducible for Grid {
    type Action = GridAction;

    fn reduce(self: Rc<Self>, action: GridAction) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            GridAction::Page(page, Ok(rows)) => {
                next.pages.add(page, rows);
                next.problem = None;
            }
            GridAction::Page(_, Err(problem)) => next.problem = Some(problem),
            GridAction::Scrolled { top, height } => {
                let (top, height) = (top / ROW_PX / STEP_ROWS * STEP_ROWS, height.div_ceil(ROW_PX));
                if (top, height) == (self.top, self.height) {
                    return self;
                }
                (next.top, next.height) = (top, height);
            }
            GridAction::Move { way, extends, extent } => next.step(way, extends, extent),
            GridAction::Select(selection) => next.selection = Some(selection),
            GridAction::Extend(place) => {
                let anchor = next.selection.map_or(place, |selection| selection.anchor);
                next.selection = Some(Selection { anchor, active: place });
            }
            GridAction::Open(place) => next.opened = place,
        }
        Rc::new(next)
    }
}

impl Grid {
    /// The rows to draw, of `total`.
    pub fn window(&self, total: usize) -> (usize, usize) {
        let first = self.top.saturating_sub(MARGIN_ROWS).min(total);
        let end = (self.top + self.height.max(MARGIN_ROWS) + MARGIN_ROWS + STEP_ROWS).min(total);
        (first, end.max(first))
    }

    fn step(&mut self, way: Way, extends: bool, extent: Extent) {
        let (Some(last_row), Some(last_column)) = (extent.rows.checked_sub(1), extent.columns.checked_sub(1)) else {
            return;
        };
        let page = self.height.saturating_sub(2).max(1);
        let place = match self.selection.map(|selection| selection.active) {
            None => Place::default(),
            Some(Place { row, column }) => {
                let (row, column) = match way {
                    Way::Up => (row.saturating_sub(1), column),
                    Way::Down => (row + 1, column),
                    Way::Left => (row, column.saturating_sub(1)),
                    Way::Right => (row, column + 1),
                    Way::PageUp => (row.saturating_sub(page), column),
                    Way::PageDown => (row + page, column),
                    Way::Home => (row, 0),
                    Way::End => (row, last_column),
                    Way::First => (0, 0),
                    Way::Last => (last_row, last_column),
                };
                Place { row: row.min(last_row), column: column.min(last_column) }
            }
        };
        let anchor = self.selection.filter(|_| extends).map_or(place, |selection| selection.anchor);
        self.selection = Some(Selection { anchor, active: place });
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use yew::Reducible;

    use super::{Extent, Grid, GridAction, Place, ROW_PX, Selection, Way};

    const EXTENT: Extent = Extent { rows: 10_000, columns: 3 };

    fn walk(ways: &[(Way, bool)]) -> Option<Selection> {
        let grid = Rc::new(Grid { height: 22, ..Grid::default() });
        let walked = ways.iter().fold(grid, |grid, (way, extends)| {
            grid.reduce(GridAction::Move { way: *way, extends: *extends, extent: EXTENT })
        });
        walked.selection
    }

    fn place(row: usize, column: usize) -> Place {
        Place { row, column }
    }

    #[test]
    fn the_first_key_selects_the_first_cell_and_the_next_ones_move_it() {
        assert_eq!(walk(&[(Way::Down, false)]), Some(Selection::of(place(0, 0))));
        let ways = [Way::Down, Way::Down, Way::Right, Way::PageDown, Way::End, Way::Left];
        assert_eq!(walk(&ways.map(|way| (way, false))), Some(Selection::of(place(21, 1))));
        assert_eq!(
            walk(&[Way::Up, Way::Last, Way::Down, Way::Right].map(|way| (way, false))),
            Some(Selection::of(place(9_999, 2)))
        );
        assert_eq!(
            walk(&[Way::Up, Way::Last, Way::First, Way::PageUp].map(|way| (way, false))),
            Some(Selection::of(place(0, 0)))
        );
    }

    #[test]
    fn with_shift_the_selection_grows_from_its_anchor() {
        let selection = walk(&[(Way::Down, false), (Way::Down, false), (Way::End, true), (Way::Up, true)]);
        assert_eq!(selection, Some(Selection { anchor: place(1, 0), active: place(0, 2) }));
        let selection = selection.unwrap_or(Selection::of(place(0, 0)));
        assert_eq!([selection.in_row(0), selection.in_row(1), selection.in_row(2)], [Some((0, 2)), Some((0, 2)), None]);
    }

    #[test]
    fn only_the_rows_near_the_visible_ones_are_drawn() {
        let scrolled = |top: usize| {
            let grid = Rc::new(Grid::default());
            grid.reduce(GridAction::Scrolled { top: top * ROW_PX, height: 22 * ROW_PX }).window(10_000)
        };
        assert_eq!(scrolled(0), (0, 52));
        assert_eq!(scrolled(5_004), (4_980, 5_052));
        assert_eq!(scrolled(9_978), (9_950, 10_000));
        assert_eq!(Grid::default().window(7), (0, 7));
    }
}
