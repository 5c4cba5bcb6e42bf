//! Runs a Spark program on the real schemas with zero rows, before anybody has approved anything.
//!
//! The program runs in a child process that is [sealed](seal) before Python starts: it reads Python's own files and
//! reaches nothing else. Two pipes lead to us. We answer what PySpark would ask the server, and decide what of it Spark
//! may see; nothing that the program makes is run there. Everything that comes from the child may be forged by the
//! program: it decides what is said of it, and never what Spark gets.

mod gate;
mod plan;
mod python;
#[cfg(target_os = "linux")]
pub mod seal;
mod storage;

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};

use check::{End, Ran, Rehearsed, Spot};
use connect_client::Session;
use serde::Deserialize;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    runtime::Handle,
    sync::oneshot,
    time::{Instant, timeout_at},
};

pub use python::{Python, PythonError};

use gate::{Gate, Reply, Request};

/// How long a rehearsal may take.
pub const MAX_TIME: Duration = Duration::from_secs(60);
/// The largest request of the program.
const MAX_REQUEST_BYTES: usize = 8 << 20;
/// The most requests of one program.
const MAX_REQUESTS: usize = 2_000;

/// Stack of the thread that reads plans; only what is used of it takes memory.
const STACK_BYTES: usize = 64 << 20;

const CHILD: &str = include_str!("child.py");

/// How the child is started: this program with the subcommand `sealed`, which becomes Python.
#[derive(Clone, Debug)]
pub struct Launcher {
    /// This program.
    pub executable: PathBuf,
    /// The Python that has PySpark.
    pub python: Python,
    /// How long it may take; [`MAX_TIME`] or less.
    pub patience: Duration,
}

/// How the program says that it ended. It may be forged.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    end: String,
    name: String,
    message: String,
    line: usize,
    column: usize,
    no_rows: bool,
}

/// Why there is no end.
enum Broken {
    /// The pipe is closed, or what comes through it makes no sense.
    Pipe,
    TooMany,
    Spark(String),
}

impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Self {
        Self::Pipe
    }
}

/// Rehearses a program in a session that is used for nothing else. It ends when the returned future is dropped.
///
/// Plans are read and written by functions that call themselves once for each level, with large frames. So this has a
/// thread of its own with a stack for the deepest plan that is read: a program must not end the process.
pub async fn rehearse(session: &Session, source: &str, launcher: &Launcher) -> Rehearsed {
    let (session, source, launcher) = (session.clone(), source.to_owned(), launcher.clone());
    let (mut sender, rehearsed) = oneshot::channel();
    let runtime = Handle::current();
    let work = move || {
        runtime.block_on(async {
            let rehearsed = tokio::select! {
                rehearsed = in_this_thread(&session, &source, &launcher) => rehearsed,
                () = sender.closed() => return,
            };
            let _ = sender.send(rehearsed);
        });
    };
    let thread = thread::Builder::new().name("rehearsal".to_owned()).stack_size(STACK_BYTES).spawn(work);
    if let Err(error) = thread {
        return Rehearsed::NotRun(format!("there is no thread for it: {error}"));
    }
    rehearsed.await.unwrap_or_else(|_| Rehearsed::NotRun("it has a fault; the log says more".to_owned()))
}

async fn in_this_thread(session: &Session, source: &str, launcher: &Launcher) -> Rehearsed {
    let mut child = match start(launcher) {
        Ok(child) => child,
        Err(error) => return Rehearsed::NotRun(format!("the sealed process cannot be started: {error}")),
    };
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Rehearsed::NotRun("the sealed process has no pipes".to_owned());
    };
    let deadline = Instant::now() + launcher.patience.min(MAX_TIME);
    let mut gate = Gate::new(session);
    let mut talk = Talk { stdin, stdout, line: 0, asked: 0 };
    let done = timeout_at(deadline, talk.run(session, source, &mut gate)).await;
    let (line, asked) = (talk.line, talk.asked);
    // However it ended, nothing of it goes on.
    let _ = child.kill().await;
    let stopped = |reason: String| End::Stopped { reason, at: Spot { line, column: 0 } };
    let end = match done {
        Err(_) => stopped(format!("it took longer than {} s", launcher.patience.min(MAX_TIME).as_secs())),
        Ok(Ok(done)) => match end(done) {
            Ok(end) => end,
            Err(reason) => return Rehearsed::NotRun(reason),
        },
        Ok(Err(Broken::Pipe)) if asked == 0 => return Rehearsed::NotRun(not_sealed(&mut child).await),
        Ok(Err(Broken::Pipe)) => stopped("its process ended: it used more memory or time than it may".to_owned()),
        Ok(Err(Broken::TooMany)) => stopped(format!("it asked Spark more than {MAX_REQUESTS} times")),
        Ok(Err(Broken::Spark(reason))) => stopped(reason),
    };
    Rehearsed::Ran(Ran { end, effects: gate.effects, refused: gate.refused })
}

