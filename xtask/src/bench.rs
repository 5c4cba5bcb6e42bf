//! `cargo xtask bench`: measures every figure with its baseline in the same run, and writes the tables in
//! `docs/benchmarks.md` and `docs/history.md`.

use std::{fs, path::Path};

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::{document, install, outside, paths, run, step::step, wasm, wheel};

/// Parts that the program `bench` measures, with the sidecar alone.
const OF_SIDECAR: [&str; 7] = ["small", "cached", "calls", "large", "hub", HISTORY, "export"];
/// Its figures stand in `docs/history.md`, whenever it is measured.
const HISTORY: &str = "history";

/// A line of the table, as the measuring programs print it.
#[derive(Debug, Deserialize)]
struct Figure {
    area: String,
    what: String,
    measured: String,
    baseline: String,
    holds: Option<bool>,
    limit: String,
}

/// Measures all parts, or only the named ones. Only a complete run is written down.
pub fn run(only: &[String]) -> Result<()> {
    let others = ["jupyter", "browser", "sizes"];
    if let Some(unknown) = only.iter().find(|name| !OF_SIDECAR.iter().chain(&others).any(|area| area == name)) {
        bail!("there is no benchmark called {unknown}");
    }
    let wanted = |area: &str| only.is_empty() || only.iter().any(|name| name == area);
    install::system(wanted("browser"))?;
    install::rust(false)?;
    // The history alone needs neither frontend nor Jupyter.
    let is_history_alone = !only.is_empty() && only.iter().all(|name| name == HISTORY);
    let wheel = if is_history_alone { None } else { Some(wheel::install(wheel::Profile::Release)?) };
    build("bench")?;
    let (release, bench) = (paths::target().join("release"), paths::target().join("release/bench"));
    let sidecar = match wheel {
        Some(_) => paths::venv_bin("berdl-spark-monitor"),
        None => {
            build("berdl-spark-monitor")?;
            release.join("berdl-spark-monitor")
        }
    };
    let mut figures = Vec::new();
    for area in OF_SIDECAR.into_iter().filter(|area| wanted(area)) {
        let mut command = run::command(&bench, &paths::root());
        let of_area = step(area, || measured(command.arg("sidecar").arg(&sidecar).arg(area)))?;
        if area == HISTORY {
            document::write("history.md", "bench history", &format!("{}\n\n{}\n", machine()?, table(&of_area)))?;
        }
        figures.extend(of_area);
    }
    if wanted("jupyter") {
        let mut command = run::command(paths::venv_bin("python"), &paths::root());
        figures.extend(step("jupyter", || measured(command.arg("bench/jupyter.py").arg(&bench)))?);
    }
    if wanted("browser") {
        install::browser_tests()?;
        let mut node = run::command("node", &paths::root().join("tests/e2e"));
        let node = outside::with_tools(node.arg("bench.mjs").arg(&bench))?;
        figures.extend(step("browser", || measured(node))?);
    }
    if let Some(wheel) = wheel.filter(|_| wanted("sizes")) {
        figures.extend(sizes(&wheel)?);
    }
    let table = table(&figures);
    println!("\n{table}");
    if only.is_empty() {
        document::write("benchmarks.md", "bench", &format!("{}\n\n{table}\n", machine()?))?;
    }
    let failed = figures.iter().filter(|figure| figure.holds == Some(false)).count();
    if failed > 0 {
        bail!("{failed} of {} figures are not good enough", figures.len());
    }
    Ok(())
}

/// Builds a package as it is measured.
fn build(package: &str) -> Result<()> {
    step(&format!("Release build of {package}"), || {
        let mut cargo = run::command("cargo", &paths::root());
        run::quiet(cargo.args(["build", "--quiet", "--release", "--locked", "-p", package])).map(drop)
    })
}

/// Runs a measuring program and reads the figures that it prints.
fn measured(command: &mut std::process::Command) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let succeeded = run::lines(command, |line| figures.extend(serde_json::from_str::<Figure>(line)))?;
    if !succeeded {
        bail!("a benchmark failed");
    }
    Ok(figures)
}

fn sizes(wheel: &Path) -> Result<Vec<Figure>> {
    let size = |what: &str, bytes: u64, most: Option<u64>| Figure {
        area: "Sizes".into(),
        what: what.into(),
        measured: format!("{bytes} bytes"),
        baseline: "-".into(),
        holds: most.map(|most| bytes <= most),
        limit: most.map_or_else(|| "reported".into(), |most| format!("at most {most} bytes")),
    };
    let mut figures = Vec::new();
    for bundle in &wasm::BUNDLES {
        let (raw, gzip) = bundle.sizes()?;
        figures.push(size(&format!("WebAssembly, {}", bundle.name), raw, Some(bundle.most_raw_bytes)));
        figures.push(size(&format!("WebAssembly, {}, gzip", bundle.name), gzip, Some(bundle.most_gzip_bytes)));
    }
    figures.extend([
        size("executable", fs::metadata(paths::venv_bin("berdl-spark-monitor"))?.len(), None),
        size("wheel", fs::metadata(wheel)?.len(), None),
    ]);
    Ok(figures)
}

fn table(figures: &[Figure]) -> String {
    let mut lines =
        vec!["| | figure | measured | baseline | limit | holds |".to_owned(), "|---|---|---|---|---|---|".to_owned()];
    let mut area = "";
    for figure in figures {
        let first = if figure.area == area { "" } else { &figure.area };
        area = &figure.area;
        let holds = figure.holds.map_or("-", |holds| if holds { "yes" } else { "**no**" });
        let Figure { what, measured, baseline, limit, .. } = figure;
        lines.push(format!("| {first} | {what} | {measured} | {baseline} | {limit} | {holds} |"));
    }
    lines.join("\n")
}

/// Describes the machine and the versions.
fn machine() -> Result<String> {
    let root = paths::root();
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown CPU");
    let cores = std::thread::available_parallelism()?;
    let kernel = run::quiet(run::command("uname", &root).arg("-sr"))?;
    let rust = run::quiet(run::command("rustc", &root).arg("--version"))?;
    let commit = run::quiet(run::command("git", &root).args(["rev-parse", "--short", "HEAD"]))?;
    let model = model.trim_start_matches([' ', '\t', ':']);
    Ok(format!("Commit {}, {cores} cores of {model}, {}, {}.", commit.trim(), kernel.trim(), rust.trim()))
}
