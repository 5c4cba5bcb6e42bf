//! The tabs "Compare queries" and "Spark storage", loaded when the first of them is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`tab`] lists the kinds of tabs.

mod compare;
mod mount;
mod storage;
mod tab;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{CompareHandle, CompareOptions, Shelf, StorageHandle, StorageOptions};
