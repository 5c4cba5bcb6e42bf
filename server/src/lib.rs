//! The sidecar of the Spark monitor: who asks, which Spark is theirs, and small honest answers about it.
//!
//! A request goes `listen` -> `middleware` -> `router` -> a feature (`status`, `cluster`, `apps`, `executors`, `stages`,
//! `chip`) -> `cache` -> `upstream`. Causes become statuses in `error` alone; tokens are seen by `session` alone.

mod app_id;
mod apps;
mod cache;
mod chip;
mod clock;
mod cluster;
pub mod config;
mod connect_request;
mod doctor;
pub mod doctor_command;
mod error;
mod executors;
#[cfg(fuzzing)]
pub mod fuzz;
mod health;
mod history;
pub mod listen;
pub mod log;
mod middleware;
pub mod mock;
mod panel;
mod passthrough;
mod queries;
mod router;
mod session;
mod stages;
pub mod state;
mod status;
pub mod tasks;
mod words;

pub use router::{app, openapi};
/// What is decoded of a stage, for the benchmarks.
pub use upstream::driver::StageRow;
