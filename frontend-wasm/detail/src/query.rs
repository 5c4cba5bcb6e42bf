//! A query's page: [`query_tab`] polls, [`query_view`] draws its parts in order.
//!
//! [`findings_pane`] says what slows it down, [`timeline`] has the stages, [`plan_pane`] the plan: [`layout`] says where its operators stand, [`heat`] which of
//! them took the time.

mod findings_pane;
mod heat;
mod layout;
mod plan_pane;
pub mod query_tab;
mod query_view;
mod timeline;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod samples;
