//! What IPython removes from a cell before it reads it: blank lines at its top, an indentation of the whole cell, and
//! prompts that came along when the code was copied.

use std::borrow::Cow;

/// The cell without them, and the line at which it begins.
pub(crate) fn cleaned(source: &str) -> (Cow<'_, str>, usize) {
    let blank = source.split_inclusive('\n').take_while(|line| line.trim().is_empty());
    let skipped: usize = blank.clone().map(str::len).sum();
    let line = 1 + blank.count();
    let text = source.get(skipped..).unwrap_or_default();
    (without_prompts(without_indentation(text)), line)
}

/// IPython takes the first line's indentation from every line that has it.
fn without_indentation(text: &str) -> Cow<'_, str> {
    let indentation = text.len() - text.trim_start_matches([' ', '\t']).len();
    match text.get(..indentation) {
        None | Some("") => Cow::Borrowed(text),
        Some(space) => {
            let lines = text.split_inclusive('\n').map(|line| line.strip_prefix(space).unwrap_or(line));
            Cow::Owned(lines.collect())
        }
    }
}

/// `>>> ` with `... `, and `In [3]: ` with `   ...: `.
fn without_prompts(text: Cow<'_, str>) -> Cow<'_, str> {
    let prompt: fn(&str) -> Option<&str> = if text.starts_with(">>> ") || text.starts_with(">>>\n") {
        classic
    } else if ipython(&text).is_some() {
        ipython
    } else {
        return text;
    };
    Cow::Owned(text.split_inclusive('\n').map(|line| prompt(line).unwrap_or(line)).collect())
}

fn classic(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(">>>").or_else(|| line.strip_prefix("..."))?;
    rest.strip_prefix(' ')
        .or_else(|| rest.is_empty().then_some(rest))
        .or_else(|| rest.starts_with('\n').then_some(rest))
}

fn ipython(line: &str) -> Option<&str> {
    let trimmed = line.trim_start_matches(' ');
    let rest = match trimmed.strip_prefix("In [") {
        Some(rest) => rest.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("]:")?,
        None => trimmed.strip_prefix("...").map(|rest| rest.trim_start_matches('.'))?.strip_prefix(':')?,
    };
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_cleaned_as_ipython_does() {
        assert_eq!(cleaned("\n  \n  a\n    b\nc"), ("a\n  b\nc".into(), 3));
        assert_eq!(cleaned(">>> a\n... b\n1\n>>>\n"), ("a\nb\n1\n\n".into(), 1));
        assert_eq!(cleaned("In [12]: a\n    ...: b"), ("a\nb".into(), 1));
        assert_eq!(cleaned("a\n>>> b"), ("a\n>>> b".into(), 1));
        assert_eq!(cleaned("\n\n"), ("".into(), 3));
    }
}
