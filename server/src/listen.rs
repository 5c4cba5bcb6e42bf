//! Where the sidecar listens, and when it leaves.

use std::{
    fs,
    future::Future,
    io,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use axum::Router;
use tokio::{
    net::{TcpListener, UnixListener, UnixStream},
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::config::{ConfigError, Listen};

/// How long requests in flight may take when it is time to leave; a supervisor waits ten seconds.
const GRACE: Duration = Duration::from_secs(5);
/// How often the parent process is looked at.
const PARENT: Duration = Duration::from_secs(1);

/// Exit codes are those of the signals, never 0: jupyter-server-proxy does not restart what ended with 0.
const TERMINATED: u8 = 143;
const INTERRUPTED: u8 = 130;

/// Refuses a socket folder that others can enter: on a Unix socket the folder is the only lock.
///
/// # Errors
/// When it is not the user's alone.
pub fn check_folder(listen: &Listen) -> Result<(), ConfigError> {
    let Listen::Unix(path) = listen else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs::metadata(folder) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => Err(ConfigError::SocketFolder),
        // What is not there at all is told when it is bound.
        _ => Ok(()),
    }
}

/// Serves until a signal comes or the parent process is gone; the exit code says which.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(listen: &Listen, app: Router) -> io::Result<ExitCode> {
    let stop = CancellationToken::new();
    let leave = {
        let stop = stop.clone();
        async move {
            let code = time_to_leave().await;
            stop.cancel();
            code
        }
    };
    let stopped = stop.clone().cancelled_owned();
    match listen {
        Listen::Unix(path) => {
            let listener = bind_unix(path).await?;
            tracing::info!(socket = %path.display(), "Listening");
            let code = until_left(axum::serve(listener, app).with_graceful_shutdown(stopped), leave, &stop).await;
            // The next one must not find a dead socket; a folder that is gone has none.
            let _ = fs::remove_file(path);
            code
        }
        Listen::Tcp(address) => {
            let listener = TcpListener::bind(address).await?;
            tracing::info!(address = %listener.local_addr()?, "Listening");
            until_left(axum::serve(listener, app).with_graceful_shutdown(stopped), leave, &stop).await
        }
    }
}

async fn until_left(
    server: impl IntoFuture<Output = io::Result<()>>,
    leave: impl Future<Output = u8>,
    stop: &CancellationToken,
) -> io::Result<ExitCode> {
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let server = async {
        tokio::select! {
            served = server.into_future() => served,
            () = patience => {
                tracing::warn!("Requests were still in flight when it was time to leave");
                Ok(())
            }
        }
    };
    let (served, code) = tokio::join!(server, leave);
    served.map(|()| ExitCode::from(code))
}

async fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    // A socket that nobody answers on is left over from one that was killed; anything else is not ours to remove.
    let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn time_to_leave() -> u8 {
    let terminated = next(SignalKind::terminate());
    let interrupted = next(SignalKind::interrupt());
    tokio::select! {
        () = terminated => {
            tracing::info!("Told to end");
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
            tracing::error!(%error, "A signal cannot be heard; it will end the process at once");
            std::future::pending::<()>().await;
        }
    }
}

/// Jupyter Server that was killed hard leaves its children behind.
async fn parent_gone() {
    let parent = std::os::unix::process::parent_id();
    while std::os::unix::process::parent_id() == parent {
        tokio::time::sleep(PARENT).await;
    }
}
