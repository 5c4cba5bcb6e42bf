//! A Python file as a notebook: its cells begin with `# %%`, as Jupytext, Spyder and VS Code have it.

use super::{Cell, Code, Notebook, ReadError, is_tagged};

/// Cells of a Python file. A file without a marker is one cell.
///
/// # Errors
/// When there is too much of them.
pub(super) fn read(text: &str) -> Result<Notebook, ReadError> {
    let text = text.replace("\r\n", "\n");
    let (front, text) = front_matter(&text);
    let is_jupytext = front.contains("jupytext:");
    let mut code = Code::default();
    let mut end = |cell: Option<Cell>| {
        let Some(mut cell) = cell else { return };
        cell.source.truncate(cell.source.trim_end_matches('\n').len());
        if is_jupytext {
            cell.source = uncommented(&cell.source);
        }
        code.add(cell);
    };
    let mut open = Some(Cell::default());
    let mut seen = false;
    for line in text.split_inclusive('\n') {
        match marker(line) {
            Some(label) => {
                // Blank lines before the first marker are no cell.
                let keep = seen || open.as_ref().is_some_and(|cell| !cell.source.trim().is_empty());
                end(open.take().filter(|_| keep));
                seen = true;
                let has_parameters_tag = has_parameters_tag(label);
                open = (!is_text(label)).then(|| Cell { has_parameters_tag, ..Cell::default() });
            }
            None => {
                if let Some(cell) = &mut open {
                    cell.source.push_str(line);
                }
            }
        }
    }
    end(open);
    Ok(Notebook { cells: code.cells()?, language: "python".to_owned(), version: None })
}

/// The block `# ---` … `# ---` at the beginning, in which Jupytext keeps its settings, and the rest.
fn front_matter(text: &str) -> (&str, &str) {
    const FENCE: &str = "# ---\n";
    let split = || {
        let inner = text.strip_prefix(FENCE)?;
        let end = inner.find(&format!("\n{FENCE}"))?;
        Some((inner.get(..end)?, inner.get(end + 1 + FENCE.len()..)?))
    };
    split().unwrap_or(("", text))
}

/// Jupytext writes what only a notebook understands behind `# `: a line that begins with `%` or `!`, and the whole
/// cell of a cell magic.
fn uncommented(source: &str) -> String {
    let line = |line: &str| line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line).to_owned();
    let is_escape = |text: &str| text.strip_prefix("# ").is_some_and(|text| text.starts_with(['%', '!']));
    let is_magic = source.starts_with("# %%");
    let lines = source.split('\n').map(|text| if is_magic || is_escape(text) { line(text) } else { text.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

/// What follows a marker, if the line is one.
fn marker(line: &str) -> Option<&str> {
    let label = line.strip_prefix('#')?.trim_start_matches(' ').strip_prefix("%%")?;
    // `# %%time` is a magic that somebody put behind a comment.
    (label.trim_end().is_empty() || label.starts_with([' ', '\t', '['])).then(|| label.trim())
}

/// `# %% [markdown]` and `# %% [raw]`.
fn is_text(label: &str) -> bool {
    label.contains("[markdown]") || label.contains("[md]") || label.contains("[raw]")
}

/// Jupytext writes `# %% tags=["parameters"]`.
fn has_parameters_tag(label: &str) -> bool {
    let Some((_, list)) = label.split_once("tags=") else { return false };
    let end = list.find(']').map_or(list.len(), |end| end + 1);
    serde_json::from_str(list.get(..end).unwrap_or_default()).and_then(is_tagged).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> Vec<String> {
        read(text).unwrap().cells.into_iter().map(|cell| cell.source).collect()
    }

    #[test]
    fn markers_begin_cells() {
        assert_eq!(sources("import a\n\n# %%\nb\n# %% with a title\nc\n\n#%%\n"), ["import a", "b", "c", ""]);
        assert_eq!(sources("\n\n# %%\na\n"), ["a"]);
        assert_eq!(sources("a\nb"), ["a\nb"]);
    }

    #[test]
    fn cells_of_text_are_no_code() {
        assert_eq!(sources("# %% [markdown]\n# Title\n# %%\na\n"), ["a"]);
    }

    #[test]
    fn tags_are_read() {
        let is_tagged = |label: &str| read(&format!("# %% {label}\na = 1\n")).unwrap().cells[0].has_parameters_tag;
        assert!(is_tagged(r#"tags=["x", "parameters"] a=1"#));
        assert!(!is_tagged(r#"tags=["x"] a="parameters""#) && !is_tagged("tags=parameters"));
    }

    #[test]
    fn what_jupytext_has_put_behind_comments_counts() {
        let text = "# ---\n# jupyter:\n#   jupytext:\n#     a: b\n# ---\n\n# %%\n# %%sql\n# SELECT 1\n#\n# %%\n# %time x\n# text\n";
        assert_eq!(sources(text), ["%%sql\nSELECT 1\n", "%time x\n# text"]);
    }

    #[test]
    fn a_magic_behind_a_comment_is_no_marker() {
        assert_eq!(sources("# %%time\na\n"), ["# %%time\na"]);
    }
}
