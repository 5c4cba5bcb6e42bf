//! A running sidecar and its memory and CPU use.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::load::{self, Address};

/// The sidecar's token, required on TCP.
const TOKEN: (&str, &str) = ("x-spark-monitor-token", "bench");
const PATIENCE: Duration = Duration::from_secs(10);

/// A process that serves HTTP. Dropping the value kills it.
pub struct Process {
    _child: Child,
    pid: u32,
    pub address: Address,
    _folder: Option<TempDir>,
}

impl Process {
    /// Starts the sidecar on TCP with the default log level.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn sidecar(binary: &Path, variables: &[(&str, &str)]) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", &address]).env_clear().env("SPARK_MONITOR_TOKEN", TOKEN.1);
        Self::start(command.envs(variables.iter().copied()), Address::Tcp(address), None).await
    }

    /// Starts the sidecar on a Unix socket, as Jupyter Server does.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn sidecar_on_socket(binary: &Path, variables: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let socket: PathBuf = folder.path().join("s");
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", &format!("unix:{}", socket.display())]).env_clear();
        Self::start(command.envs(variables.iter().copied()), Address::Unix(socket), Some(folder)).await
    }

    /// Starts a bare axum handler that answers the bytes of `file` from memory.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn bare(file: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(file).arg(&address);
        Self::start(&mut command, Address::Tcp(address), None).await
    }

    async fn start(command: &mut Command, address: Address, folder: Option<TempDir>) -> Result<Self> {
        // The log is written, but discarded.
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        let pid = child.id().context("it has ended")?;
        let begin = Instant::now();
        while load::once(&address, &load::get("/", &[])).await.is_err() {
            if begin.elapsed() > PATIENCE {
                bail!("{address:?} does not answer");
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        Ok(Self { _child: child, pid, address, _folder: folder })
    }

    /// The body of an answer with status 200.
    ///
    /// # Errors
    /// When the answer is not 200.
    pub async fn body(&self, path: &str) -> Result<Vec<u8>> {
        let answer = load::once(&self.address, &request(path)).await?;
        if answer.status != 200 {
            bail!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok(answer.body)
    }

    /// Current resident memory, bytes.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn resident(&self) -> Result<u64> {
        self.memory("VmRSS:")
    }

    /// Of the resident memory, what is not a file's pages, bytes.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn own(&self) -> Result<u64> {
        self.memory("RssAnon:")
    }

    /// Peak resident memory since [`Self::forget_peak`], bytes.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn peak(&self) -> Result<u64> {
        self.memory("VmHWM:")
    }

    /// # Errors
    /// When the process has ended.
    pub fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.pid), "5")?)
    }

    /// CPU time since the process started, seconds.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn cpu_seconds(&self) -> Result<f64> {
        // One line per thread: nanoseconds on a CPU, then two numbers of the scheduler.
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            nanoseconds += text.split(' ').next().and_then(|number| number.parse::<u64>().ok()).context("schedstat")?;
        }
        Ok(nanoseconds as f64 / 1e9)
    }

    fn memory(&self, name: &str) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find(|line| line.starts_with(name)).context("no such line")?;
        let kib: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kib * 1024)
    }
}

/// A request with the token for TCP.
#[must_use]
pub fn request(path: &str) -> Vec<u8> {
    load::get(path, &[TOKEN])
}

/// A request with a JSON body.
#[must_use]
pub fn post(path: &str, body: &str) -> Vec<u8> {
    let (name, token) = TOKEN;
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{name}: {token}\r\ncontent-type: application/json\r\n");
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A request of a view that accepts answers up to `max_age` seconds old.
#[must_use]
pub fn request_within(path: &str, max_age: u64) -> Vec<u8> {
    load::get(path, &[TOKEN, ("cache-control", &format!("max-age={max_age}"))])
}

/// A request of a user.
#[must_use]
pub fn request_of(path: &str, user: &str) -> Vec<u8> {
    load::get(path, &[TOKEN, ("cookie", &format!("kbase_session={user}"))])
}

fn free_address() -> Result<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}
