//! A notebook becomes a job: one flat Python file that runs from top to bottom, the same for every target.
//!
//! Cells are edited where the syntax tree has something that only a notebook understands; every other byte stays. No
//! code is put into a function or a text, nothing is indented again. [`convert`] also says what a person should know,
//! decide or mend before: see [`Finding`]. Nothing here reads a file or the network.

mod cells;
mod context;
mod difference;
mod finding;
mod interpolate;
mod job;
mod kind;
mod lines;
mod magics;
mod notebook;
mod options;
mod prelude;
mod prompts;
mod python;
mod sql;
mod targets;
mod words;

pub use difference::{Compared, difference};
pub use finding::{Finding, Severity};
pub use job::{CellSecret, Job, Place, cell_secrets, convert, convert_while};
pub use kind::kind;
pub use notebook::{Cell, MAX_BYTES, MAX_CELL_BYTES, MAX_CELLS, MAX_CODE_BYTES, MAX_LINES, Notebook, ReadError};
pub use options::{Options, Shell};
pub use python_source::{Assignment, LiteralKind, Version, secrets_in_text};
pub use targets::{File, Shipping, Target, TargetError, dag_id};
pub use words::Sentence;
