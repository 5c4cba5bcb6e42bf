//! Writes a job's files: each one wholly or not at all, and none over a file of somebody else.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use notebook_job::File;

/// The file by which a folder is known as a job's.
const OURS: &str = "job.cells.json";
/// Who may read and write a file, as far as the umask allows: Airflow often reads it as somebody else.
const FOR_ALL: u32 = 0o666;

/// Writes the files into a folder, which is made if it is not there. The job comes first, so that nobody finds a
/// workflow without it. What an earlier export wrote is replaced; another file is not, and never the notebook itself.
///
/// # Errors
/// When a file is in the way or cannot be written; those before it are there.
pub(crate) fn files(folder: &Path, files: &[File], notebook: &Path) -> io::Result<()> {
    let notebook = notebook.canonicalize()?;
    in_order(folder, &files.iter().collect::<Vec<_>>(), Some(&notebook))
}

/// As [`files`], in the given order. `notebook` is a file that is never written over, its path made canonical.
///
/// # Errors
/// As [`files`].
pub(crate) fn in_order(folder: &Path, files: &[&File], notebook: Option<&Path>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let is_ours = folder.join(OURS).is_file();
    for path in files.iter().map(|file| folder.join(&file.name)) {
        let is_notebook = path.canonicalize().is_ok_and(|path| Some(&*path) == notebook);
        if is_notebook || (path.exists() && !is_ours) {
            let reason = format!("{} is there, and not from an export; choose another folder", path.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
        }
    }
    files.iter().try_for_each(|file| write(folder, file))
}

/// A file of its own until it is whole: others may write the same one at this moment.
fn write(folder: &Path, file: &File) -> io::Result<()> {
    let mode = fs::Permissions::from_mode(FOR_ALL);
    let mut part = tempfile::Builder::new().prefix(".").suffix(".part").permissions(mode).tempfile_in(folder)?;
    part.write_all(&file.content)?;
    part.persist(folder.join(&file.name))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(content: &str) -> [File; 2] {
        let file = |name: &str| File { name: name.to_owned(), content: content.into() };
        [file("job.py"), file(OURS)]
    }

    #[test]
    fn files_of_an_earlier_export_are_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let notebook = folder.path().join("a.ipynb");
        fs::write(&notebook, "").unwrap();
        let inner = folder.path().join("a/b");
        for content in ["one", "two"] {
            files(&inner, &made(content), &notebook).unwrap();
            assert_eq!(fs::read_to_string(inner.join("job.py")).unwrap(), content);
        }
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 2);
    }

    #[test]
    fn whoever_writes_the_same_file_at_once_finds_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let contents = ["a", "b"].map(|letter| letter.repeat(1 << 20));
        std::thread::scope(|scope| {
            for content in &contents {
                scope.spawn(|| {
                    let file = File { name: OURS.to_owned(), content: content.clone().into() };
                    for _ in 0..50 {
                        in_order(folder.path(), &[&file], None).unwrap();
                        assert!(contents.contains(&fs::read_to_string(folder.path().join(OURS)).unwrap()));
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written is left");
        let mode = fs::metadata(folder.path().join(OURS)).unwrap().permissions().mode() & 0o777;
        let usual = folder.path().join("usual");
        fs::write(&usual, "").unwrap();
        assert_eq!(mode, fs::metadata(usual).unwrap().permissions().mode() & 0o777, "Airflow may be somebody else");
    }

    #[test]
    fn a_file_of_somebody_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let notebook = folder.path().join("a.ipynb");
        fs::write(&notebook, "").unwrap();
        fs::write(folder.path().join("job.py"), "mine").unwrap();
        assert!(files(folder.path(), &made("one"), &notebook).is_err());
        assert_eq!(fs::read_to_string(folder.path().join("job.py")).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else was written");
    }

    #[test]
    fn the_notebook_itself_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let notebook = folder.path().join("job.py");
        fs::write(&notebook, "x = 1").unwrap();
        fs::write(folder.path().join(OURS), "").unwrap();
        assert!(files(folder.path(), &made("one"), &notebook).is_err());
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "x = 1");
    }
}
