//! A line of a notebook's cell.

/// A line of a notebook's cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub notebook_id: String,
    pub cell: Cell,
    pub line: Option<u32>,
}

/// Identifies a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Its execution count.
    Count(u32),
    /// The hash of its text.
    Hash(String),
}
