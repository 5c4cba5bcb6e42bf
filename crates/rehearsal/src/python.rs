//! Which Python rehearses, and which of its files it must read.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use tokio::{process::Command, time::timeout};

/// How long Python may take to say where its files are.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no Python to rehearse with.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    #[error("there is no Python: set SPARK_MONITOR_REHEARSAL_PYTHON to the kernel's")]
    NotFound,
    #[error("{} cannot be run: {reason}", path.display())]
    Broken { path: PathBuf, reason: String },
    #[error("{} is older than Python 3.10", .0.display())]
    TooOld(PathBuf),
}

/// A Python with its files.
#[derive(Clone, Debug)]
pub struct Python {
    pub(crate) path: PathBuf,
    pub(crate) readable: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Found {
    version: (u32, u32),
    paths: Vec<PathBuf>,
}

/// Run without a program and in isolated mode: neither the environment nor a folder decides what it imports.
const ASK: &str = "
import json, os, sys, sysconfig
names = ('stdlib', 'platstdlib', 'purelib', 'platlib')
paths = [sysconfig.get_paths()[name] for name in names] + [p for p in sys.path if p]
paths += [sys.executable, os.path.realpath(sys.executable), os.path.join(sys.prefix, 'pyvenv.cfg')]
library = sysconfig.get_config_var('LIBDIR') or ''
paths += [library] if library.startswith(sys.base_prefix + os.sep) and sys.base_prefix not in ('/', '/usr') else []
paths += [os.path.realpath(p) for p in paths]
print(json.dumps({'version': sys.version_info[:2], 'paths': sorted({p for p in paths if os.path.exists(p)})}))
";

impl Python {
    /// The one that is configured, else `python3` of the search path.
    ///
    /// # Errors
    /// If there is none, or it cannot rehearse.
    pub async fn find(configured: Option<&Path>, search_path: Option<&str>) -> Result<Self, PythonError> {
        let found = || {
            let folders = search_path.unwrap_or_default().split(':').filter(|folder| folder.starts_with('/'));
            folders.map(|folder| Path::new(folder).join("python3")).find(|path| path.is_file())
        };
        let path = configured.map(Path::to_path_buf).or_else(found).ok_or(PythonError::NotFound)?;
        let broken = |reason: String| PythonError::Broken { path: path.clone(), reason };
        let mut command = Command::new(&path);
        command.args(["-I", "-B", "-c", ASK]).env_clear().stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let output = timeout(PATIENCE, command.output()).await.map_err(|_| broken("it does not answer".to_owned()))?;
        let output = output.map_err(|error| broken(error.to_string()))?;
        let found: Found =
            serde_json::from_slice(&output.stdout).map_err(|_| broken("it does not say where it is".to_owned()))?;
        if found.version < (3, 10) {
            return Err(PythonError::TooOld(path));
        }
        // A whole machine is nothing that a program may read.
        let readable = found.paths.into_iter().filter(|path| path.components().count() > 2).collect();
        Ok(Self { path, readable })
    }
}
