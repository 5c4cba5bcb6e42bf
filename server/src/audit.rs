//! The audit log: one line of JSON for each thing that was run, shipped or changed, for the user alone.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

const FILE: &str = "audit.jsonl";
/// A file of this size is put aside, bytes.
const FILE_BYTES: u64 = 16 << 20;
/// Files that are kept, the current one included.
const FILES: usize = 4;

/// Writes the log. Its folder is made with the first line.
#[derive(Debug)]
pub(crate) struct Audit {
    folder: Option<PathBuf>,
    /// Lines are written one after the other.
    writes: Mutex<()>,
}

impl Audit {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, writes: Mutex::default() }
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When it cannot be written; then what it tells of must not be done.
    pub fn write(&self, line: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(line)?;
        let folder =
            self.folder.as_deref().ok_or_else(|| io::Error::other("neither HOME nor XDG_STATE_HOME is set"))?;
        let _turn = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let file = folder.join(FILE);
        if fs::metadata(&file).is_ok_and(|file| file.len() >= FILE_BYTES) {
            put_aside(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
        // In one piece, because another sidecar may write too.
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// `audit.jsonl` becomes `audit.1.jsonl`, and so on; the oldest goes.
fn put_aside(folder: &Path) -> io::Result<()> {
    let name = |number: usize| match number {
        0 => folder.join(FILE),
        _ => folder.join(format!("audit.{number}.jsonl")),
    };
    for number in (1..FILES).rev() {
        match fs::rename(name(number.saturating_sub(1)), name(number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn lines_are_added_for_the_user_alone_and_old_files_go() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/berdl-spark-monitor");
        let audit = Audit::new(Some(folder.clone()));
        audit.write(&serde_json::json!({})).unwrap();
        audit.write(&serde_json::json!({})).unwrap();
        assert_eq!(fs::read_to_string(folder.join(FILE)).unwrap(), "{}\n{}\n");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&folder), mode(&folder.join(FILE))], [0o700, 0o600]);
        for _ in 0..6 {
            fs::File::options().write(true).open(folder.join(FILE)).unwrap().set_len(FILE_BYTES).unwrap();
            audit.write(&serde_json::json!({})).unwrap();
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), FILES);
        assert_eq!(fs::read_to_string(folder.join(FILE)).unwrap(), "{}\n");
    }

    #[test]
    fn without_a_folder_nothing_is_written_and_the_reason_is_told() {
        let error = Audit::new(None).write(&serde_json::json!({})).unwrap_err();
        assert!(error.to_string().contains("XDG_STATE_HOME"));
    }
}
