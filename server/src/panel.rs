//! The panel's routes, one file each.

mod answer;
pub(crate) mod apps;
pub(crate) mod batches;
pub(crate) mod cell_query;
pub(crate) mod chip;
pub(crate) mod cluster;
pub(crate) mod doctor;
pub(crate) mod environment;
pub(crate) mod executors;
pub(crate) mod findings;
pub(crate) mod history;
mod links;
pub(crate) mod plans;
mod poll;
pub(crate) mod queries;
mod rate;
mod rendered;
pub(crate) mod report;
mod selected;
pub(crate) mod snapshot;
pub(crate) mod stages;
pub(crate) mod storage;
pub(crate) mod tasks;

pub(crate) use answer::{OfSite, Panel};
pub(crate) use links::Links;
pub(crate) use rate::Rates;
