//! Runs one program: within a deadline, with bounded output, and with no process left behind.

use std::{
    io::{self, ErrorKind},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::error::GitError;

/// Of standard error the end is kept: the reason comes last.
const MOST_ERROR: usize = 16 << 10;

/// SSH may leave a process that keeps the pipes open for later connections. What has arrived by then is all.
const LINGER: Duration = Duration::from_millis(500);

/// How often the folder's size is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// What bounds a program.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// How long it may take.
    pub deadline: Duration,
    /// Of standard output; what is beyond ends the program.
    pub most_output: usize,
    /// A folder that may not grow beyond this size.
    pub folder: Option<(PathBuf, u64)>,
}

/// A program that ended by itself.
#[derive(Debug)]
pub(super) struct Finished {
    pub success: bool,
    pub out: Vec<u8>,
    /// There was more output than is kept.
    pub is_cut: bool,
    /// The end of standard error.
    pub err: String,
}

/// The processes of one call. They end with it, also when the caller gives up.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(id.cast_signed())))
    }

    fn kill(&mut self) {
        if let Some(group) = self.0.take() {
            // It may have ended a moment ago.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a program in a process group of its own.
///
/// # Errors
/// When it cannot be started, takes too long, or lets the folder grow too large. Then all its processes are gone.
pub(super) async fn run(mut command: Command, input: &[u8], bounds: &Bounds) -> Result<Finished, GitError> {
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|source| match source.kind() {
        ErrorKind::NotFound => GitError::NotInstalled,
        _ => GitError::Start(source),
    })?;
    // Declared after the child, so that the group is killed before the child is waited for and its number is free.
    let mut group = Group::of(&child);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut is_cut = false;
    let status = {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let write = async {
            let mut stdin = stdin?;
            // A program that ends early closes its input; its own error says why.
            stdin.write_all(input).await.ok()
        };
        let pipes = async {
            tokio::join!(write, first(stdout, bounds.most_output, &mut out, &mut is_cut), last(stderr, &mut err))
        };
        tokio::pin!(pipes);
        let ended = async {
            tokio::select! {
                _ = &mut pipes => child.wait().await,
                status = child.wait() => {
                    let _ = timeout(LINGER, &mut pipes).await;
                    status
                }
            }
        };
        tokio::select! {
            ended = timeout(bounds.deadline, ended) => match ended {
                Ok(status) => status.map_err(GitError::Start),
                Err(_) => Err(GitError::Timeout { after: bounds.deadline }),
            },
            most_bytes = too_large(bounds.folder.clone()) => Err(GitError::TooLarge { most_bytes }),
        }
    };
    match status {
        Ok(status) => {
            // Its number may be another's from now on.
            group.0 = None;
            let err = String::from_utf8_lossy(&err).into_owned();
            Ok(Finished { success: status.success(), out, is_cut, err })
        }
        Err(error) => {
            group.kill();
            let _ = child.wait().await;
            Err(error)
        }
    }
}

/// Reads the beginning, and closes the pipe when that is too long.
async fn first(pipe: Option<impl AsyncRead + Unpin>, most: usize, into: &mut Vec<u8>, is_cut: &mut bool) {
    let Some(pipe) = pipe else { return };
    let _ = pipe.take(most as u64 + 1).read_to_end(into).await;
    *is_cut = into.len() > most;
    into.truncate(most);
}

/// Reads all, and keeps the end.
async fn last(pipe: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = pipe.read(&mut part).await {
        into.extend_from_slice(part.get(..length).unwrap_or_default());
        if into.len() > 2 * MOST_ERROR {
            into.drain(..into.len() - MOST_ERROR);
        }
    }
}

/// Ends when the folder has become larger than allowed.
async fn too_large(folder: Option<(PathBuf, u64)>) -> u64 {
    let Some((folder, most_bytes)) = folder else { return std::future::pending().await };
    loop {
        sleep(LOOK).await;
        let looked = folder.clone();
        if tokio::task::spawn_blocking(move || size(&looked)).await.is_ok_and(|bytes| bytes > most_bytes) {
            return most_bytes;
        }
    }
}

/// The size of all files in a folder, bytes. What vanishes meanwhile does not count.
pub(super) fn size(folder: &std::path::Path) -> u64 {
    let entries = |folder: &std::path::Path| -> io::Result<u64> {
        let mut bytes = 0_u64;
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(metadata) = entry.metadata() else { continue };
            bytes = bytes.saturating_add(if metadata.is_dir() { size(&entry.path()) } else { metadata.len() });
        }
        Ok(bytes)
    };
    entries(folder).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(program: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", program]);
        command
    }

    const BOUNDS: Bounds = Bounds { deadline: Duration::from_secs(30), most_output: 1000, folder: None };

    #[tokio::test]
    async fn output_is_bounded_and_an_endless_one_ends_the_program() {
        let done = run(shell("yes"), b"", &BOUNDS).await.unwrap();
        assert_eq!((done.out.len(), done.is_cut, done.success), (1000, true, false));
        let done = run(shell("seq 100000 >&2; echo end >&2"), b"", &BOUNDS).await.unwrap();
        assert!(done.err.len() <= 2 * MOST_ERROR && done.err.ends_with("end\n"));
    }

    #[tokio::test]
    async fn input_that_nobody_reads_holds_nothing_up() {
        let done = run(shell("exit 3"), &vec![0; 1 << 20], &BOUNDS).await.unwrap();
        assert!(!done.success && done.err.is_empty());
        assert_eq!(run(shell("wc -c"), &vec![0; 1 << 20], &BOUNDS).await.unwrap().out, b"1048576\n");
    }

    #[tokio::test]
    async fn a_program_that_left_a_child_with_its_pipes_does_not_hold_us_up() {
        let done = run(shell("sleep 20 & echo $!"), b"", &BOUNDS).await.unwrap();
        let left: i32 = String::from_utf8(done.out).unwrap().trim().parse().unwrap();
        rustix::process::kill_process(Pid::from_raw(left).unwrap(), Signal::KILL).unwrap();
    }

    #[tokio::test]
    async fn at_the_deadline_all_processes_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pids");
        let program = format!("sleep 60 & echo $! $$ > {}; wait", file.display());
        let bounds = Bounds { deadline: Duration::from_secs(2), ..BOUNDS };
        assert!(matches!(run(shell(&program), b"", &bounds).await, Err(GitError::Timeout { .. })));
        let pids = std::fs::read_to_string(&file).unwrap();
        // A process that was killed ends in its own time.
        while !alive(&pids).is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_takes_the_processes_along() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pids");
        let program = format!("sleep 60 & echo $! $$ > {}; wait", file.display());
        let call = tokio::spawn(async move { run(shell(&program), b"", &BOUNDS).await });
        let pids = loop {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if text.ends_with('\n') {
                break text;
            }
            tokio::task::yield_now().await;
        };
        call.abort();
        let _ = call.await;
        while !alive(&pids).is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_folder_that_grows_too_large_ends_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let program = format!("cat /dev/zero | head -c 200000000 > {}/big; sleep 60", folder.path().display());
        let bounds = Bounds { folder: Some((folder.path().to_owned(), 1 << 20)), ..BOUNDS };
        let ended = run(shell(&program), b"", &bounds).await;
        assert!(matches!(ended, Err(GitError::TooLarge { most_bytes: 1_048_576 })), "{ended:?}");
    }

    /// Those that are no zombies.
    fn alive(pids: &str) -> Vec<i32> {
        let is_alive = |pid: &i32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit_once(')').is_some_and(|(_, state)| !state.trim_start().starts_with(['Z', 'X']))
        };
        pids.split_whitespace().map(|pid| pid.parse().unwrap()).filter(is_alive).collect()
    }
}
