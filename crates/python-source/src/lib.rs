//! Python source, understood by a real parser. Nothing else in the workspace knows the parser, so that its exact
//! version and its changing interface stay in one crate.
//!
//! [`Program`] is parsed source; everything else is a question about one. Offsets are bytes of the source.

mod awaits;
mod bindings;
mod bound;
mod builtins;
mod depth;
mod escapes;
mod imports;
mod literals;
mod names;
mod problem;
mod program;
mod resolved;
mod secrets;
mod semantic;

pub use awaits::TopLevelAwait;
pub use builtins::is_builtin;
pub use escapes::{Escape, EscapeKind};
pub use imports::FutureImport;
pub use literals::{Assignment, LiteralKind, Text};
pub use names::{NameEvent, NameUse};
pub use problem::Problem;
pub use program::{Program, Version};
pub use resolved::{Argument, Import, MAX_NODES, Meaning, Node, NodeId, Resolved, Shown};
pub use secrets::{Fix, Secret, secrets, secrets_in_text};
