//! `cargo xtask verify`: the long tests ("proofs"), to be run before an issue is done.

use std::{env, fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    browser, connect, dependencies, document, fuzz, history, install, outside, paths, run, sql_size, step::step, wheel,
};

type Proof = fn() -> Result<()>;

const PROOFS: [(&str, Proof); 27] = [
    ("demo-check", demo_check),
    ("leak", leak),
    ("states", states),
    ("requests", requests),
    ("pictures", pictures),
    ("sql-pictures", sql_pictures),
    ("query-pictures", query_pictures),
    ("window", window),
    ("versions", versions),
    ("truth", truth),
    ("findings", findings),
    ("queries", queries),
    ("connect", connect::run),
    ("check", connect::check),
    ("sql-size", sql_size::run),
    ("history", history::run),
    ("export", export),
    ("export-pictures", export_pictures),
    ("airflow", airflow),
    ("standalone", standalone),
    ("hub", hub),
    ("policies", policies),
    ("faults", faults),
    ("soak", soak),
    ("fuzz", fuzz::run),
    ("dependencies", dependencies::run),
    ("clean-clone", clean_clone),
];

/// Runs all proofs, or only the named ones.
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

/// Runs the README's first command unattended.
fn demo_check() -> Result<()> {
    run::run(run::command("cargo", &paths::root()).args(["xtask", "demo", "--check"]))
}

/// Opens and closes the panel 125 times and checks that nothing is left in the browser.
fn leak() -> Result<()> {
    in_browser("leak.mjs")
}

/// Checks the panel's text in each of its states, runs axe, and takes the pictures in `docs/panel/`.
fn states() -> Result<()> {
    in_browser("states.mjs")
}

/// Counts the requests of browser and sidecar in each situation, and writes the tables of `docs/panel.md`.
fn requests() -> Result<()> {
    in_browser("request-log.mjs")
}

/// Tests whose pictures `docs/tabs.md`, `docs/queries.md` and `docs/check.md` show: the test, and its picture's name here
/// and there.
const OF_TESTS: [(&str, &[(&str, &str)]); 4] = [
    (
        "check.test.mjs",
        &[
            ("check-fails", "check/fails"),
            ("check-list", "check/list"),
            ("check-dark", "check/dark"),
            ("check-agents", "check/agents"),
        ],
    ),
    ("charts.test.mjs", &[("charts-12h", "tabs/charts"), ("charts-zoomed", "tabs/charts-zoomed")]),
    ("my-queries.test.mjs", &[("my-queries", "tabs/my-queries"), ("application-gone", "tabs/application-gone")]),
    ("queries.test.mjs", &[("queries-notice", "queries/notice")]),
];

/// Takes the pictures in `docs/at-home/` and `docs/tabs/`: languages, settings, contrast and tabs; and those that tests
/// take on the way.
fn pictures() -> Result<()> {
    in_browser("pictures.mjs")?;
    for (test, pictures) in OF_TESTS {
        in_browser(test)?;
        for (taken, name) in pictures {
            let docs = paths::root().join("docs").join(format!("{name}.png"));
            fs::copy(paths::root().join("target/e2e").join(format!("{taken}.png")), docs)?;
        }
    }
    Ok(())
}

/// Takes the pictures of "Spark SQL" in `docs/connect/`, on a real Spark Connect.
fn sql_pictures() -> Result<()> {
    in_browser("sql-pictures.mjs")
}

/// Takes the pictures of slow and failed queries in `docs/query/`, on a real Spark.
fn query_pictures() -> Result<()> {
    in_browser("query-pictures.mjs")
}

/// Takes the README's pictures of the whole window, in `docs/window/`.
fn window() -> Result<()> {
    in_browser("window.mjs")
}

/// Installs what a script of `tests/e2e` needs, and runs it.
fn in_browser(script: &str) -> Result<()> {
    install::system(true)?;
    wheel::install_dev()?;
    install::browser_tests()?;
    let mut node = run::command("node", &paths::root().join("tests/e2e"));
    run::run(outside::with_tools(node.arg(script))?)
}

/// Tests names, sessions, cells and sentences of queries on each version of Spark, and writes `docs/queries.md`.
fn versions() -> Result<()> {
    tables("versions", "queries", &["4.3.0", "4.0.5", "3.5.9"], "queries.md")
}

/// Compares the panel's numbers and sentences with Spark's REST API on each version, and writes `docs/truth.md`. With
/// `SPARK_MONITOR_BEFORE`, an older program is compared at the same moments.
fn truth() -> Result<()> {
    tables("truth", "truth", &["4.3.0", "4.1.4", "4.0.5", "3.5.9"], "truth.md")
}

/// Runs workloads that are slow for one reason each, and a calm one, on each version, and writes what was found into
/// `docs/findings.md`.
fn findings() -> Result<()> {
    tables("findings", "findings", &["4.3.0", "4.0.5", "3.5.9"], "findings.md")
}

/// Runs the tests in `tests/{proof}`, each version of which writes a table, and puts the tables into a document. The
/// tables are written even if a test fails, because they show what failed.
fn tables(proof: &str, table: &str, versions: &[&str], page: &str) -> Result<()> {
    install::system(true)?;
    wheel::install_dev()?;
    let folder = paths::target().join(proof);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let tests = run::run(outside::with_tools(&mut outside::pytest(&format!("tests/{proof}")))?.env("OUT", &folder));
    let table = |version: &&str| fs::read_to_string(folder.join(format!("{table}-{version}.md")));
    let tables = versions.iter().map(table).collect::<Result<Vec<_>, _>>()?;
    document::write(page, &format!("verify {proof}"), &tables.join("\n"))?;
    tests
}

