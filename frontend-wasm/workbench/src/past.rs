//! The tabs "My queries" and "Spark applications": what is remembered of a person's Spark.
//!
//! `asked` fetches, `queries_tab` and `apps_tab` have what a person does, the views draw; `facts` has what both say of a
//! run.

pub mod apps_tab;
mod apps_view;
mod asked;
mod facts;
mod master_detail;
mod model;
pub mod queries_tab;
mod queries_view;
mod runs_chart;
mod runs_table;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod samples;
mod which;
