//! Ctrl-C and SIGTERM: remembered here, so that whoever holds processes can end them.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

/// A signal handler has nothing but statics to write to.
static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on a signal no longer ends the process at once.
pub fn listen() -> Result<()> {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::SeqCst)).context("cannot listen to signals")
}

pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// # Errors
/// When it is time to stop.
pub fn check() -> Result<()> {
    if asked() {
        bail!("stopped");
    }
    Ok(())
}
