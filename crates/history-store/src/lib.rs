//! What is remembered of Spark: samples with their hourly and daily means, states over time, and runs of queries. It
//! knows neither Spark nor HTTP; whoever uses it names systems, components and values, and says what time it is.
//!
//! [`Store::open`] finds the best place for a person's file, [`Store::connect`] opens a site's database on PostgreSQL or
//! MariaDB; [`writer`] starts the one task that writes; reads are methods of [`Store`].

mod change;
mod copy;
mod dialect;
mod error;
mod files;
mod filesystem;
mod forgotten;
mod lease;
mod local;
mod migrate;
mod open;
mod pool;
mod read;
mod retention;
mod rollup;
mod schema;
mod server;
mod slower;
mod statement;
mod store;
mod transaction;
mod write;
mod writer;

pub use change::{Change, Component, Run, Shape, SpanSeen, SystemKey, Texts, Tick, Values};
pub use error::StoreError;
pub use lease::Lease;
pub use local::{Kept, Local};
pub use open::Places;
pub use read::{ComponentRow, PointRow, RunRow, ShapeRow, Size, SpanRow};
pub use retention::{DAY_MS, HOUR_MS, Retention};
pub use schema::{Engine, migrations};
pub use server::Address;
pub use slower::{COMPARED, Past, slower};
pub use store::Store;
pub use writer::{Recorder, Writer, writer};

/// The text of every statement that runs on all engines, for one of them. A test has each engine prepare them.
#[must_use]
pub fn statements(engine: Engine) -> Vec<String> {
    let modules = [
        forgotten::STATEMENTS,
        lease::STATEMENTS,
        migrate::STATEMENTS,
        read::STATEMENTS,
        retention::STATEMENTS,
        rollup::STATEMENTS,
        write::STATEMENTS,
    ];
    modules.iter().flat_map(|module| module.iter()).map(|statement| engine.text(statement.0).into_owned()).collect()
}
