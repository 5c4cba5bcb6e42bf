//! The tab "Spark query", loaded when the first one is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`query`] lists the tab's parts.

mod mount;
mod query;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{Detail, QueryHandle, QueryOptions};