fn start(launcher: &Launcher) -> io::Result<Child> {
    let mut command = Command::new(&launcher.executable);
    command.arg("sealed");
    for path in &launcher.python.readable {
        command.arg("--read").arg(path);
    }
    command.arg("--").arg(&launcher.python.path).args(["-I", "-B", "-W", "ignore", "-c", CHILD].map(OsStr::new));
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.current_dir("/").kill_on_drop(true).spawn()
}

/// What the seal said, when Python did not start.
async fn not_sealed(child: &mut Child) -> String {
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let _ = stderr.take(400).read_to_end(&mut said).await;
    }
    let said = String::from_utf8_lossy(&said);
    let said = said.trim().trim_start_matches("berdl-spark-monitor: ");
    if said.is_empty() { "the sealed process ended at once".to_owned() } else { said.to_owned() }
}

fn end(done: Done) -> Result<End, String> {
    let at = Spot { line: done.line, column: done.column };
    Ok(match done.end.as_str() {
        "no_start" => return Err(done.message),
        "finished" => End::Finished { not_reached: (at.line > 0).then_some(at) },
        "refused" => End::Refused { at },
        "spark" => End::Spark { class: done.name, message: done.message, at },
        _ => End::Python { name: done.name, message: done.message, after_no_rows: done.no_rows, at },
    })
}

struct Talk {
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// Where the program last was.
    line: usize,
    asked: usize,
}

impl Talk {
    async fn run(&mut self, session: &Session, source: &str, gate: &mut Gate<'_>) -> Result<Done, Broken> {
        let begin = json!({ "session_id": session.session_id(), "source": source }).to_string();
        self.send(0, begin.as_bytes()).await?;
        loop {
            let kind = self.stdout.read_u8().await?;
            let line = self.stdout.read_u32().await?;
            let length = usize::try_from(self.stdout.read_u32().await?).unwrap_or(usize::MAX);
            self.asked += 1;
            if length > MAX_REQUEST_BYTES || self.asked > MAX_REQUESTS {
                return Err(Broken::TooMany);
            }
            let mut payload = vec![0; length];
            self.stdout.read_exact(&mut payload).await?;
            if line > 0 {
                self.line = usize::try_from(line).unwrap_or_default();
            }
            let request = match kind {
                1 => Request::Analyze,
                2 => Request::Execute,
                3 => Request::Config,
                _ => return serde_json::from_slice(&payload).map_err(|_| Broken::Pipe),
            };
            let reply = gate.answer(request, self.line, &payload).await;
            match reply.map_err(|error| Broken::Spark(format!("Spark could not be asked: {error}")))? {
                Reply::Answer(bytes) => self.send(0, &bytes).await?,
                Reply::Spark(bytes) => self.send(1, &bytes).await?,
                Reply::Refused(message) => self.send(2, message.as_bytes()).await?,
                Reply::Nothing => self.send(3, &[]).await?,
                Reply::Relation(bytes) => self.send(4, &bytes).await?,
                Reply::Responses(bytes) => self.send(5, &bytes).await?,
            }
        }
    }

    async fn send(&mut self, kind: u8, payload: &[u8]) -> Result<(), Broken> {
        let length = u32::try_from(payload.len()).map_err(|_| Broken::TooMany)?;
        self.stdin.write_u8(kind).await?;
        self.stdin.write_u32(length).await?;
        self.stdin.write_all(payload).await?;
        Ok(self.stdin.flush().await?)
    }
}

/// Whether a path leads to this program, so that it can seal.
#[must_use]
pub fn can_seal(executable: &Path) -> bool {
    cfg!(target_os = "linux") && executable.is_file()
}
