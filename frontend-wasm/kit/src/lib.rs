//! Shared by all bundles: asking the sidecar, keeping its last good answer, texts and drawing.

pub mod api;
#[cfg(not(target_arch = "wasm32"))]
pub mod drawn;
pub mod format;
pub mod i18n;
#[cfg(not(target_arch = "wasm32"))]
pub mod known;
pub mod language;
pub mod loaded;
pub mod look;
pub mod news;
pub mod own_headers;
pub mod parts;
pub mod poll;
pub mod problem;
pub mod read;
pub mod request;
pub mod roots;
#[cfg(not(target_arch = "wasm32"))]
pub mod samples;
pub mod schedule;
pub mod shell_call;
pub mod snapshot;
pub mod sparkline;
pub mod tab;
