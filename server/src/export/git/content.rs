//! What is in a file, as far as it can be shown.

/// Longest text that is shown, bytes.
pub(super) const LONGEST: usize = 512 << 10;

/// A file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Text(String),
    /// No text, or one that is too long to be shown.
    Opaque {
        bytes: u64,
    },
}

impl Content {
    /// Of bytes.
    pub(in crate::export) fn of(bytes: &[u8]) -> Self {
        let text = (bytes.len() <= LONGEST && !bytes.contains(&0)).then(|| std::str::from_utf8(bytes).ok()).flatten();
        match text {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Opaque { bytes: bytes.len() as u64 },
        }
    }

    /// For people.
    pub(in crate::export) fn shown(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Opaque { bytes } => format!("({bytes} bytes)"),
        }
    }
}
