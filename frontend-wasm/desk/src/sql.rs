//! The tab "Spark SQL": statements on Spark Connect, their results, and the catalogue.
//!
//! [`sql_tab`] is the component; [`model`] has its state, [`effects`] carries out what a person does, [`follow`] polls
//! the statement that runs. Each pane fetches its own answer with [`kit::asked`].

pub mod any_case;
pub mod argument_form;
pub mod arguments;
pub mod button;
pub mod catalog;
pub mod catalog_pane;
pub mod cell_text;
pub mod cell_view;
pub mod copy_text;
pub mod editor;
pub mod effects;
pub mod error_view;
pub mod focus;
pub mod follow;
pub mod grid;
pub mod grid_scroll;
pub mod grid_state;
pub mod grid_view;
pub mod history_pane;
pub mod json;
pub mod marks;
pub mod model;
pub mod pages;
pub mod plan_pane;
pub mod plan_tree;
pub mod requests;
pub mod result_pane;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod samples;
pub mod schema_pane;
pub mod shell;
pub mod snippet;
pub mod sql_tab;
pub mod sql_view;
pub mod state_line;
pub mod table_pane;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod tokens;
