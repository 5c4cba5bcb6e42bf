//! What the panel's rows are called in `data-row`, by which the shell's context menus name them.

use wire::{Executor, Query};

/// The only entry of an executor's menu.
pub const COPY_EXECUTOR: &str = "copy-executor";
pub const APP_ROW: &str = "app";
/// What the names of queries and of executors begin with.
pub const QUERY: &str = "query/";
pub const EXECUTOR: &str = "executor/";

pub fn query_row(query: &Query) -> String {
    [QUERY, &query.query_id].concat()
}

pub fn executor_row(executor: &Executor) -> String {
    [EXECUTOR, &executor.executor_id].concat()
}
