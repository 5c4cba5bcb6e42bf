//! Secrets of the tests ("canaries"), and the check that no answer and no log line of any level contains one.
//!
//! All secrets of all tests are canaries, and every answer and log line of the whole run is checked here.

use std::{
    io,
    sync::{Mutex, Once},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

const MARK: &str = "CANARY";

/// Log lines that contain a secret.
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A secret that is detected wherever it appears.
pub fn canary(name: &str) -> String {
    format!("{MARK}-{name}")
}

/// Asserts that neither `emitted` nor any earlier log line contains a canary.
#[track_caller]
pub fn check(emitted: &str) {
    assert!(!emitted.contains(MARK), "a secret was emitted: {emitted}");
    let leaks = LEAKS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    assert!(leaks.is_empty(), "a secret was logged: {leaks:?}");
}

/// From now on, checks the log of this process at all levels.
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
    /// Each call gets one whole line.
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
