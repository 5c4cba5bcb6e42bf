//! Where the sidecar listens, and when it stops.

mod connections;
mod door;

use std::{fs, io, os::unix::fs::PermissionsExt, path::Path, process::ExitCode, time::Duration};

use axum::Router;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{ConfigError, Listen};
use connections::Patience;
use door::Door;

/// How long requests in flight may take at shutdown; a supervisor waits ten seconds.
const GRACE: Duration = Duration::from_secs(5);
/// How often to check whether the parent process still runs.
const PARENT: Duration = Duration::from_secs(1);

/// Exit codes are those of the signals, never 0: jupyter-server-proxy does not restart a process that ended with 0.
const TERMINATED: u8 = 143;
const INTERRUPTED: u8 = 130;

/// Refuses a socket folder that other users can enter: the folder is the only protection of a Unix socket.
///
/// # Errors
/// When others have permissions on the folder.
pub fn check_folder(listen: &Listen) -> Result<(), ConfigError> {
    let Listen::Unix(path) = listen else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs::metadata(folder) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => Err(ConfigError::SocketFolder),
        // A folder that does not exist is reported when the socket is bound.
        _ => Ok(()),
    }
}

/// An open socket, which nobody serves yet.
pub struct Listening(Door);

impl Listening {
    /// # Errors
    /// When the address cannot be bound.
    pub async fn begin(listen: &Listen) -> io::Result<Self> {
        Door::open(listen).await.map(Self)
    }
}

/// Serves until a signal arrives or the parent process ends; the exit code says which.
pub async fn serve(
    Listening(door): Listening,
    app: Router,
    most_connections: usize,
    on_short_descriptors: impl Fn(),
) -> ExitCode {
    let stop = CancellationToken::new();
    let leave = async {
        let code = time_to_leave().await;
        stop.cancel();
        code
    };
    let served = async {
        let connections =
            connections::serve(door, app, &stop, most_connections, Patience::default(), on_short_descriptors);
        let connections = connections.await;
        if tokio::time::timeout(GRACE, connections.shutdown()).await.is_err() {
            tracing::warn!("Requests were still in flight when it was time to leave");
        }
    };
    let (code, ()) = tokio::join!(leave, served);
    ExitCode::from(code)
}

async fn time_to_leave() -> u8 {
    let terminated = next(SignalKind::terminate());
    let interrupted = next(SignalKind::interrupt());
    tokio::select! {
        () = terminated => {
            tracing::info!("Received SIGTERM");
            TERMINATED
        }
        () = interrupted => INTERRUPTED,
        () = parent_gone() => {
            tracing::info!("The parent process is gone");
            TERMINATED
        }
    }
}

async fn next(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "Cannot handle a signal; it will end the process at once");
            std::future::pending::<()>().await;
        }
    }
}

/// Returns when the parent process ends. A Jupyter Server that is killed does not stop its child processes.
async fn parent_gone() {
    let parent = std::os::unix::process::parent_id();
    while std::os::unix::process::parent_id() == parent {
        tokio::time::sleep(PARENT).await;
    }
}
