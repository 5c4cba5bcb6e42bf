//! The tab "Spark SQL", loaded when it is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`sql`] lists the tab's parts.

mod mount;
mod sql;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{Desk, SqlHandle};
pub use sql::shell::SqlOptions;
