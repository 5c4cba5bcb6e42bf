//! A query's page: [`query_tab`] polls, [`query_view`] draws its parts in order.
//!
//! [`stop`] stops it, [`findings_pane`] says what slows it down, [`batches_pane`] has the batches of a stream,
//! [`timeline`] the stages, [`tasks_pane`] their tasks, [`plan_pane`] the plans, [`plan_graph`] draws one: [`layout`] says where its operators stand, [`part`] which
//! of them are drawn, [`heat`] which took the time. [`settings_pane`] has the settings of its
//! application, [`save_pane`] saves all of it as a file.

mod batches_pane;
mod findings_pane;
mod heat;
mod interrupt;
mod layout;
mod page;
mod part;
mod plan_graph;
mod plan_pane;
pub mod query_tab;
mod query_view;
mod rule_name;
mod save_pane;
mod settings_pane;
mod stop;
mod tasks_pane;
mod timeline;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod samples;
