//! The tab "Export notebook", loaded when it is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`export`] lists the tab's parts.

mod export;
mod mount;

pub use export::shell::{ExportDocument, ExportOptions};
pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{ExportHandle, Ship};
