//! Ctrl-C and SIGTERM: remembered, so that whoever holds processes can end them, and passed on to the commands that run.

use std::{
    collections::BTreeSet,
    process::Child,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

/// A signal handler has nothing but statics to write to.
static ASKED: AtomicBool = AtomicBool::new(false);
/// Groups of the commands that a step waits for.
static RUNNING: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// How long a command may take to end by itself.
const GRACE: Duration = Duration::from_secs(15);

/// From now on a signal no longer ends the process at once.
pub fn listen() -> Result<()> {
    let handler = || {
        // Asked twice means: at once.
        let signal = if ASKED.swap(true, Ordering::SeqCst) { Signal::KILL } else { Signal::TERM };
        signal_all(signal);
        thread::spawn(|| {
            thread::sleep(GRACE);
            signal_all(Signal::KILL);
        });
    };
    ctrlc::set_handler(handler).context("cannot listen to signals")
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

/// A command that is ended when it is time to stop; it must lead a process group of its own.
pub struct Passing(i32);

impl Passing {
    /// Watches `child` until the value is dropped.
    pub fn on_to(child: &Child) -> Self {
        let group = i32::try_from(child.id()).unwrap_or_default();
        running().insert(group);
        // The signal may have come before the command was known.
        if asked() {
            signal_group(group, Signal::TERM);
        }
        Self(group)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        running().remove(&self.0);
    }
}

fn running() -> MutexGuard<'static, BTreeSet<i32>> {
    // A set of numbers is good even after a panic.
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn signal_all(signal: Signal) {
    for group in running().iter() {
        signal_group(*group, signal);
    }
}

fn signal_group(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        // It may have ended meanwhile.
        let _ = kill_process_group(group, signal);
    }
}
