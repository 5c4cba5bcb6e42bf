//! `cargo xtask demo`: starts a real Spark and a real JupyterLab with the extension, from scratch.

use std::{thread, time::Duration};

use anyhow::{Result, bail};

use crate::{
    browser, install,
    jupyter::{Lab, NOTEBOOK},
    paths, run,
    spark::{Options, Spark},
    step::step,
    stop, wheel,
};

/// Runs until Ctrl-C, or with `check` until the browser test has finished.
pub fn run(check: bool) -> Result<()> {
    install::system(check)?;
    install::rust(false)?;
    install::venv()?;
    wheel::install_dev()?;
    let mut spark = step("Spark: master, worker, Connect server", || Spark::start(&Options::demo()))?;
    let mut lab = step("JupyterLab", || Lab::start(&spark))?;
    println!("\nJupyterLab: {}\nSpark Master: {}\n", lab.url, spark.master_ui());
    if check {
        return step("The demo notebook in the browser", || check_in_browser(&lab));
    }
    println!("Open JupyterLab, choose Run > Run All Cells and watch the panel. Ctrl-C stops everything.");
    while !stop::asked() {
        if !lab.runs() || !spark.runs() {
            bail!("a part of the demonstration has ended by itself; see the logs under {}", paths::dev().display());
        }
        thread::sleep(Duration::from_millis(200));
    }
    println!("Stopping.");
    Ok(())
}

fn check_in_browser(lab: &Lab) -> Result<()> {
    install::browser_tests()?;
    let folder = paths::root().join("tests/e2e");
    let mut node = run::command("node", &folder);
    node.arg("demo.mjs").env("LAB_URL", &lab.url).env("NOTEBOOK", NOTEBOOK).env("CHROMIUM", browser::chromium()?);
    run::run(node.env("OUT", paths::root().join("target/demo")))
}