/// Tests the jump to a cell with Spark 3.5, and takes the pictures of `docs/queries.md`.
fn queries() -> Result<()> {
    in_browser("classic.mjs")?;
    in_browser("queries.mjs")
}

/// Tests in a browser what users of one real JupyterHub can do to each other, and the examples of `docs/jupyterhub.md`.
fn hub() -> Result<()> {
    install::system(true)?;
    let python = install::hub()?;
    wheel::install_beside(&python, wheel::Profile::Dev)?;
    let mut pytest = run::command(python, &paths::root());
    pytest.args(["-m", "pytest", "tests/hub", "-q", "--durations=5"]);
    run::run(pytest.env("CHROMIUM", browser::chromium()?))
}

/// Puts the network policies of `docs/kubernetes.md` into force between network namespaces, with a real Spark in one of
/// them. It needs root on Linux.
fn policies() -> Result<()> {
    install::system(false)?;
    install::packet_filter()?;
    wheel::install_dev()?;
    run::run(&mut outside::pytest("tests/policies"))
}

/// Exports 1,182 real notebooks and 10,000 random ones, runs ordinary ones as notebook and as job on a real Spark, ten of
/// them through the older extension too, and gives one to jupyter-scheduler. It writes the tables in `docs/export.md`, even
/// if a test fails, because they show what failed.
fn export() -> Result<()> {
    install::system(true)?;
    wheel::install_dev()?;
    let peers = install::export_peers()?;
    wheel::install_beside(&peers, wheel::Profile::Dev)?;
    let folder = paths::target().join("export");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut pytest = outside::pytest("tests/export");
    if env::var_os("EXPORT_NOTEBOOKS").is_none() {
        pytest.env("EXPORT_NOTEBOOKS", "10000");
    }
    let tests = run::run(outside::with_tools(&mut pytest)?.env("EXPORT_PEERS", &peers).env("OUT", &folder));
    let table = |name: &str| fs::read_to_string(folder.join(name)).with_context(|| format!("no {name} was written"));
    let tables = ["acceptance.md", "older.md"].map(table).into_iter().collect::<Result<Vec<_>>>();
    if let Ok(tables) = &tables {
        document::write("export.md", "verify export", &format!("\n{}\n", tables.join("\n")))?;
    }
    tests?;
    tables?;
    install::browser_tests()?;
    let mut node = run::command("node", &paths::root().join("tests/e2e"));
    run::run(outside::with_tools(node.arg("scheduler.mjs"))?.env("PYTHON", peers))
}

/// Takes the pictures of "Export notebook" in `docs/export/`.
fn export_pictures() -> Result<()> {
    in_browser("export-pictures.mjs")
}

/// Runs exported notebooks in a real Airflow on a real Spark Connect, and follows pushed ones by the sidecar's code.
fn airflow() -> Result<()> {
    install::system(false)?;
    wheel::install_dev()?;
    let python = install::airflow()?;
    let mut follower = run::command("cargo", &paths::root());
    follower.args(["test", "--locked", "-p", "berdl-spark-monitor", "--features", "long-tests", "--lib", "--no-run"]);
    run::run(&mut follower)?;
    run::run(outside::with_tools(&mut outside::pytest("tests/airflow"))?.env("AIRFLOW_PYTHON", python))
}

/// Submits exported notebooks to a real standalone master, by the routes and in a browser, and follows them.
fn standalone() -> Result<()> {
    install::system(false)?;
    install::venv()?;
    run::run(run::command("cargo", &paths::root()).args(["build", "--locked", "--bin", "berdl-spark-monitor"]))?;
    let binary = paths::target().join("debug/berdl-spark-monitor");
    run::run(outside::pytest("tests/standalone").env("SPARK_MONITOR_BINARY", binary))?;
    in_browser("standalone.mjs")
}

/// Tests every fault of every upstream, of the machine, and of two real masters.
fn faults() -> Result<()> {
    run::run(&mut long_tests(&["faults::", "long::machine"]))?;
    install::system(false)?;
    install::venv()?;
    run::run(run::command("cargo", &paths::root()).args(["build", "--locked", "--bin", "berdl-spark-monitor"]))?;
    let binary = paths::target().join("debug/berdl-spark-monitor");
    run::run(outside::pytest("tests/faults").env("SPARK_MONITOR_BINARY", binary))
}

/// Tests random faults for twenty minutes and writes `docs/soak.md`. With `SOAK_MINUTES`, it runs that long and writes
/// nothing.
fn soak() -> Result<()> {
    let mut soak = long_tests(&["long::soak"]);
    if env::var_os("SOAK_MINUTES").is_none() {
        soak.env("UPDATE_DOCS", "1");
    }
    run::run(&mut soak)
}

fn long_tests(which: &[&str]) -> Command {
    let mut cargo = run::command("cargo", &paths::root());
    cargo.args(["test", "--locked", "-p", "berdl-spark-monitor", "--features", "long-tests", "--test", "it", "--"]);
    cargo.arg("--nocapture").args(which);
    cargo
}

/// Runs the README's two commands in a fresh clone with a separate target directory.
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
