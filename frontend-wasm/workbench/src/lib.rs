//! The tabs in JupyterLab's main area, loaded when the first of them is opened.
//!
//! [`mount`] is what the TypeScript shell calls, [`roots`] gives each tab an element to draw in, [`tab`] lists the kinds of
//! tabs; each kind has files of its own.

mod mount;
mod report;
mod report_model;
mod report_tab;
mod report_view;
mod roots;
mod tab;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{ReportHandle, ReportOptions, Workbench};
