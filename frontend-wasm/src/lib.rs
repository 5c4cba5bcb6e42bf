//! The chip and the panel: what JupyterLab shows of the sidecar's answers.
//!
//! Data flows one way: [`api`] fetches, [`poll`] decides when, [`loaded`] keeps the last good answer, [`components`]
//! draw values, [`mount`] hands the whole to the TypeScript shell.

mod announce;
mod api;
mod components;
mod executor_order;
mod format;
mod i18n;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod known;
mod language;
mod loaded;
mod mine;
mod model;
mod mount;
mod news;
mod place;
mod poll;
mod preferences;
mod problem;
mod read;
mod report;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod samples;
mod schedule;
mod shell;
mod sparkline;
mod tab;
mod why;

pub use language::{Language, set_language};
pub use mount::{ChipHandle, Frontend, MountOptions, PanelHandle};
