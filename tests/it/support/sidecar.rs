//! The executable on a Unix socket, and what the system reports about its process.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use super::{Cookie, canary, check_for_secrets};

/// A running sidecar. Dropping the value ends it.
pub struct Sidecar {
    child: Child,
    folder: tempfile::TempDir,
}

/// Status, headers and body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub took: Duration,
}

#[cfg(feature = "long-tests")]
impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}{}", self.head, self.body))
    }
}

impl Sidecar {
    /// Starts the sidecar by `command`, which runs `$0 serve …`, for example with a limit set.
    pub async fn start_by(command: &str, args: &[String], log: Stdio) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let listen = format!("unix:{}", folder.path().join("socket").display());
        let child = Command::new("sh")
            .args(["-c", &format!("{command} exec \"$0\" serve \"$@\""), env!("CARGO_BIN_EXE_berdl-spark-monitor")])
            .args(["--listen", &listen])
            .args(args)
            .env("SPARK_MONITOR_LOG", "debug")
            .env("CLOCK_FILE", folder.path().join("clock"))
            .env("XDG_STATE_HOME", folder.path())
            .stderr(log)
            .spawn()
            .unwrap();
        let sidecar = Self { child, folder };
        sidecar.until_it_listens().await;
        sidecar
    }

    pub async fn start(args: &[String]) -> Self {
        Self::start_by("", args, File::create("/dev/null").unwrap().into()).await
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn until_it_listens(&self) {
        let begin = Instant::now();
        while self.connect().await.is_err() {
            assert!(begin.elapsed() < Duration::from_secs(60), "it does not listen");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(self.file("socket")).await
    }

    /// # Errors
    /// When there is no answer.
    pub async fn ask(&self, cookie: Cookie<'_>, path: &str) -> io::Result<Answer> {
        let begin = Instant::now();
        let mut stream = self.connect().await?;
        let cookie = canary(cookie.0);
        let request =
            format!("GET /{path} HTTP/1.1\r\nhost: x\r\ncookie: kbase_session={cookie}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        check_for_secrets(&text);
        let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Ok(Answer { status, head: head.to_owned(), body: body.to_owned(), took: begin.elapsed() })
    }

    pub async fn get(&self, cookie: Cookie<'_>, path: &str) -> Answer {
        self.ask(cookie, path).await.unwrap()
    }

    /// A number in `/proc/…/status`: KiB or a count.
    pub fn of_status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Resets the peak of resident memory.
    pub fn forget_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }
}

#[cfg(feature = "long-tests")]
impl Sidecar {
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it with SIGTERM and returns its exit code.
    pub fn end(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }

    pub fn children(&self) -> String {
        let pid = self.child.id();
        fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap()
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
