//! The contents of files of the branch, which git stores as blobs.

use super::{
    call::Git,
    content::{Content, LONGEST},
    error::GitError,
    remote,
};

/// The contents, in the order of their ids.
///
/// # Errors
/// When the host does not give them.
pub(super) async fn read(git: &Git, ids: &[&str]) -> Result<Vec<Content>, GitError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sizes = sizes(git, ids).await.unwrap_or_default();
    let missing: Vec<&str> = ids.iter().filter(|id| !sizes.iter().any(|(known, _)| known == *id)).copied().collect();
    if !missing.is_empty() {
        remote::fetch_files(git, &missing).await?;
        sizes = self::sizes(git, ids).await?;
    }
    let mut contents = Vec::new();
    for id in ids {
        let bytes = sizes.iter().find(|(known, _)| known == id).map(|(_, bytes)| *bytes);
        let bytes = bytes.ok_or_else(|| GitError::Failed { message: "a file's content is missing".to_owned() })?;
        contents.push(match usize::try_from(bytes) {
            Ok(..=LONGEST) => Content::of(&git.local(&["cat-file", "blob", id], b"").await?),
            _ => Content::Opaque { bytes },
        });
    }
    Ok(contents)
}

/// Id and size of those that are here.
async fn sizes(git: &Git, ids: &[&str]) -> Result<Vec<(String, u64)>, GitError> {
    let input: String = ids.iter().flat_map(|id| [id, "\n"]).collect();
    let out = git.local(&["cat-file", "--batch-check=%(objectname) %(objectsize)"], input.as_bytes()).await?;
    let line = |line: &str| {
        let (id, bytes) = line.split_once(' ')?;
        Some((id.to_owned(), bytes.parse().ok()?))
    };
    Ok(String::from_utf8_lossy(&out).lines().filter_map(line).collect())
}
