//! The end of what a run has printed. The program that runs it keeps two files of it, the older one full.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// The older file, and the one that grows.
const FILES: [&str; 2] = ["printed.1.txt", "printed.txt"];

/// The last `most_bytes` of the text, and whether there was more.
pub(super) fn end(folder: &Path, most_bytes: usize) -> (String, bool) {
    let (mut text, mut is_cut) = (Vec::new(), false);
    for name in FILES.into_iter().rev() {
        let left = most_bytes.saturating_sub(text.len());
        match tail(&folder.join(name), left) {
            Ok((mut older, more)) => {
                is_cut |= more;
                older.append(&mut text);
                text = older;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(%error, "What a job printed cannot be read"),
        }
    }
    // A character may have been cut in two.
    let begin = if is_cut { text.iter().take(4).take_while(|byte| **byte & 0xC0 == 0x80).count() } else { 0 };
    (String::from_utf8_lossy(text.get(begin..).unwrap_or_default()).into_owned(), is_cut)
}

fn tail(path: &Path, most_bytes: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let skip = bytes.saturating_sub(most_bytes as u64);
    file.seek(SeekFrom::Start(skip))?;
    let mut text = Vec::new();
    file.take(most_bytes as u64).read_to_end(&mut text)?;
    Ok((text, skip > 0))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_end_of_both_files_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(end(folder.path(), 10), (String::new(), false));
        fs::write(folder.path().join(FILES[1]), "new\n").unwrap();
        assert_eq!(end(folder.path(), 10), ("new\n".to_owned(), false));
        fs::write(folder.path().join(FILES[0]), "older\n").unwrap();
        assert_eq!(end(folder.path(), 10), ("older\nnew\n".to_owned(), false));
        assert_eq!(end(folder.path(), 7), ("er\nnew\n".to_owned(), true));
        assert_eq!(end(folder.path(), 3), ("ew\n".to_owned(), true));
    }

    #[test]
    fn no_character_is_cut_in_two() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILES[1]), "a€b").unwrap();
        assert_eq!(end(folder.path(), 3), ("b".to_owned(), true));
    }
}
