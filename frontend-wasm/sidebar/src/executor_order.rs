//! Which executors are drawn, and in which order.

use std::collections::BinaryHeap;

use wire::{Executor, Executors};

/// A column of the executor table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    #[default]
    Executor,
    Tasks,
    Heap,
    Storage,
    Disk,
    Shuffle,
    Gc,
}

/// The column that sorts the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    pub column: Column,
    pub descending: bool,
}

impl Order {
    /// A click on a column sorts by it, a second one reverses the order. Amounts start with the largest.
    #[must_use]
    pub fn after_click(self, column: Column) -> Self {
        let descending = if self.column == column { !self.descending } else { column != Column::Executor };
        Self { column, descending }
    }

    /// The executors in this order; dead ones always come last.
    pub fn sort(self, executors: &[Executor]) -> Vec<&Executor> {
        // A heap is a small part of the code that a general sort would add to the module.
        let heap: BinaryHeap<(bool, u64, usize)> = executors
            .iter()
            .enumerate()
            .map(|(index, executor)| {
                let amount = self.amount(executor);
                (executor.removed.is_some(), if self.descending { !amount } else { amount }, index)
            })
            .collect();
        heap.into_sorted_vec().into_iter().filter_map(|(_, _, index)| executors.get(index)).collect()
    }

    fn amount(self, executor: &Executor) -> u64 {
        match self.column {
            Column::Executor => executor.executor_id.parse().unwrap_or(u64::MAX),
            Column::Tasks => executor.active_tasks.into(),
            Column::Heap => executor.peak_heap_bytes,
            Column::Storage => executor.storage_bytes.used,
            Column::Disk => executor.cached_to_disk_bytes,
            Column::Shuffle => executor.shuffle_read_bytes.saturating_add(executor.shuffle_write_bytes),
            Column::Gc => executor.gc_permille.unwrap_or_default().into(),
        }
    }
}

impl Column {
    /// The columns that say something: the first two, and those that are not zero for every executor.
    pub fn drawn(answer: &Executors) -> Vec<Self> {
        let mut drawn = vec![Self::Executor, Self::Tasks];
        for column in [Self::Heap, Self::Storage, Self::Disk, Self::Shuffle, Self::Gc] {
            let order = Order { column, descending: false };
            // The driver keeps a few blocks of its own, so less than a percent of storage counts as zero.
            let least =
                |executor: &Executor| if column == Self::Storage { executor.storage_bytes.total / 100 } else { 0 };
            if answer.executors.iter().chain(&answer.driver).any(|executor| order.amount(executor) > least(executor)) {
                drawn.push(column);
            }
        }
        drawn
    }
}

/// Tables up to this length are drawn whole.
const DRAWN_WHOLE: usize = 40;
/// Rows drawn beyond the visible ones, so that a quick scroll does not show empty space.
const BEYOND: usize = 12;

/// The visible part of a long table, in pixels; unknown before the first scroll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    top: u32,
    bottom: u32,
    /// Height of the whole table.
    height: u32,
}

/// The rows to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Rows left out before them.
    pub before: usize,
    pub drawn: usize,
    /// Rows left out after them.
    pub after: usize,
}

/// Rows that count as visible while that is unknown.
const FIRST_SIGHT: usize = 12;

impl Window {
    pub fn seen(scroll_top: i32, client_height: i32, scroll_height: i32) -> Self {
        let [top, seen, height] =
            [scroll_top, client_height, scroll_height].map(|pixels| u32::try_from(pixels).unwrap_or_default());
        Self { top, bottom: top.saturating_add(seen), height }
    }

    /// Which of `count` rows of equal height to draw.
    pub fn rows(self, count: usize) -> Rows {
        if count <= DRAWN_WHOLE {
            return Rows { before: 0, drawn: count, after: 0 };
        }
        let row_at = |y: u32| (y as usize).saturating_mul(count) / (self.height.max(1) as usize);
        let (first, end) =
            if self.height == 0 { (0, FIRST_SIGHT) } else { (row_at(self.top), row_at(self.bottom) + 1) };
        let before = first.saturating_sub(BEYOND).min(count);
        let end = end.saturating_add(BEYOND).clamp(before, count);
        Rows { before, drawn: end - before, after: count - end }
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Order, Rows, Window};
    use wire::{Executor, Meter};

    fn executor(executor_id: &str, used: u64, removed: bool) -> Executor {
        let removed = removed.then(|| "lost".to_owned());
        Executor {
            executor_id: executor_id.to_owned(),
            storage_bytes: Meter::new(used, 100),
            removed,
            ..Executor::default()
        }
    }

    fn ids(order: Order) -> Vec<String> {
        let executors = [executor("10", 5, false), executor("1", 0, true), executor("9", 7, false)];
        order.sort(&executors).into_iter().map(|executor| executor.executor_id.clone()).collect()
    }

    #[test]
    fn numbers_sort_as_numbers_and_the_gone_come_last() {
        assert_eq!(ids(Order::default()), ["9", "10", "1"]);
        assert_eq!(ids(Order { column: Column::Executor, descending: true }), ["10", "9", "1"]);
    }

    #[test]
    fn a_click_sorts_amounts_largest_first_and_a_second_turns_them_round() {
        let once = Order::default().after_click(Column::Storage);
        assert_eq!(ids(once), ["9", "10", "1"]);
        assert_eq!(ids(once.after_click(Column::Storage)), ["10", "9", "1"]);
        assert_eq!(once.after_click(Column::Executor), Order::default());
    }

    #[test]
    fn of_500_rows_only_those_near_what_is_seen_are_drawn() {
        let rows = |window: Window| window.rows(500);
        assert_eq!(rows(Window::default()), Rows { before: 0, drawn: 24, after: 476 });
        assert_eq!(rows(Window::seen(9_000, 320, 18_000)), Rows { before: 238, drawn: 33, after: 229 });
        assert_eq!(rows(Window::seen(17_680, 320, 18_000)), Rows { before: 479, drawn: 21, after: 0 });
        assert_eq!(rows(Window::seen(-3, 320, 18_000)).before, 0);
    }

    #[test]
    fn a_short_table_is_drawn_whole_wherever_a_longer_one_was_scrolled_to() {
        assert_eq!(Window::seen(17_000, 320, 18_000).rows(40), Rows { before: 0, drawn: 40, after: 0 });
    }
}
