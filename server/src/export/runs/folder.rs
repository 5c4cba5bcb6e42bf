//! The folder of one run. Only its person may look into it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::request::Request;

const REQUEST: &str = "request.json";
const LOCK: &str = "lock";
pub(super) const OUTPUT: &str = "output.ipynb";
/// A request is small: what is large has files of its own.
const MOST_REQUEST_BYTES: u64 = 1 << 20;

/// The folder of a run, which may be gone at any time.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder of an id; none for a text that is no id, and could lead elsewhere.
    pub fn of(root: &Path, id: &str) -> Option<Self> {
        let is_id = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id.then(|| Self(root.join(id)))
    }

    /// Makes it, for the user alone.
    pub fn create(&self) -> io::Result<()> {
        let make = |recursive, folder: &Path| DirBuilder::new().recursive(recursive).mode(0o700).create(folder);
        if let Some(root) = self.0.parent() {
            make(true, root)?;
        }
        make(false, &self.0)
    }

    /// Writes a new file.
    pub fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        self.new_file(name)?.write_all(content)
    }

    /// A new file, for the user alone.
    pub fn new_file(&self, name: &str) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.0.join(name))
    }

    pub fn write_request(&self, request: &Request) -> io::Result<()> {
        self.write(REQUEST, &serde_json::to_vec(request)?)
    }

    pub fn request(&self) -> io::Result<Request> {
        let mut text = Vec::new();
        File::open(self.0.join(REQUEST))?.take(MOST_REQUEST_BYTES).read_to_end(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// The lock, held. It is the input of the program that runs the job, so the program holds it from its first moment
    /// to its last, and also after the sidecar's own end.
    pub fn lock(&self) -> io::Result<File> {
        let path = self.0.join(LOCK);
        let lock = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        lock.lock()?;
        Ok(lock)
    }

    /// Whether the program lives.
    pub fn is_locked(&self) -> bool {
        let Ok(lock) = File::open(self.0.join(LOCK)) else { return false };
        matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// The program's process, which has written it into the lock.
    pub fn pid(&self) -> Option<rustix::process::Pid> {
        let mut text = String::new();
        File::open(self.0.join(LOCK)).ok()?.take(32).read_to_string(&mut text).ok()?;
        rustix::process::Pid::from_raw(text.trim().parse().ok().filter(|pid| *pid > 1)?)
    }

    /// All that is in it, bytes.
    pub fn bytes(&self) -> u64 {
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).fold(0, |sum, file| sum.saturating_add(file.len()))
    }

    pub fn remove(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.0)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_and_its_files_are_for_the_user_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::of(&root.path().join("export/runs"), "a1").unwrap();
        folder.create().unwrap();
        folder.write("job.py", b"x = 1\n").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(folder.path()), mode(&folder.path().join("job.py"))], [0o700, 0o600]);
        assert_eq!(folder.bytes(), 6);
        assert!(folder.create().is_err(), "no run takes the folder of another");
    }

    #[test]
    fn a_text_that_leads_elsewhere_is_no_id() {
        for id in ["", "..", "a/b", "a.b", "/etc", &"a".repeat(65)] {
            assert!(Folder::of(Path::new("/r"), id).is_none(), "{id}");
        }
    }

    #[test]
    fn the_lock_says_whether_somebody_holds_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::of(root.path(), "a1").unwrap();
        folder.create().unwrap();
        assert!(!folder.is_locked(), "there is no lock");
        let mut lock = folder.lock().unwrap();
        lock.write_all(b"4711\n").unwrap();
        assert!(folder.is_locked());
        assert_eq!(folder.pid().map(|pid| pid.as_raw_nonzero().get()), Some(4711));
        drop(lock);
        assert!(!folder.is_locked(), "its holder is gone");
    }
}
