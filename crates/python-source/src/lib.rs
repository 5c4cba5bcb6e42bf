//! Python source, understood by a real parser. Nothing else in the workspace knows the parser, so that its exact
//! version and its changing interface stay in one crate.
//!
//! [`Program`] is parsed source; everything else is a question about one. Offsets are bytes of the source.

mod problem;
mod program;
mod secrets;

pub use problem::Problem;
pub use program::{Program, Version};
pub use secrets::{Fix, Secret, secrets, secrets_in_text};
