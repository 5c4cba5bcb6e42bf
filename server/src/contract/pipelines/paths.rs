//! Saved notebooks, by their paths beneath the folder that Jupyter shows.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use axum::http::StatusCode;
use tokio::task;

use super::answer::Refused;
use crate::{export::Exports, http::ApiError, words::pipelines as words};

/// A notebook as it is saved.
pub(super) struct Saved {
    /// Its path, without what means nothing.
    pub path: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Reads a notebook.
///
/// # Errors
/// 400 for a path that may not be, 404 if nothing is there.
pub(super) async fn read(exports: &Exports, path: Option<&str>) -> Result<Saved, Refused> {
    let path = path.ok_or_else(|| Refused::bad(words::required("notebook_path")))?;
    let path = cleaned(path).ok_or_else(|| Refused::bad(words::BAD_PATH))?;
    let root = exports.notebooks()?.to_owned();
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    let file = root.join(&path);
    let bytes = task::spawn_blocking(move || bytes(&root, &file)).await.map_err(|_| ApiError::internal())??;
    Ok(Saved { path, name, bytes })
}

/// The path if it may be: relative, of named steps only, to a notebook.
fn cleaned(path: &str) -> Option<String> {
    let path = path.trim();
    let is_absolute = path.starts_with(['/', '\\']);
    let steps = || path.split(['/', '\\']);
    if is_absolute || path.contains('\0') || steps().any(|step| step == "..") {
        return None;
    }
    // A backslash is a part of a name here, but no name needs it.
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    let path = steps.join("/");
    let lower = path.to_lowercase();
    (lower.ends_with(".ipynb") || lower.ends_with(".py")).then_some(path)
}

fn bytes(root: &Path, file: &Path) -> Result<Vec<u8>, Refused> {
    let missing = || Refused::new(StatusCode::NOT_FOUND, words::NO_NOTEBOOK);
    let file = beneath(root, file).map_err(|_| missing())?.ok_or_else(|| Refused::bad(words::OUTSIDE))?;
    // A pipe would be waited for.
    if !file.is_file() {
        return Err(missing());
    }
    let mut bytes = Vec::new();
    let most = notebook_job::MAX_BYTES as u64 + 1;
    File::open(&file).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(|_| missing())?;
    Ok(bytes)
}

/// Where a path leads, links followed; none if that is not beneath the root.
pub(super) fn beneath(root: &Path, path: &Path) -> io::Result<Option<PathBuf>> {
    let (root, path) = (root.canonicalize()?, path.canonicalize()?);
    Ok(path.starts_with(root).then_some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_notebook_beneath_the_root() {
        for (path, expected) in [
            ("./nb.ipynb", Some("nb.ipynb")),
            (" work/nb.ipynb ", Some("work/nb.ipynb")),
            ("a..b/nb.PY", Some("a..b/nb.PY")),
            ("../etc/passwd", None),
            ("work/../../etc/nb.ipynb", None),
            ("work\\..\\..\\nb.ipynb", None),
            ("/absolute/path.ipynb", None),
            ("nb\0.ipynb", None),
            ("notes.txt", None),
            ("", None),
        ] {
            assert_eq!(cleaned(path).as_deref(), expected, "{path:?}");
        }
    }

    #[test]
    fn a_link_that_leads_out_is_refused() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join("nb.ipynb"), "{}").unwrap();
        std::fs::write(root.path().join("own.ipynb"), "{}").unwrap();
        std::os::unix::fs::symlink(other.path(), root.path().join("out")).unwrap();
        std::os::unix::fs::symlink(root.path().join("own.ipynb"), root.path().join("in.ipynb")).unwrap();
        let status = |path: &str| match bytes(root.path(), &root.path().join(path)) {
            Ok(_) => 200,
            Err(Refused::Older { status, .. }) => status.as_u16(),
            Err(error) => panic!("{error:?}"),
        };
        assert_eq!(["own.ipynb", "in.ipynb", "out/nb.ipynb", "none.ipynb"].map(status), [200, 200, 400, 404]);
    }
}
