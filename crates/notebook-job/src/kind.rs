//! What kind of cell it is, for a list of cells.

use crate::{job::is_parameters, magics, notebook::Cell, prompts};

/// `parameters`, `empty`, `python`, or the name of the cell's magic.
#[must_use]
pub fn kind(cell: &Cell) -> String {
    let (text, line) = prompts::cleaned(&cell.source);
    match magics::cell::find(&text, line) {
        _ if is_parameters(cell) => "parameters".to_owned(),
        _ if text.trim().is_empty() => "empty".to_owned(),
        Some(magic) if !magic.name.is_empty() => magic.name.to_owned(),
        _ => "python".to_owned(),
    }
}
