//! Where a job's files go in the repository.

use notebook_job::File;

use super::error::GitError;
use crate::config::is_folder_name;

/// Deepest folder of a job beneath the configured one.
const DEEPEST: usize = 8;
/// Largest file, bytes: a notebook may have 16 MiB.
const LARGEST: usize = 20 << 20;

/// The path of a job's folder, which is beneath the configured one.
///
/// # Errors
/// When a name is not allowed.
pub(super) fn folder(configured: &str, job: &str) -> Result<String, GitError> {
    let is_allowed = job.split('/').count() <= DEEPEST && job.split('/').all(is_folder_name);
    if !is_allowed {
        return Err(GitError::Path(job.to_owned()));
    }
    Ok(if configured.is_empty() { job.to_owned() } else { format!("{configured}/{job}") })
}

/// Checks the files' names: each is in the job's own folder.
///
/// # Errors
/// When a name is not allowed or is there twice, or a file is too large.
pub(super) fn check(files: &[File]) -> Result<(), GitError> {
    for (number, file) in files.iter().enumerate() {
        let is_twice = files.iter().take(number).any(|other| other.name == file.name);
        if !is_folder_name(&file.name) || is_twice {
            return Err(GitError::Path(file.name.clone()));
        }
        if file.content.len() > LARGEST {
            return Err(GitError::TooLarge { most_bytes: LARGEST as u64 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_configured_folder() {
        assert_eq!(folder("dags", "sales").unwrap(), "dags/sales");
        assert_eq!(folder("", "Übung 1/a").unwrap(), "Übung 1/a");
        for job in [
            "",
            "..",
            "a/../b",
            "/a",
            "a/",
            ".git",
            "a/.Git/hooks",
            ".gitmodules",
            "-x",
            "a\n",
            "a\0",
            "git~1",
            ".g\u{200d}it",
        ] {
            assert!(folder("dags", job).is_err(), "{job:?}");
        }
    }

    #[test]
    fn a_file_is_directly_in_the_jobs_folder() {
        let file = |name: &str| File { name: name.to_owned(), content: Vec::new() };
        assert!(check(&[file("job.py"), file(".airflowignore")]).is_ok());
        for name in ["../x", "a/b", ".gitattributes", "", "."] {
            assert!(check(&[file(name)]).is_err(), "{name:?}");
        }
        assert!(check(&[file("job.py"), file("job.py")]).is_err());
    }
}
