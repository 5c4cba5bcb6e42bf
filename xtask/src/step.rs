//! Prints one line per step with its duration.

use std::time::Instant;

use anyhow::{Context, Result};

/// Runs `work` and prints how long it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    crate::stop::check()?;
    let begin = Instant::now();
    println!("··· {name}");
    let result = work().with_context(|| name.to_owned());
    let sign = if result.is_ok() { "ok " } else { "FAILED " };
    println!("{sign} {name} ({:.1} s)", begin.elapsed().as_secs_f32());
    result
}
