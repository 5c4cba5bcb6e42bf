//! How much of one cell is written: as JSON a list of nulls is many times as large as in Arrow.

/// What is left, in bytes of text. Everything that is written costs at least two.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    is_spent: bool,
}

impl Budget {
    pub fn new(bytes: usize) -> Self {
        Self { left: bytes, is_spent: false }
    }

    /// Whether something is missing from the cell.
    pub fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// Takes what a value costs; false if it must not be written.
    pub fn spend(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes.saturating_add(2)) {
            Some(left) if !self.is_spent => self.left = left,
            _ => self.is_spent = true,
        }
        !self.is_spent
    }

    /// As much of a text as may be written.
    pub fn text<'a>(&mut self, text: &'a str) -> &'a str {
        let most = self.left.saturating_sub(2);
        if self.spend(text.len()) { text } else { text.get(..text.floor_char_boundary(most)).unwrap_or_default() }
    }

    /// As many bytes as may be written, each as two characters.
    pub fn bytes<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let most = self.left.saturating_sub(2) / 2;
        if self.spend(bytes.len().saturating_mul(2)) { bytes } else { bytes.get(..most).unwrap_or_default() }
    }
}
