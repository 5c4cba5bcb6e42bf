//! The browser tests, a file at a time.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Result;

use crate::{checks::Counts, install, paths, run, stop, test::with_tools};

pub fn run() -> Result<Counts> {
    install::browser_tests()?;
    let folder = paths::root().join("tests/e2e");
    run::quiet(run::command("npm", &folder).args(["run", "check"]))?;
    let mut counts = Counts::default();
    for file in files(&folder)? {
        stop::check()?;
        counts.add(run_file(&folder, &file)?);
    }
    Ok(counts)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    paths.sort();
    Ok(paths)
}

/// Runs one file, and shows its output.
fn run_file(folder: &Path, file: &Path) -> Result<Counts> {
    let begin = Instant::now();
    let mut node = run::command("node", folder);
    // The limit is for the whole file, not only for each of its tests, whose own waits have limits.
    node.args(["--test", "--test-reporter=tap", "--test-timeout=900000"]).arg(file);
    let (succeeded, output) = run::captured(with_tools(&mut node)?)?;
    let mut counts = Counts::default();
    output.lines().for_each(|line| counts.read(line));
    counts.check(succeeded);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    println!(
        "{output}    {name}: {} passed, {} failed ({:.1} s)",
        counts.passed,
        counts.failed,
        begin.elapsed().as_secs_f32()
    );
    Ok(counts)
}
