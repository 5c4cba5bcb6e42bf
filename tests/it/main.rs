//! The sidecar through its real router, against upstreams with recorded answers.

#![expect(clippy::disallowed_methods, reason = "tests start real processes, which take real time")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

#[cfg(feature = "sql")]
mod assist;
mod cached_routes;
mod cell_query;
mod clocks;
mod deadlines;
mod discovery;
mod documents;
mod environment;
mod errors;
mod export;
mod faults;
mod findings;
mod history;
mod identity;
mod kept_answers;
mod kube_names;
mod limits;
mod links;
#[cfg(feature = "long-tests")]
mod long;
mod masters;
#[cfg(feature = "sql")]
mod mcp;
mod memory;
mod neighbours;
mod openapi;
mod panel_routes;
mod passthrough;
mod pipelines;
mod process;
mod queries;
mod query_report;
mod reports;
mod runs;
mod security;
mod shipments;
mod snapshot;
mod standalone;
mod support;
