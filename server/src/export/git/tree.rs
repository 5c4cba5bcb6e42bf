//! What a commit has at a path.

use super::{call::Git, error::GitError};

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A symbolic link, or a submodule.
    Other,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub kind: Kind,
    pub id: String,
    pub name: Vec<u8>,
    /// Its size, if the listing says it.
    pub bytes: Option<u64>,
}

impl Entry {
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name.as_bytes()
    }
}

/// The entries of a folder of a commit, or of all of it if `path` is empty; none if it is not there.
///
/// # Errors
/// When something that is no folder is in its place, or there are too many entries.
pub(super) async fn folder(git: &Git, commit: &str, path: &str) -> Result<Vec<Entry>, GitError> {
    if path.is_empty() {
        return list(git, &[commit]).await;
    }
    let mut tree = commit.to_owned();
    for (number, name) in path.split('/').enumerate() {
        let here = list(git, &[&tree, "--", name]).await?;
        match here.iter().find(|entry| entry.is_named(name)) {
            None => return Ok(Vec::new()),
            Some(entry) if entry.kind == Kind::Folder => tree.clone_from(&entry.id),
            Some(_) => {
                let path = path.split('/').take(number + 1).collect::<Vec<_>>().join("/");
                return Err(GitError::InTheWay { path });
            }
        }
    }
    list(git, &[&tree]).await
}

async fn list(git: &Git, what: &[&str]) -> Result<Vec<Entry>, GitError> {
    let out = git.local(&[&["ls-tree", "-z", "--full-tree"], what].concat(), b"").await?;
    Ok(out.split(|byte| *byte == 0).filter_map(entry).collect())
}

/// `mode type id<tab>name`
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, name) = line.split_at_checked(tab)?;
    let mut words = std::str::from_utf8(head).ok()?.split(' ');
    let kind = match words.next()? {
        "040000" => Kind::Folder,
        "100644" | "100755" | "100664" => Kind::File,
        _ => Kind::Other,
    };
    Some(Entry { kind, id: words.nth(1)?.to_owned(), name: name.get(1..)?.to_owned(), bytes: None })
}
