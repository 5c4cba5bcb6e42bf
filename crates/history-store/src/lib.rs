//! What is remembered of a person's Spark: samples with their hourly and daily means, states over time, and runs of
//! queries. It knows neither Spark nor HTTP; whoever uses it names systems, components and values, and says what time
//! it is.
//!
//! [`Store::open`] finds the best place; [`writer`] starts the one task that writes; reads are methods of [`Store`].

mod change;
mod copy;
mod error;
mod files;
mod filesystem;
mod forgotten;
mod lease;
mod open;
mod read;
mod retention;
mod rollup;
mod schema;
mod slower;
mod store;
mod transaction;
mod write;
mod writer;

pub use change::{Change, Component, Run, Shape, SpanSeen, SystemKey, Texts, Tick, Values};
pub use error::StoreError;
pub use lease::Lease;
pub use open::{Kept, Places};
pub use read::{ComponentRow, PointRow, RunRow, ShapeRow, Size, SpanRow};
pub use retention::{DAY_MS, HOUR_MS, Retention};
pub use schema::{Engine, migrations};
pub use slower::{COMPARED, Past, slower};
pub use store::Store;
pub use writer::{Recorder, Writer, writer};
