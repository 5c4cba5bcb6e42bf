//! How much of an upstream's answer is kept. A driver runs its user's code, so it may send anything.

/// Limits for one answer. Each is a setting; `config.rs` gives the reasons for the defaults.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Number of rows kept of one list.
    pub rows: usize,
    /// Largest row that is decoded, after its strings were cut; bytes of JSON.
    pub row_bytes: usize,
    /// Longest string; longer ones are cut before decoding. Bytes of JSON.
    pub string_bytes: usize,
    /// Memory that the kept rows of one list may take, bytes.
    pub list_bytes: usize,
}

impl Bounds {
    /// The default settings.
    pub const DEFAULT: Self = Self { rows: 20_000, row_bytes: 1 << 20, string_bytes: 16 << 10, list_bytes: 8 << 20 };
}
