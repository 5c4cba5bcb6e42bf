//! Ctrl-C and SIGTERM are recorded, so that owners of processes can end them, and passed on to running commands.

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

/// Whether a signal has arrived. It is a static, because a signal handler can write to nothing else.
static ASKED: AtomicBool = AtomicBool::new(false);
/// Process groups of the commands that a step waits for.
static RUNNING: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// How long a command may take to end after the signal.
const GRACE: Duration = Duration::from_secs(15);

/// Installs the handler. From then on a signal no longer ends this process at once.
pub fn listen() -> Result<()> {
    let handler = || {
        // A second signal ends the commands at once.
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
/// After Ctrl-C or SIGTERM.
pub fn check() -> Result<()> {
    if asked() {
        bail!("stopped");
    }
    Ok(())
}

/// A command that gets our signals too. It must lead its own process group.
pub struct Passing(i32);

impl Passing {
    /// Passes signals on to `child` until the value is dropped.
    pub fn on_to(child: &Child) -> Self {
        let group = i32::try_from(child.id()).unwrap_or_default();
        running().insert(group);
        // The signal may have arrived before the command was registered.
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
    // A set of numbers is consistent even after a panic.
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn signal_all(signal: Signal) {
    for group in running().iter() {
        signal_group(*group, signal);
    }
}

fn signal_group(group: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(group) {
        // The group may have ended in the meantime.
        let _ = kill_process_group(group, signal);
    }
}
