//! The pages of a result that have been fetched.

use std::rc::Rc;

use super::json::{Raw, RowsRead};

/// Rows of a page: small enough to arrive while a person scrolls.
pub const PAGE_ROWS: usize = 250;

/// One row: its cells, and which of them were cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub cells: Vec<Raw>,
    pub cut: Vec<usize>,
}

/// The rows by their places; those that have not arrived are missing.
#[derive(Clone, Debug, Default)]
pub struct Pages(Vec<Option<Rc<[Rc<Row>]>>>);

impl Pages {
    /// Takes in a page.
    pub fn add(&mut self, page: usize, rows: RowsRead) {
        if page >= self.0.len() {
            self.0.resize(page + 1, None);
        }
        let cut = |at: usize| {
            let here = rows.cut.iter().filter(move |(row, _)| usize::try_from(*row).is_ok_and(|row| row == at));
            here.filter_map(|(_, column)| usize::try_from(*column).ok()).collect()
        };
        let cut: Vec<Vec<usize>> = (0..rows.rows.len()).map(cut).collect();
        let rows = rows.rows.into_iter().zip(cut).map(|(cells, cut)| Rc::new(Row { cells, cut })).collect();
        if let Some(place) = self.0.get_mut(page) {
            *place = Some(rows);
        }
    }

    pub fn row(&self, place: usize) -> Option<&Rc<Row>> {
        self.0.get(place / PAGE_ROWS)?.as_ref()?.get(place % PAGE_ROWS)
    }

    /// The pages of rows `first..end` that have not been fetched, or that were fetched before all `total` rows arrived.
    pub fn missing(&self, first: usize, end: usize, total: usize) -> Vec<usize> {
        let end = end.min(total);
        if first >= end {
            return Vec::new();
        }
        let is_missing = |page: &usize| {
            let wanted = PAGE_ROWS.min(total - page * PAGE_ROWS);
            self.0.get(*page).and_then(Option::as_ref).is_none_or(|rows| rows.len() < wanted)
        };
        (first / PAGE_ROWS..=(end - 1) / PAGE_ROWS).filter(is_missing).collect()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{PAGE_ROWS, Pages, Raw, RowsRead};

    fn page(rows: usize, cut: Vec<(u32, u32)>) -> RowsRead {
        RowsRead { rows: vec![vec![Raw::Null]; rows], cut, total: 0 }
    }

    #[test]
    fn a_page_is_asked_for_again_when_more_of_its_rows_have_arrived() {
        let mut pages = Pages::default();
        assert_eq!(pages.missing(0, 40, 10_000), [0]);
        pages.add(0, page(100, Vec::new()));
        assert_eq!(pages.missing(0, 40, 100), [0_usize; 0]);
        assert_eq!(pages.missing(0, 40, 101), [0]);
        pages.add(0, page(PAGE_ROWS, Vec::new()));
        assert_eq!(pages.missing(PAGE_ROWS - 10, PAGE_ROWS + 10, 10_000), [1]);
        assert_eq!(pages.missing(10, 10, 0), [0_usize; 0]);
    }

    #[test]
    fn a_row_knows_which_of_its_cells_were_cut() {
        let mut pages = Pages::default();
        pages.add(1, page(3, vec![(2, 0)]));
        let cut = |place| pages.row(place).map(|row| row.cut.clone());
        assert_eq!([cut(PAGE_ROWS + 1), cut(PAGE_ROWS + 2), cut(0)], [Some(vec![]), Some(vec![0]), None]);
    }
}
