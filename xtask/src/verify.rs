//! `cargo xtask verify`: the long proofs, run before an issue is called done.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{browser, dependencies, fuzz, install, paths, run, step::step, test, wheel};

/// Around what `verify versions` writes into `docs/queries.md`.
const BEGIN: &str = "<!-- Written by `cargo xtask verify versions`. -->";
const END: &str = "<!-- End of what is written. -->";

type Proof = fn() -> Result<()>;

const PROOFS: [(&str, Proof); 12] = [
    ("demo-check", demo_check),
    ("leak", leak),
    ("states", states),
    ("requests", requests),
    ("pictures", pictures),
    ("versions", versions),
    ("queries", queries),
    ("faults", faults),
    ("soak", soak),
    ("fuzz", fuzz::run),
    ("dependencies", dependencies::run),
    ("clean-clone", clean_clone),
];

/// Runs all proofs, or those named.
pub fn run(only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !PROOFS.iter().any(|(proof, _)| proof == name)) {
        bail!("there is no proof called {unknown}, only {}", PROOFS.map(|(proof, _)| proof).join(", "));
    }
    for (name, proof) in PROOFS {
        if only.is_empty() || only.iter().any(|wanted| wanted == name) {
            step(name, proof)?;
        }
    }
    Ok(())
}

/// The README's first command, without a person.
fn demo_check() -> Result<()> {
    run::run(run::command("cargo", &paths::root()).args(["xtask", "demo", "--check"]))
}

/// The panel, opened and closed 125 times, leaves nothing behind in the browser.
fn leak() -> Result<()> {
    in_browser("leak.mjs")
}

/// The panel says in each of its states what it should, and axe finds nothing; the pictures in `docs/panel/` are taken anew.
fn states() -> Result<()> {
    in_browser("states.mjs")
}

/// How often browser and sidecar ask, in each situation; writes the tables of `docs/panel.md`.
fn requests() -> Result<()> {
    in_browser("request-log.mjs")
}

/// Languages, settings and contrast; the pictures in `docs/at-home/` are taken anew.
fn pictures() -> Result<()> {
    in_browser("pictures.mjs")
}

/// A script of `tests/e2e`, with everything it needs.
fn in_browser(script: &str) -> Result<()> {
    install::system(true)?;
    wheel::install_dev()?;
    browser::npm()?;
    let mut node = run::command("node", &paths::root().join("tests/e2e"));
    run::run(test::with_tools(node.arg(script))?)
}

/// Names, sessions, cells and sentences of queries on each version of Spark, written into `docs/queries.md`.
fn versions() -> Result<()> {
    install::system(true)?;
    wheel::install_dev()?;
    let tables = paths::target().join("versions");
    if tables.exists() {
        fs::remove_dir_all(&tables)?;
    }
    let mut pytest = run::command(paths::venv_bin("python"), &paths::root());
    pytest.args(["-m", "pytest", "tests/versions", "-q", "--durations=5"]);
    run::run(test::with_tools(&mut pytest)?.env("OUT", &tables))?;
    let table = |version| fs::read_to_string(tables.join(format!("queries-{version}.md")));
    let tables = ["4.3.0", "4.0.5", "3.5.9"].map(table).into_iter().collect::<Result<Vec<_>, _>>()?;
    let document = paths::root().join("docs/queries.md");
    let text = fs::read_to_string(&document)?;
    let (head, rest) = text.split_once(BEGIN).context("docs/queries.md has no place for the tables")?;
    let (_, tail) = rest.split_once(END).context("docs/queries.md has no end of the tables")?;
    Ok(fs::write(&document, [head, BEGIN, "\n", &tables.join("\n"), END, tail].concat())?)
}

/// The way back to a cell of Spark 3.5, and the pictures of `docs/queries.md`.
fn queries() -> Result<()> {
    in_browser("classic.mjs")?;
    in_browser("queries.mjs")
}

/// Every fault of every upstream and of the machine.
fn faults() -> Result<()> {
    long_tests(&["faults", "long::machine"])
}

/// Twenty minutes of random faults; `SOAK_MINUTES` changes that.
fn soak() -> Result<()> {
    long_tests(&["long::soak"])
}

fn long_tests(which: &[&str]) -> Result<()> {
    let mut cargo = run::command("cargo", &paths::root());
    cargo.args(["test", "--locked", "-p", "berdl-spark-monitor", "--features", "long-tests", "--test", "it", "--"]);
    run::run(cargo.arg("--nocapture").args(which))
}

/// The README's two commands in a fresh clone with a target directory of its own.
fn clean_clone() -> Result<()> {
    let clone = paths::dev().join("clone");
    if clone.exists() {
        fs::remove_dir_all(&clone).with_context(|| format!("cannot remove {}", clone.display()))?;
    }
    run::run(run::command("git", &paths::root()).args(["clone", "--quiet", "."]).arg(&clone))?;
    for arguments in [&["xtask", "demo", "--check"][..], &["xtask", "test"]] {
        let mut cargo: Command = run::command("cargo", &clone);
        run::run(cargo.args(arguments).env_remove("CARGO_TARGET_DIR").env_remove("CARGO_MANIFEST_DIR"))?;
    }
    Ok(())
}
