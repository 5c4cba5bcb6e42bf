//! `cargo xtask test`: everything that must pass before a change lands. Cheap checks run first, and nothing is built
//! twice.

use std::{process::Command, sync::OnceLock, time::Instant};

use anyhow::{Result, bail};

use crate::{
    browser_tests,
    checks::{Counts, counted},
    install, labextension,
    outside::{pytest, with_tools},
    paths, run,
    step::step,
    stop, tidy, wheel,
};

/// Features that compile what `verify fuzz` runs.
const FUZZ: &str = "berdl-spark-monitor/fuzz";

type Part = fn() -> Result<Counts>;

const PARTS: [(&str, Part); 6] = [
    ("static", sources),
    ("rust", rust),
    ("frontend", frontend),
    ("jupyter", jupyter),
    ("spark", spark),
    ("browser", in_browser),
];

/// Runs all parts, or only the named ones. It continues after a failure, so that one run shows all problems.
pub fn run(only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !PARTS.iter().any(|(part, _)| part == name)) {
        bail!("there is no test part called {unknown}");
    }
    let begin = Instant::now();
    install::system(true)?;
    install::rust(true)?;
    let (mut total, mut summary) = (Counts::default(), Vec::new());
    for (name, part) in PARTS {
        if !only.is_empty() && !only.iter().any(|wanted| wanted == name) {
            continue;
        }
        let started = Instant::now();
        let counts = part().unwrap_or_else(|error| {
            eprintln!("{name}: {error:#}");
            Counts { passed: 0, failed: 1 }
        });
        total.add(counts);
        let seconds = started.elapsed().as_secs_f32();
        summary.push(format!("{name:<10} {:>4} passed {:>3} failed {seconds:>7.1} s", counts.passed, counts.failed));
        if stop::asked() {
            break;
        }
    }
    println!("\n{}\nin {:.0} s", summary.join("\n"), begin.elapsed().as_secs_f32());
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        bail!("not all tests passed");
    }
    stop::check()
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = run::command("cargo", &paths::root());
    command.args(arguments);
    command
}

/// Formatting and lints; each counts as one test.
fn sources() -> Result<Counts> {
    let root = paths::root();
    install::venv()?;
    let mut ruff = run::command(paths::venv_bin("ruff"), &root);
    ruff.args(["check", "bench", "python", "tests"]);
    let mut ruff_format = run::command(paths::venv_bin("ruff"), &root);
    ruff_format.args(["format", "--check", "bench", "python", "tests"]);
    let commands: [(&str, Command); 5] = [
        ("Formatting of Rust", cargo(&["fmt", "--all", "--check"])),
        ("Lints of Python", ruff),
        ("Formatting of Python", ruff_format),
        (
            "Lints of Rust",
            // With the entry points of the fuzzer, which nothing else here compiles.
            cargo(&[
                "clippy",
                "--quiet",
                "--locked",
                "--workspace",
                "--all-targets",
                "--features",
                FUZZ,
                "--",
                "-D",
                "warnings",
            ]),
        ),
        (
            "Lints of the frontend",
            cargo(&[
                "clippy",
                "--quiet",
                "--locked",
                "-p",
                "kit",
                "-p",
                "sidebar",
                "-p",
                "workbench",
                "-p",
                "desk",
                "-p",
                "ship",
                "-p",
                "shelf",
                "-p",
                "detail",
                "--target",
                "wasm32-unknown-unknown",
                "--",
                "-D",
                "warnings",
            ]),
        ),
    ];
    let mut counts = Counts::default();
    let mut count = |passed: bool| counts.add(Counts { passed: u64::from(passed), failed: u64::from(!passed) });
    count(step("Tidiness of the sources", tidy::run).inspect_err(|error| eprintln!("{error:#}")).is_ok());
    for (name, mut command) in commands {
        count(step(name, || run::run(&mut command)).is_ok());
    }
    Ok(counts)
}

fn rust() -> Result<Counts> {
    // Without documentation tests: there are none, as `tidy` checks, and to look for them compiles every library again.
    step("Tests of Rust", || {
        counted(&mut cargo(&["test", "--quiet", "--locked", "--workspace", "--tests", "--no-fail-fast"]))
    })
}

/// Checks TypeScript by building it: the compiler stops at the first warning.
fn frontend() -> Result<Counts> {
    labextension::build()?;
    let folder = paths::labextension();
    let types = step("Types of the labextension", || run::quiet(run::command("npm", &folder).args(["run", "check"])));
    types?;
    Ok(Counts { passed: 1, failed: 0 })
}

/// Installs the wheel once for all parts: to pack and unpack an executable with debug information takes long.
fn install_wheel() -> Result<()> {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    if INSTALLED.get().is_none() {
        wheel::install_dev()?;
        let _ = INSTALLED.set(());
    }
    Ok(())
}

/// With the export, whose oracle is the notebook's own IPython, and the check.
fn jupyter() -> Result<Counts> {
    install_wheel()?;
    let mut counts = counted_pytest("tests/jupyter")?;
    counts.add(counted_pytest("tests/export/test_command_line.py")?);
    counts.add(counted_pytest("tests/export/test_interpolation.py")?);
    counts.add(counted_pytest("tests/check/test_command_line.py")?);
    counts.add(counted_pytest("tests/check/test_seal.py")?);
    Ok(counts)
}

fn spark() -> Result<Counts> {
    install_wheel()?;
    counted_pytest("tests/spark")
}

fn counted_pytest(folder: &str) -> Result<Counts> {
    step(&format!("pytest {folder}"), || counted(with_tools(&mut pytest(folder))?))
}

fn in_browser() -> Result<Counts> {
    install_wheel()?;
    step("Browser tests", browser_tests::run)
}
