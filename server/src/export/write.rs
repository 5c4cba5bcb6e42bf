//! Writes a job's files: each one wholly or not at all, and none over a file of somebody else.

use std::{fs, io, path::Path};

use notebook_job::File;

/// The file by which a folder is known as a job's.
const OURS: &str = "job.cells.json";

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

fn write(folder: &Path, file: &File) -> io::Result<()> {
    let part = folder.join(format!(".{}.part", file.name));
    let written = fs::write(&part, &file.content).and_then(|()| fs::rename(&part, folder.join(&file.name)));
    written.inspect_err(|_| _ = fs::remove_file(&part))
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
