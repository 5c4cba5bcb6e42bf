//! A client of Spark Connect: sessions, statements with bounded results, interrupts, and cells as JSON.
//!
//! An [`Address`] is parsed from a connection string, a [`Client`] is a connection to it, and a [`Session`] is one
//! Spark session on it. [`Session::run`] starts a [`Statement`] and gives a [`Run`], which yields [`Event`]s:
//! columns, rows, progress, and at last how it ended. All methods of a session take `&self` and share one connection,
//! so an interrupt never waits behind a running query.

mod address;
mod analysis;
mod answer;
mod arguments;
mod cells;
mod chunks;
mod client;
mod config;
mod details;
mod dropped_arguments;
mod error;
mod existing;
mod explain;
#[cfg(feature = "fuzz")]
pub mod fuzz;
#[cfg(test)]
mod garbage;
mod gate;
mod headings;
mod interrupt;
mod ipc;
mod kind;
mod limits;
mod operation;
mod progress;
mod responses;
mod retry;
mod run;
mod schema;
mod session;
mod spark_type;
mod statement;
mod telemetry;

pub use address::{Address, AddressError};
pub use analysis::{Analysis, AnalysisFailure};
pub use arguments::{Argument, ArgumentError, Arguments};
pub use client::{Client, TrustedRoots};
pub use details::{Position, QueryContext, SparkError};
pub use error::{ConnectError, ProtocolError};
pub use explain::{ExplainMode, UnknownExplainMode};
pub use interrupt::Interrupter;
pub use kind::StatementKind;
pub use limits::{LimitExceeded, LimitType, Limits};
pub use operation::OperationState;
pub use progress::{Progress, StageProgress};
pub use run::{Ended, Event, Rows, Run};
pub use schema::Column;
pub use session::Session;
pub use statement::{RunOptions, Statement};
