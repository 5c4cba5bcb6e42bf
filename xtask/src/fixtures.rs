//! `cargo xtask fixtures`: records the master's pages of a real Spark, with and without its reverse proxy.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    http, install, paths,
    spark::{Options, Spark},
    step::step,
};

/// Records into `tests/fixtures/spark-4.3.0/`.
pub fn record() -> Result<()> {
    install::system(false)?;
    install::venv()?;
    for reverse_proxy in [false, true] {
        let mode = if reverse_proxy { "reverse_proxy" } else { "direct" };
        step(&format!("The master's pages, {mode}"), || {
            let spark = Spark::start(&Options { reverse_proxy, ..Options::demo() })?;
            let state = http::json(&format!("{}/json/", spark.master_ui())).context("the master is silent")?;
            let app_id = state.pointer("/activeapps/0/id").and_then(|id| id.as_str()).context("no application")?;
            let folder = paths::root().join("tests/fixtures/spark-4.3.0");
            for (name, path) in [("home", "/".to_owned()), ("app", format!("/app/?appId={app_id}"))] {
                let page = http::text(&format!("{}{path}", spark.master_ui())).context("the master is silent")?;
                fs::write(folder.join(format!("master_{name}_page_{mode}.html")), page)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
