//! The sidecar of the Spark monitor: who asks, which Spark is theirs, and small honest answers about it.
//!
//! A request goes `listen` -> `http::middleware` -> `router` -> a handler of an area (`panel`, `contract`), which asks the
//! facts of the crate `monitor`. Causes become statuses in `http::error` alone.

pub mod app;
pub mod commands;
pub mod config;
mod contract;
#[cfg(fuzzing)]
pub mod fuzz;
mod http;
pub mod listen;
pub mod log;
pub mod mock;
mod panel;
pub mod router;
mod words;

pub use app::App;
pub use http::Session;
