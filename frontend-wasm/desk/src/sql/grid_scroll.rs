//! Brings the grid's active cell into sight.

use web_sys::HtmlElement;

use super::grid_state::ROW_PX;

/// Height of the heading, which covers the first rows; pixels.
const HEAD_PX: i32 = 40;

/// Scrolls as little as possible. A cell that is not drawn yet is found by its row.
pub fn reveal(scroll: &HtmlElement, cell: Option<&HtmlElement>, row: usize) {
    let row_px = i32::try_from(ROW_PX).unwrap_or_default();
    let top = i32::try_from(row).unwrap_or(i32::MAX).saturating_mul(row_px);
    let seen = scroll.client_height() - HEAD_PX;
    if top < scroll.scroll_top() {
        scroll.set_scroll_top(top);
    } else if top + row_px > scroll.scroll_top() + seen {
        scroll.set_scroll_top(top + row_px - seen);
    }
    if let Some(cell) = cell {
        let (left, right) = (cell.offset_left(), cell.offset_left() + cell.offset_width());
        // The rows' numbers stay at the left edge.
        let numbers =
            cell.parent_element().and_then(|row| row.first_element_child()).map_or(0, |number| number.client_width());
        if left - numbers < scroll.scroll_left() {
            scroll.set_scroll_left(left - numbers);
        } else if right > scroll.scroll_left() + scroll.client_width() {
            scroll.set_scroll_left(right - scroll.client_width());
        }
    }
}
