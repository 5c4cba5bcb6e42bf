//! The listening socket: a Unix socket or a TCP port.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use crate::config::Listen;

/// How often to check that the Unix socket still exists: programs that clean temporary folders may delete it.
const LOOK: Duration = Duration::from_secs(1);

pub(super) enum Door {
    Unix(UnixDoor),
    Tcp(TcpListener),
}

pub(super) struct UnixDoor {
    path: PathBuf,
    listener: UnixListener,
    /// Device and inode, which tell our socket from another one at the same path. The open listener holds the inode, so
    /// its number is not reused.
    made: (u64, u64),
    /// Id of the user that runs the sidecar.
    uid: u32,
}

impl Drop for UnixDoor {
    fn drop(&mut self) {
        // The next sidecar must not find a dead socket. But do not delete a socket that the next sidecar has already
        // created.
        if self.is_there() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(super) type Stream = Either<UnixStream, TcpStream>;

impl Door {
    /// # Errors
    /// When the address cannot be bound.
    pub async fn open(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Unix(path) => {
                let door = UnixDoor::open(path).await?;
                tracing::info!(socket = %path.display(), "Listening");
                Ok(Self::Unix(door))
            }
            Listen::Tcp(address) => {
                let listener = TcpListener::bind(address).await?;
                tracing::info!(address = %listener.local_addr()?, "Listening");
                Ok(Self::Tcp(listener))
            }
        }
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// For example, when there are no file descriptors left.
    pub async fn accept(&mut self) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => Ok(Either::Right(listener.accept().await?.0)),
            Self::Unix(door) => door.accept().await.map(Either::Left),
        }
    }
}

impl UnixDoor {
    async fn open(path: &Path) -> io::Result<Self> {
        // A socket that nobody answers on is left over from a sidecar that was killed. Never remove anything else.
        let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
        if is_socket && UnixStream::connect(path).await.is_err() {
            fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        let made = fs::metadata(path)?;
        Ok(Self { path: path.to_owned(), listener, made: (made.dev(), made.ino()), uid: made.uid() })
    }

    async fn accept(&mut self) -> io::Result<UnixStream> {
        loop {
            match tokio::time::timeout(LOOK, self.listener.accept()).await {
                Ok(accepted) => return Ok(accepted?.0),
                Err(_) if self.is_there() => {}
                Err(_) => self.open_again().await,
            }
        }
    }

    fn is_there(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.made)
    }

    async fn open_again(&mut self) {
        if let Some(folder) = self.path.parent() {
            let _ = fs::DirBuilder::new().mode(0o700).create(folder);
            // If the parent folder is writable for everybody, another user may have created this folder.
            let is_ours = |found: fs::Metadata| found.is_dir() && found.uid() == self.uid && found.mode() & 0o077 == 0;
            if !fs::symlink_metadata(folder).is_ok_and(is_ours) {
                tracing::debug!("The socket is gone, and its folder is not the user's alone");
                return;
            }
        }
        match Self::open(&self.path).await {
            Ok(door) => {
                tracing::warn!(socket = %self.path.display(), "The socket was removed; it has been created again");
                *self = door;
            }
            Err(error) => tracing::debug!(%error, "The socket is gone and cannot be created again"),
        }
    }
}
