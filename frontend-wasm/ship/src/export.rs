//! The tab "Export notebook": what a notebook becomes as a job, and what is done with the job.
//!
//! [`export_tab`] is the component; [`model`] has what a person chose, [`effects`] carries out what a person does,
//! [`converted`] asks again whenever notebook or choices change, [`watched`] polls runs and shipments. [`export_view`]
//! puts the panes together.

pub mod airflow_line;
pub mod button;
pub mod cells_pane;
pub mod converted;
pub mod diff_pane;
pub mod diff_rows;
pub mod document;
pub mod effects;
pub mod export_tab;
pub mod export_view;
pub mod findings_pane;
pub mod focus;
pub mod goals_pane;
pub mod jump;
pub mod master_line;
mod model;
pub mod parameter_form;
pub mod parameters;
pub mod plan_files;
pub mod plan_pane;
pub mod requests;
pub mod run_details;
pub mod runs_pane;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod samples;
pub mod scene;
pub mod schedule_form;
pub mod schedule_words;
pub mod shell;
pub mod shell_choice;
pub mod shipments_pane;
pub mod start_pane;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub mod watched;
