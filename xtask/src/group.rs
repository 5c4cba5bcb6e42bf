//! A process with all its children, started in its own process group and ended as a whole.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use crate::leftover;

/// How long a group may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);

/// A running process group. Dropping the value ends it, also after a failure or Ctrl-C.
pub struct Group {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Group {
    /// Starts `command` and writes its output to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let group = Self { name, child, log: log.to_owned() };
        leftover::note(group.pid())?;
        Ok(group)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` returns a value.
    ///
    /// # Errors
    /// When the process ends, the time is up, or after Ctrl-C; the error shows the end of its log.
    pub fn wait_for<T>(&mut self, limit: Duration, mut ready: impl FnMut() -> Option<T>) -> Result<T> {
        let begin = Instant::now();
        loop {
            crate::stop::check()?;
            if let Some(value) = ready() {
                return Ok(value);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended ({status}):\n{}", self.name, self.end_of_log());
            }
            if begin.elapsed() > limit {
                bail!("{} was not ready within {} s:\n{}", self.name, limit.as_secs(), self.end_of_log());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Whether the process still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub fn end_of_log(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(40)).copied().collect::<Vec<_>>().join("\n")
    }

    /// Kills the group without warning, as in a crash.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group() {
            // The group may already be gone.
            let _ = kill_process_group(group, signal);
        }
    }

    fn group(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let begin = Instant::now();
        // The first process may end before its children.
        while begin.elapsed() < GRACE {
            let _ = self.child.try_wait();
            if self.group().is_none_or(|group| test_kill_process_group(group).is_err()) {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.kill();
        leftover::forget(self.child.id());
    }
}
