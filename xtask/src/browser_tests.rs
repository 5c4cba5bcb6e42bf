//! The browser tests. A file mostly waits, so two run at once; but only one of them with a real Spark, whose queries
//! occupy both cores of a small machine.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context, Result};

use crate::{checks::Counts, install, outside::with_tools, paths, run, stop};

/// What a file with a real Spark imports.
const REAL_SPARK: [&str; 2] = ["'./lib/spark.mjs'", "'./lib/faulty-spark.mjs'"];

/// The files that nobody has taken yet.
#[derive(Default)]
struct Files {
    with_spark: VecDeque<PathBuf>,
    others: VecDeque<PathBuf>,
}

pub fn run() -> Result<Counts> {
    install::browser_tests()?;
    let folder = paths::root().join("tests/e2e");
    run::quiet(run::command("npm", &folder).args(["run", "check"]))?;
    let files = Mutex::new(Files::of(&folder)?);
    let take = |may_use_spark: bool| {
        let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
        let first = if may_use_spark { files.with_spark.pop_front() } else { None };
        first.or_else(|| files.others.pop_front())
    };
    let work = |may_use_spark: bool| -> Result<Counts> {
        let mut counts = Counts::default();
        while let Some(file) = take(may_use_spark) {
            stop::check()?;
            counts.add(run_file(&folder, &file)?);
        }
        Ok(counts)
    };
    thread::scope(|scope| {
        let second = scope.spawn(|| work(false));
        let first = work(true);
        let second = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let mut counts = first?;
        counts.add(second?);
        Ok(counts)
    })
}

/// Runs one file. What it printed is shown only if it failed, as a whole, so that two files' lines do not mix.
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
    if counts.failed > 0 {
        print!("{output}");
    }
    let seconds = begin.elapsed().as_secs_f32();
    println!("    {name}: {} passed, {} failed ({seconds:.1} s)", counts.passed, counts.failed);
    Ok(counts)
}

impl Files {
    fn of(folder: &Path) -> Result<Self> {
        let mut files = Self::default();
        let mut paths: Vec<_> =
            fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        paths.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let real = REAL_SPARK.iter().any(|import| text.contains(import));
            if real { &mut files.with_spark } else { &mut files.others }.push_back(path);
        }
        Ok(files)
    }
}
