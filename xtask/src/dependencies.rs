//! `cargo xtask verify dependencies`: checks licences, sources and advisories of our dependencies, as far as the
//! registries answer.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{document, install, paths, run};

/// The result of one check: good, bad, or none.
enum Verdict {
    Well,
    Bad,
    NoAnswer(String),
}

/// Runs all checks and reports those without an answer. Only a bad answer is a failure.
pub fn run() -> Result<()> {
    let root = paths::root();
    install::venv()?;
    let cargo_deny = install::cargo_tool("cargo-deny")?;
    let tools = install::tools();
    let pip_audit = tools.join("python/bin/pip-audit");
    if !pip_audit.exists() {
        run::quiet(run::command("python3", &root).args(["-m", "venv"]).arg(tools.join("python")))?;
        let mut pip = run::command(tools.join("python/bin/python"), &root);
        run::quiet(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit"]))?;
    }
    let deny = |check: &str| {
        let mut command = run::command(&cargo_deny, &root);
        command.args(["--all-features", "check", check]);
        command
    };
    let npm = |folder: &str| {
        let mut command = run::command("npm", &root.join(folder));
        command.args(["audit", "--package-lock-only"]);
        command
    };
    // Check what is installed, not what the requirements say.
    let mut pip = run::command(pip_audit, &root);
    pip.args(["--local", "--progress-spinner", "off"]).env("PIPAPI_PYTHON_LOCATION", paths::venv_bin("python"));
    let questions: [(&str, Command); 7] = [
        ("licences of crates", deny("licenses")),
        ("bans of crates", deny("bans")),
        ("sources of crates", deny("sources")),
        ("advisories for crates", deny("advisories")),
        ("advisories for the labextension", npm("labextension")),
        ("advisories for the browser tests", npm("tests/e2e")),
        ("advisories for Python", pip),
    ];
    let (mut bad, mut table) = (Vec::new(), "| question | answer |\n|---|---|\n".to_owned());
    for (question, mut command) in questions {
        let answer = match ask(&mut command) {
            Verdict::Well => "well",
            Verdict::NoAnswer(reason) => {
                println!("no answer  {question}: {reason}");
                "none: its source of advisories was out of reach"
            }
            Verdict::Bad => {
                bad.push(question);
                "bad"
            }
        };
        table += &format!("| {question} | {answer} |\n");
    }
    println!("\n{table}");
    if !bad.is_empty() {
        bail!("not well: {}", bad.join(", "));
    }
    document::write("security.md", "verify dependencies", &table)
}

/// Runs one check. A tool that cannot reach its source of advisories gives no answer.
fn ask(command: &mut Command) -> Verdict {
    const UNREACHED: [&str; 9] = [
        "failed to fetch",
        "failed to clone",
        "error sending request",
        "endpoint returned an error",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "Max retries exceeded",
        "ConnectionError",
    ];
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return Verdict::NoAnswer(error.to_string()),
    };
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if output.status.success() {
        // pip-audit succeeds even if it found no information about some packages.
        let unknown = text.lines().filter(|line| line.contains("could not be audited")).count();
        return if unknown == 0 {
            Verdict::Well
        } else {
            Verdict::NoAnswer(format!("{unknown} packages are unknown there"))
        };
    }
    match text.lines().find(|line| UNREACHED.iter().any(|sign| line.contains(sign))) {
        Some(line) => Verdict::NoAnswer(line.trim().to_owned()),
        None => {
            eprintln!("{text}");
            Verdict::Bad
        }
    }
}
