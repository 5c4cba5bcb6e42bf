//! Secrets of the tests, and the watch that none of them is ever emitted: in an answer, or in the log at any level.
//!
//! Every test's secrets are canaries, and every answer and every line of the log of the whole run goes through here.

use std::{
    io,
    sync::{Mutex, Once},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

const MARK: &str = "CANARY";

/// Lines of the log that hold a secret.
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A secret that is found wherever it turns up.
pub fn canary(name: &str) -> String {
    format!("{MARK}-{name}")
}

/// Nothing that was emitted until now holds a canary, and neither does `emitted`.
#[track_caller]
pub fn check(emitted: &str) {
    assert!(!emitted.contains(MARK), "a secret was emitted: {emitted}");
    let leaks = LEAKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert!(leaks.is_empty(), "a secret was logged: {leaks:?}");
}

/// Reads the log of all levels of all that runs in this process from now on.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new("trace")).with_ansi(false);
        log.with_writer(Watch).init();
    });
}

struct Watch;

impl MakeWriter<'_> for Watch {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

impl io::Write for Watch {
    /// A line comes in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if text.contains(MARK) {
            LEAKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
