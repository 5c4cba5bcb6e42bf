//! Writes a job's files: each one wholly or not at all.

use std::{fs, io, path::Path};

use notebook_job::File;

/// Writes the files into a folder, which is made if it is not there. The job comes first, so that nobody finds a
/// workflow without it.
///
/// # Errors
/// When a file cannot be written; those before it are there.
pub fn files(folder: &Path, files: &[File]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for file in files {
        let path = folder.join(&file.name);
        let part = folder.join(format!(".{}.part", file.name));
        fs::write(&part, &file.content)?;
        if let Err(error) = fs::rename(&part, &path) {
            let _ = fs::remove_file(&part);
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        for content in ["one", "two"] {
            let made = [File { name: "job.py".to_owned(), content: content.into() }];
            files(&inner, &made).unwrap();
            assert_eq!(fs::read_to_string(inner.join("job.py")).unwrap(), content);
        }
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_the_way_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("job.py/x")).unwrap();
        let made = [File { name: "job.py".to_owned(), content: Vec::new() }];
        assert!(files(folder.path(), &made).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
