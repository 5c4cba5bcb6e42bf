//! The tabs "Spark query", loaded when the first of them is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`tab`] has the values of a tab.

mod mount;
mod query;
mod tab;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{Detail, QueryHandle, QueryOptions};
