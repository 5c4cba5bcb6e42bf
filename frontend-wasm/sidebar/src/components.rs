//! The components: values in, events out. Only [`chip::ChipApp`] and [`panel::PanelApp`] fetch.
//!
//! All other parts are functions that return `Html`: as a separate component, each would cost every browser another 8
//! KB of WebAssembly. Their state is in [`crate::model`].

mod application;
mod chip;
pub mod cluster;
mod copy_button;
mod executor_row;
mod executors;
mod fact;
pub mod findings;
mod history;
mod panel;
mod panel_context;
mod panel_section;
mod panel_state;
mod panel_view;
mod queries;
mod query_origin;
mod query_stages;
mod row_menu;
mod row_names;
mod sections;
mod sessions;
mod spark_link;
mod stage_facts;
mod stop;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod toolbar;
mod workers;

pub use chip::{ChipApp, ChipAppProps};
pub use panel::{Order, PanelApp, PanelAppProps};
