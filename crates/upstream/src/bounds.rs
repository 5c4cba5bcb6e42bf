//! How much of an upstream's answer is kept, whatever it sends: a driver runs its user's code.

/// Limits of one answer. Each is a setting, which says why it is what it is.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Rows kept of one list.
    pub rows: usize,
    /// Largest row that is decoded, its strings already cut; bytes of JSON.
    pub row_bytes: usize,
    /// Longest string that a decoder sees, bytes of JSON.
    pub string_bytes: usize,
    /// What the kept rows of one list may take, bytes of memory.
    pub list_bytes: usize,
}

impl Bounds {
    /// What holds unless a setting says otherwise.
    pub const DEFAULT: Self = Self { rows: 20_000, row_bytes: 1 << 20, string_bytes: 16 << 10, list_bytes: 8 << 20 };
}
