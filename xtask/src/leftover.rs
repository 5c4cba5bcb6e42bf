//! Clears up processes and folders that an earlier command left behind because it was killed.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::paths;

/// How long left-over processes may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

fn folder() -> PathBuf {
    paths::dev().join("groups")
}

/// Notes that this command started a process group.
///
/// # Errors
/// When the note cannot be written.
pub fn note(group: u32) -> io::Result<()> {
    fs::create_dir_all(folder())?;
    fs::write(folder().join(group.to_string()), std::process::id().to_string())
}

/// Forgets a group that has ended.
pub fn forget(group: u32) {
    // A missing note is no problem: then there is nothing to end later.
    let _ = fs::remove_file(folder().join(group.to_string()));
}

/// Ends process groups and removes folders of commands that no longer run.
pub fn clear() {
    end_processes();
    for folder in ["spark", "lab"].into_iter().flat_map(|parent| entries(&paths::dev().join(parent))) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A folder's name begins with the process id of the command that created it.
        if !is_command(name.split('-').next().unwrap_or_default()) {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn end_processes() {
    let mut orphans = entries(&folder());
    orphans.retain(|note| fs::read_to_string(note).is_ok_and(|owner| !is_command(&owner)));
    let mut told = false;
    for signal in [Signal::TERM, Signal::KILL] {
        for group in orphans.iter().filter_map(|note| still_ours(note)) {
            if !told {
                // Standard output is reserved for the JSON of `cargo xtask spark`.
                eprintln!("    ending processes of a command that was killed");
                told = true;
            }
            // The group may have ended in the meantime.
            let _ = kill_process_group(group, signal);
        }
        if told && signal == Signal::TERM {
            thread::sleep(GRACE);
        }
    }
    for note in orphans {
        let _ = fs::remove_file(note);
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Whether a process id belongs to one of our commands that still runs.
fn is_command(pid: &str) -> bool {
    command_line(pid).contains("xtask")
}

/// The group of a note, if its leader still runs. The process id may have been reused, so the command line must contain
/// our folder.
fn still_ours(note: &Path) -> Option<Pid> {
    let group = note.file_name()?.to_str()?;
    let ours = command_line(group).contains(paths::dev().to_str()?);
    group.parse().ok().and_then(Pid::from_raw).filter(|_| ours)
}

/// The command line of a process; empty if there is no such process.
fn command_line(pid: &str) -> String {
    let bytes = fs::read(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
