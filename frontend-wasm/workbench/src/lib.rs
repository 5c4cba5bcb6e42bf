//! The tabs in JupyterLab's main area that show what Spark does and did, loaded when the first of them is opened.
//!
//! [`mount`] is the interface for the TypeScript shell, [`tab`] lists the kinds of tabs; each kind has its own files.

mod charts;
mod mount;
mod past;
mod report;
mod report_model;
mod report_tab;
mod report_view;
mod stored;
mod stored_view;
mod tab;
mod usage_chart;
mod usage_model;
mod usage_tab;
mod usage_view;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{
    AppsHandle, ChartsHandle, ChartsOptions, QueriesHandle, QueriesOptions, ReportHandle, ReportOptions, UsageHandle,
    Workbench,
};
