//! The chip and the panel: what JupyterLab shows of the sidecar's answers.
//!
//! Data flows one way: [`kit`] fetches and keeps the last good answer, [`model`] is the panel's state, [`components`]
//! draw values, [`mount`] is the interface for the TypeScript shell.

mod announce;
mod components;
mod executor_order;
mod health;
mod interrupt;
mod mine;
mod model;
mod mount;
mod place;
mod preferences;
mod shell;
mod why;

pub use kit::language::{Language, set_language};
pub use kit::own_headers::OwnHeaders;
pub use mount::{ChipHandle, Frontend, MountOptions, PanelHandle};
