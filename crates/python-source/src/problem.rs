//! What is wrong at one place of a source.

use std::ops::Range;

/// A place in the source, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the source.
    pub range: Range<usize>,
    /// One sentence part without a full stop, in the parser's words.
    pub message: String,
}
