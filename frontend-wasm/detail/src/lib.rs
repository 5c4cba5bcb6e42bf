//! The tabs "Spark query" and "Spark storage", loaded when the first of them is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`tab`] lists the kinds of tabs.

mod mount;
mod query;
mod storage;
mod tab;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{Detail, QueryHandle, QueryOptions, StorageHandle, StorageOptions};
