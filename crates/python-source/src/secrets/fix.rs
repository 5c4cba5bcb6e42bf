//! What to write instead of a secret.

use std::ops::Range;

use super::{
    finding::Finding,
    tree::{Text, Tree},
};

/// What to write instead: a variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The variable's name, made from what the secret is bound to: `DB_PASSWORD`. It may already be another secret's.
    pub variable: String,
    /// Bytes of the literal to replace, with its quotes. None if no replacement is sensible: in a comment or a shell
    /// command, within an f-string or a long text, or where the source itself sets the variable.
    pub range: Option<Range<usize>>,
    /// The expression to put there, such as `os.environ["DB_PASSWORD"]`; it needs `import os`.
    pub replacement: String,
}

/// The fix of a finding in the source; without a tree only the variable's name.
pub(super) fn fix(tree: Option<&Tree>, finding: &Finding) -> Fix {
    let literal = tree.and_then(|tree| enclosing(&tree.strings, &finding.range));
    let bound = tree.zip(literal).and_then(|(tree, literal)| tree.names.get(&literal.range.start));
    let name = finding.name.as_deref().or(bound.map(|(name, _)| name.as_str()));
    let variable = name.map_or_else(|| variable(finding.kind), variable);
    let sets_it = bound.is_some_and(|(_, into_environment)| *into_environment);
    let is_key = finding.kind == "private_key";
    let replaced = literal.filter(|literal| literal.is_whole && !sets_it && (literal.is_one_line || is_key));
    let encode = if literal.is_some_and(|literal| literal.is_bytes) { ".encode()" } else { "" };
    let replacement = format!("os.environ[\"{variable}\"]{encode}");
    Fix { variable, range: replaced.map(|literal| literal.range.clone()), replacement }
}

/// The string around the range.
pub(super) fn enclosing<'a>(strings: &'a [Text], range: &Range<usize>) -> Option<&'a Text> {
    let after = strings.partition_point(|text| text.range.start <= range.start);
    let text = strings.get(after.checked_sub(1)?)?;
    (text.range.end >= range.end).then_some(text)
}

/// `spark.db.password` -> `SPARK_DB_PASSWORD`, `dbPassword` -> `DB_PASSWORD`.
fn variable(name: &str) -> String {
    let mut variable = String::new();
    let mut before = '_';
    for now in name.chars().take(60) {
        let hump = now.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (hump || !now.is_ascii_alphanumeric()) && !variable.is_empty() && !variable.ends_with('_') {
            variable.push('_');
        }
        if now.is_ascii_alphanumeric() {
            variable.push(now.to_ascii_uppercase());
        }
        before = now;
    }
    let variable = variable.trim_matches('_');
    if variable.is_empty() || variable.starts_with(|first: char| first.is_ascii_digit()) {
        return "SECRET".to_owned();
    }
    variable.to_owned()
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn variables_are_named_after_what_is_bound() {
        for (name, expected) in [
            ("db_password", "DB_PASSWORD"),
            ("dbPassword", "DB_PASSWORD"),
            ("fs.s3a.secret.key", "FS_S3A_SECRET_KEY"),
            ("API_KEY", "API_KEY"),
            ("_token", "TOKEN"),
            ("пароль", "SECRET"),
            ("9lives", "SECRET"),
        ] {
            assert_eq!(variable(name), expected);
        }
    }
}
