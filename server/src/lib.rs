//! The sidecar of the Spark monitor. It resolves the user of a request, finds that user's Spark, and answers with small
//! JSON.
//!
//! A request goes through `listen` -> `http::middleware` -> `router` -> a handler of an area (`panel`, `contract`),
//! which gets facts from the crate `monitor`. Only `http::error` turns causes of errors into statuses.

pub mod app;
mod areas;
#[cfg(feature = "sql")]
mod assist;
mod audit;
pub mod commands;
pub mod config;
mod contract;
mod export;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod history;
mod http;
#[cfg(feature = "sql")]
mod ladder;
pub mod listen;
pub mod log;
#[cfg(feature = "sql")]
mod mcp;
pub mod mock;
mod panel;
mod per_owner;
pub mod router;
#[cfg(feature = "sql")]
mod sql;
mod words;

pub use app::App;
pub use http::Session;
