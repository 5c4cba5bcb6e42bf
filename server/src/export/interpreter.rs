//! The last gate of a job: the Python that will run it compiles it. Nothing of it is run.

use std::{process::Stdio, time::Duration};

use notebook_job::Version;
use thiserror::Error;
use tokio::{io::AsyncWriteExt, process::Command, sync::Semaphore, time::timeout};

use crate::config::SECRET_VARIABLES;

/// How long Python may take to start and to compile.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest program that Python is given, bytes. A job has at most [`notebook_job::MAX_CODE_BYTES`] of code, in which
/// little is longer than in the notebook.
const MOST_BYTES: usize = 8 << 20;

/// Address space that Python may have, bytes. A mebibyte of ordinary code takes 250 MiB, one of a single list 600 MiB.
const MEMORY: u64 = 1 << 30;

/// The exit code for another version than the wanted one.
const OTHER_VERSION: i32 = 3;
/// The exit code for a program that takes more memory than it may.
const TOO_MUCH_MEMORY: i32 = 4;

/// Compilations that may run at once, with the memory of each.
static TURNS: Semaphore = Semaphore::const_new(1);

/// Compiles standard input for the version and within the memory of its arguments. `-I` keeps the user's packages,
/// folder and variables out of it.
const PROGRAM: &str = r#"
import sys
if sys.version_info[:2] != (3, int(sys.argv[1])):
    sys.exit(3)
memory = int(sys.argv[2])
try:
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
except (ImportError, OSError, ValueError):
    pass  # Not every system has such a limit.
try:
    compile(sys.stdin.buffer.read(), "job.py", "exec", dont_inherit=True)
except SyntaxError as error:
    print(error.lineno or 1, error.msg)
except MemoryError:
    sys.exit(4)
except (OverflowError, RecursionError, ValueError) as error:
    print(1, str(error) or type(error).__name__)
"#;

/// Why there is no answer from Python.
#[derive(Debug, Error)]
pub enum InterpreterError {
    /// No program of this version was found.
    #[error("no Python {0} was found here")]
    Missing(Version),
    /// It is not given so much.
    #[error("the job has {bytes} bytes, more than the {MOST_BYTES} that are compiled")]
    TooLarge {
        /// The job's size.
        bytes: usize,
    },
    /// It may not have so much.
    #[error("compiling it takes more memory than Python may have here")]
    Memory,
    /// It did not answer in time.
    #[error("Python {0} did not answer within {PATIENCE:?}")]
    Slow(Version),
}

/// What Python refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The line, from 1.
    pub line: usize,
    /// Python's words.
    pub message: String,
}

/// Lets Python compile a program; none if it accepts it.
///
/// # Errors
/// When there is no such Python, it does not answer, or the program is too large for it.
pub async fn refusal(text: &str, version: Version) -> Result<Option<Refusal>, InterpreterError> {
    within(MEMORY, text, version).await
}

async fn within(memory: u64, text: &str, version: Version) -> Result<Option<Refusal>, InterpreterError> {
    if text.len() > MOST_BYTES {
        return Err(InterpreterError::TooLarge { bytes: text.len() });
    }
    // Never closed.
    let _turn = TURNS.acquire().await;
    let own = format!("python{version}");
    for program in [own.as_str(), "python3", "python"] {
        let answer = timeout(PATIENCE, compile(program, text, version, memory)).await;
        match answer.map_err(|_| InterpreterError::Slow(version))? {
            Some(answer) => return Ok(read(&answer?)),
            None => continue,
        }
    }
    Err(InterpreterError::Missing(version))
}

/// The version of the `python3` that is found here.
pub async fn installed() -> Option<Version> {
    let program = "import sys; print('%d.%d' % sys.version_info[:2])";
    let mut python = Command::new("python3");
    python.args(["-I", "-c", program]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let done = timeout(PATIENCE, python.output()).await.ok()?.ok()?;
    String::from_utf8_lossy(&done.stdout).parse().ok()
}

/// What the program printed; none if it is not there, or is another version.
async fn compile(program: &str, text: &str, version: Version, memory: u64) -> Option<Result<String, InterpreterError>> {
    let mut python = Command::new(program);
    python.args(["-I", "-W", "ignore", "-c", PROGRAM, &version.minor.to_string(), &memory.to_string()]);
    SECRET_VARIABLES.iter().for_each(|name| _ = python.env_remove(name));
    python.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = python.spawn().ok()?;
    let mut input = child.stdin.take()?;
    // A program of another version closes its input unread.
    let _ = input.write_all(text.as_bytes()).await;
    drop(input);
    let done = child.wait_with_output().await.ok()?;
    match done.status.code() {
        // A shell script in front of many versions says with these two that it has not this one.
        Some(OTHER_VERSION | 126 | 127) => None,
        Some(TOO_MUCH_MEMORY) => Some(Err(InterpreterError::Memory)),
        Some(0) => Some(Ok(String::from_utf8_lossy(&done.stdout).into_owned())),
        // Some programs end the interpreter itself: they are too deep, or memory ends where it cannot say so.
        _ => Some(Ok("1 the interpreter ended without an answer".to_owned())),
    }
}

fn read(answer: &str) -> Option<Refusal> {
    let (line, message) = answer.trim().split_once(' ')?;
    Some(Refusal { line: line.parse().unwrap_or(1), message: message.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn python_accepts_a_program_or_says_where_it_does_not() {
        let version = installed().await.expect("tests need a python3");
        assert_eq!(refusal("x = 1\n", version).await.unwrap(), None);
        let refused = refusal("x = 1\ndef f():\n    x = 1\n    global x\n", version).await.unwrap();
        assert_eq!(refused.map(|refused| refused.line), Some(4));
    }

    #[tokio::test]
    async fn a_program_that_takes_too_much_memory_is_not_compiled() {
        let version = installed().await.unwrap();
        let text = format!("x = [{}]\n", "1,".repeat(400_000));
        assert!(matches!(within(200 << 20, &text, version).await, Err(InterpreterError::Memory)));
        assert_eq!(within(MEMORY, &text, version).await.unwrap(), None);
        let larger = "#".repeat(MOST_BYTES + 1);
        assert!(matches!(refusal(&larger, version).await, Err(InterpreterError::TooLarge { .. })));
    }

    #[tokio::test]
    async fn another_version_is_not_asked() {
        let never = Version { minor: 7 };
        assert!(matches!(refusal("x", never).await, Err(InterpreterError::Missing(_))));
    }

    #[tokio::test]
    async fn nothing_of_the_program_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ran");
        let text = format!("open({:?}, 'w')\n", file.display().to_string());
        assert_eq!(refusal(&text, installed().await.unwrap()).await.unwrap(), None);
        assert!(!file.exists());
    }
}
