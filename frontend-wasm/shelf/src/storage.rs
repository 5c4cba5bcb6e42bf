//! The page of cached data: [`storage_tab`] polls, [`storage_view`] draws.

pub mod storage_tab;
mod storage_view;
