//! `cargo xtask verify fuzz`: fuzzes every decoder of untrusted bytes for two minutes, and reports executions and
//! coverage.

use std::{env, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{document, install, paths, run, stop};

/// Targets, each with the recorded answers that it starts from, by the end of their file names.
const TARGETS: [(&str, &[&str]); 14] = [
    ("small_answers", &["master_json.json"]),
    ("driver_lists", &["stages.json", "executors.json", "taskList.json", "Summaries.json"]),
    ("query_lists", &[]),
    ("master_page", &[".html"]),
    ("plans", &["_sql.json", "sql_details.json"]),
    ("plan_text", &[]),
    ("times", &[]),
    ("cookies", &[]),
    ("ids", &[]),
    ("gzip", &[]),
    ("arrow_batch", &[]),
    ("chunks", &[]),
    ("status_details", &[]),
    ("notebook", &[]),
];

/// Additional seeds that are not recorded answers.
const SEEDS: [(&str, &[u8]); 15] = [
    ("small_answers", br#"{"master": {"exists": true}, "workers": {"replicas": 2}, "error": "x", "user": "Ann_B"}"#),
    (
        "plan_text",
        br#"Spark Connect - session_id: "s" user_context { user_id: "ann" } plan { root { sort { } } } tags: "a""#,
    ),
    ("times", b"2026-11-20T23:34:05.808GMT"),
    ("cookies", b"a=1; kbase_session=\"token\"\nkbase_session_backup=other"),
    ("ids", b"app=app-20261120233405-0000&x=%2e%2e"),
    ("ids", "Äñn_B.c--d".as_bytes()),
    // An empty JSON object.
    ("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00"),
    // A batch in two chunks and one in a single chunk.
    ("chunks", b"\x05\x00\x00\x02\x07\x09\x05\x00\x01\x02\x07\x09\x03\x05\x00\x01\x07\x04"),
    // Whole batches, as a server without chunks sends them.
    ("chunks", b"\x05\x00\x00\x00\x01\x09\x03\x05\x00\x00\x01\x04"),
    // A column of each type that Spark sends, and a variant.
    ("arrow_batch", include_bytes!("../../fuzz/seeds/values.arrow")),
    ("arrow_batch", include_bytes!("../../fuzz/seeds/variant.arrow")),
    ("status_details", b"\x0d\x28[PARSE_SYNTAX_ERROR] x (line 1, pos 0) \x0a\x00"),
    ("status_details", b"\x0d\x01x\x1a\x2b\x0a\x14google.rpc.ErrorInfo\x12\x13\x1a\x11\x0a\x0aerrorClass\x12\x03A.B"),
    (
        "notebook",
        br#"{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["%time x = 1\n"], "metadata": {"tags": ["parameters"]}}]}"#,
    ),
    ("notebook", b"%%sql -o df\nSELECT :m\n\nx = !ls {y} $z\nawait f()\n\nfrom __future__ import annotations\n%cd a"),
];

/// Results of one target's run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    executions: u64,
    /// Covered edges of the compiled code, in all crates together.
    edges: u64,
    /// Edges combined with how often they ran, by which the fuzzer tells inputs apart.
    features: u64,
    inputs: u64,
}

impl Said {
    /// Reads one line of libFuzzer's output.
    fn read(&mut self, line: &str) {
        let after = |name: &str| line.split(name).nth(1)?.split_whitespace().next()?.parse::<u64>().ok();
        self.edges = after(" cov: ").unwrap_or(self.edges);
        self.features = after(" ft: ").unwrap_or(self.features);
        self.inputs =
            line.split(" corp: ").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok()).unwrap_or(self.inputs);
        self.executions = after("stat::number_of_executed_units:").unwrap_or(self.executions);
    }
}

/// Runs all targets and writes `docs/security.md`; `FUZZ_SECONDS` changes the two minutes and writes nothing.
pub fn run() -> Result<()> {
    let root = paths::root();
    if !run::works(run::command("cargo", &root).args(["+nightly", "--version"])) {
        bail!("fuzzing needs a nightly compiler: rustup toolchain install nightly --profile minimal");
    }
    let cargo_fuzz = install::cargo_tool("cargo-fuzz")?;
    let seconds = env::var("FUZZ_SECONDS").unwrap_or_else(|_| "120".to_owned());
    let folder = paths::dev().join("fuzz");
    let mut table = format!(
        "| target | executions in {seconds} s | edges at first | edges at last | features | inputs kept |\n\
         |---|---|---|---|---|---|\n"
    );
    let mut failed = Vec::new();
    for (target, recorded) in TARGETS {
        stop::check()?;
        let corpus = folder.join("corpus").join(target);
        seed(target, recorded, &corpus)?;
        let artifacts = folder.join("artifacts").join(target);
        fs::create_dir_all(&artifacts)?;
        let mut command = run::command(&cargo_fuzz, &root);
        // No sanitizer: we have no unsafe code, and without one the fuzzer is several times as fast.
        command
            .args(["run", "--sanitizer", "none", "--fuzz-dir", "fuzz", "--target-dir"])
            .arg(paths::target().join("fuzz"));
        command.arg(target).arg(&corpus).arg("--").arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=1024", "-max_len=65536"]);
        command.env("RUSTUP_TOOLCHAIN", "nightly");
        let (mut said, mut first) = (Said::default(), 0);
        let succeeded = run::error_lines(&mut command, |line| {
            said.read(line);
            if first == 0 && line.contains("INITED") {
                first = said.edges;
            }
        })?;
        if !succeeded {
            failed.push(target);
        }
        let Said { executions, edges, features, inputs } = said;
        let row = format!("| {target} | {executions} | {first} | {edges} | {features} | {inputs} |\n");
        print!("{row}");
        table += &row;
    }
    println!("\n{table}");
    if !failed.is_empty() {
        bail!(
            "{} failed; the inputs are in {}: make a test of each",
            failed.join(", "),
            folder.join("artifacts").display()
        );
    }
    // A shortened run proves nothing, so it is not written down.
    if env::var_os("FUZZ_SECONDS").is_none() { document::write("security.md", "verify fuzz", &table) } else { Ok(()) }
}

fn seed(target: &str, recorded: &[&str], corpus: &Path) -> Result<()> {
    fs::create_dir_all(corpus).with_context(|| format!("cannot write {}", corpus.display()))?;
    for (index, (_, bytes)) in SEEDS.iter().enumerate().filter(|(_, (of, _))| *of == target) {
        fs::write(corpus.join(format!("seed-{index}")), bytes)?;
    }
    for version in fs::read_dir(paths::root().join("tests/fixtures"))? {
        let version = version?.path();
        let name = version.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in fs::read_dir(&version)? {
            let file = file?.path();
            let file_name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if recorded.iter().any(|end| file_name.ends_with(end)) {
                fs::copy(&file, corpus.join(format!("{name}-{file_name}")))?;
            }
        }
        if target == "query_lists" {
            let read = |file: &str| fs::read_to_string(version.join(file)).unwrap_or_else(|_| "[]".to_owned());
            let lists =
                ["spill_stages.json", "failed_jobs.json", "connect_operations.json", "failed_sql.json"].map(read);
            fs::write(corpus.join(name), lists.join("\n---\n"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn the_fuzzers_lines_are_read() {
        let mut said = Said::default();
        said.read("#262144 pulse  cov: 1234 ft: 5678 corp: 90/12Kb lim: 4096 exec/s: 65536 rss: 60Mb");
        said.read("stat::number_of_executed_units: 7654321");
        assert_eq!(said, Said { executions: 7_654_321, edges: 1234, features: 5678, inputs: 90 });
    }
}
