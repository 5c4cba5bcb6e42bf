//! Sentences about exported notebooks.

use std::fmt::Display;

use super::{errors::Explained, say};

pub(crate) fn not_converted(reason: &impl Display) -> Explained {
    Explained {
        error: say!("The notebook cannot be exported: %1.", reason),
        hint: say!("Change what the sentence names, and try again."),
    }
}

pub(crate) fn blocked() -> Explained {
    Explained {
        error: say!("Something in the notebook must be mended or decided first."),
        hint: say!("Look at the findings; each says what to do."),
    }
}
