//! The tab "Spark charts": the cluster's numbers over time, from the history.
//!
//! `span`, `times`, `marks` and `quantity` are pure; `model` has the state, `chart`, `table` and `view` draw it, `csv`
//! and `picture` make files of it, `fetch` asks for it, and `tab` puts it all together.

mod chart;
mod csv;
mod fetch;
mod marks;
mod model;
mod picture;
mod quantity;
mod scale;
mod span;
pub mod tab;
mod table;
mod times;
mod view;
mod zone;
