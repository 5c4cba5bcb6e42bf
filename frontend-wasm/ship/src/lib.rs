//! The tabs "Export notebook" and "Spark storage", loaded when the first of them is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`export`] and [`storage`] have the tabs.

mod export;
mod mount;
mod storage;

pub use export::shell::{ExportDocument, ExportOptions};
pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{ExportHandle, Ship, StorageHandle, StorageOptions};
