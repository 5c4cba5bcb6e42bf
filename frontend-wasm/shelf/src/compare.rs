//! Two queries side by side: [`compare_tab`] lets a person choose them, [`pair_pane`] asks for both and draws them.
//!
//! [`chosen`] names a query, [`candidates`] lists those that can be chosen. What differs is found without the browser:
//! [`difference`] between two numbers, [`facts`] of the queries, [`operators`] of their plans, [`settings`] of their
//! applications; [`row`] puts what differs first.

mod candidates;
pub mod chosen;
pub mod compare_tab;
mod difference;
mod facts;
mod operators;
mod pair_pane;
mod pair_view;
mod row;
mod settings;
mod side;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod samples;
