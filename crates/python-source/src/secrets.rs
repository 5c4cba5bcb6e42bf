//! Secrets in Python source, to be found before a notebook becomes a job.
//!
//! Three kinds of rules work together. Formats of tokens and passwords in URLs are known wherever they stand, in comments
//! and shell commands too; so are those of gitleaks, for what the others do not find. Ordinary passwords have no format: a string is one because of the name that it is bound to,
//! which the syntax tree knows.
//!
//! | found | examples |
//! |---|---|
//! | tokens of a known format | AWS, Azure, Google, Databricks, GitHub, GitLab, Slack, Stripe, OpenAI, JWT, PEM, … |
//! | what gitleaks knows besides | 1Password, Airtable, Datadog, Fastly, Okta, Sentry, Snyk, … |
//! | passwords in URLs | `postgres://me:…@db`, `https://…@git.host`, `jdbc:…?password=…`, `…?sig=…` |
//! | strings assigned to secret-like names | `db_password = "…"`, `(pw := "…")`, `os.environ["TOKEN"] = "…"` |
//! | as arguments, defaults and entries | `f(password="…")`, `def f(pwd="…")`, `{"apiKey": "…"}`, `auth=("me", "…")` |
//! | after their name | `.option("password", "…")`, `os.getenv("TOKEN", "…")`, `("db.password", "…")` |
//! | inside an expression | `x or "…"`, `"…" + "…"`, `"…".encode()`, `f"{x}…"` if that part looks random |
//! | pairs inside a string | `"host=db password=…"`, `'{"token": "…"}'`, `"OPTIONS (password '…')"` |
//! | pairs in comments and escapes | `# password = "…"`, `%env TOKEN=…`, `!tool --token …` |
//!
//! | passes | examples |
//! |---|---|
//! | where a secret comes from | `getpass()`, `os.environ["TOKEN"]`, `dbutils.secrets.get("scope", "token")` |
//! | placeholders | `<password>`, `changeme`, `xxxxxx`, `your-token`, `${TOKEN}`, `{{ token }}`, `password` |
//! | references | paths of files, `arn:…`, URLs without credentials, names of other settings |
//! | names about a secret | `token_count`, `max_tokens`, `password_field`, `secret_name`, `key`, `author` |
//! | `token`, `auth` and other words with more meanings | unless the value looks random |
//! | short values, labels, hashes of commits | `pwd = "x"`, `password = "Enter your password"` |
//! | what ends in `# pragma: allowlist secret` | the line where the secret begins or ends, or its literal ends |

mod finding;
mod fix;
mod gitleaks;
mod literals;
mod names;
mod pairs;
mod tokens;
mod tree;
mod urls;
mod values;

use std::{fmt, ops::Range};

pub use fix::Fix;

use crate::Program;
use finding::{Finding, without_overlaps};
use tree::Tree;

/// Lets a line pass, after a `#`.
const PRAGMA: &str = "pragma: allowlist secret";

/// A secret's place and kind. It does not have the secret itself, so printing it is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Bytes of the secret itself in the text, without its quotes.
    pub range: Range<usize>,
    /// A stable word in snake_case, such as `aws_access_key` or `password_literal`.
    pub kind: &'static str,
    /// What to write instead.
    pub fix: Fix,
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}..{}", self.kind, self.range.start, self.range.end)
    }
}

/// The secrets of a program in the source's order, without overlaps. Source with syntax errors is searched like a text
/// as well, because its tree is incomplete.
#[must_use]
pub fn secrets(program: &Program) -> Vec<Secret> {
    let text = program.text();
    let tree = tree::walk(text, program.statements());
    let mut found = anywhere(text);
    found.extend(tree.found.iter().cloned());
    if !program.syntax_errors().is_empty() {
        found.extend(pairs::pairs(text, 0..text.len(), false));
    }
    for string in &tree.strings {
        found.extend(pairs::pairs(text, string.range.clone(), string.is_one_line));
    }
    for part in comments(text, &tree).into_iter().chain(tree.escapes.iter().cloned()) {
        found.extend(pairs::pairs(text, part, false));
    }
    finish(text, Some(&tree), found)
}

/// The secrets of a text that is no program: a parameter's value, a path, a commit's message. A password alone is not
/// recognizable; a name before it, as in `password=…`, makes it so.
#[must_use]
pub fn secrets_in_text(text: &str) -> Vec<Secret> {
    let mut found = anywhere(text);
    found.extend(pairs::pairs(text, 0..text.len(), !text.contains('\n')));
    finish(text, None, found)
}

fn anywhere(text: &str) -> Vec<Finding> {
    let mut found = tokens::tokens(text);
    found.extend(urls::credentials(text));
    found.extend(gitleaks::secrets(text));
    found
}

fn finish(text: &str, tree: Option<&Tree>, found: Vec<Finding>) -> Vec<Secret> {
    let secret = |finding: Finding| {
        let fix = fix::fix(tree, &finding);
        Secret { range: finding.range, kind: finding.kind, fix }
    };
    let allowed = allowed_lines(text);
    without_overlaps(found)
        .into_iter()
        .filter(|finding| !is_allowed(&allowed, tree, &finding.range))
        .map(secret)
        .collect()
}

fn is_allowed(allowed: &[Range<usize>], tree: Option<&Tree>, secret: &Range<usize>) -> bool {
    let literal = tree.and_then(|tree| fix::enclosing(&tree.strings, secret)).map(|literal| literal.range.end);
    [Some(secret.start), Some(secret.end), literal].into_iter().flatten().any(|at| {
        let next = allowed.partition_point(|line| line.end < at);
        allowed.get(next).is_some_and(|line| line.start <= at)
    })
}

/// The lines that end in the pragma, found once: a line may have many secrets.
fn allowed_lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut allowed = vec![];
    for line in text.split_inclusive('\n') {
        let comment = line.trim_end().rsplit_once('#').map(|(_, comment)| comment.trim());
        if comment.is_some_and(|comment| comment.eq_ignore_ascii_case(PRAGMA)) {
            allowed.push(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    allowed
}

/// From each `#` outside strings to the line's end.
fn comments(text: &str, tree: &Tree) -> Vec<Range<usize>> {
    let mut comments = vec![];
    let mut at = 0;
    let mut strings = tree.strings.iter().map(|string| &string.range).peekable();
    while let Some(hash) = text.get(at..).and_then(|rest| rest.find('#')).map(|hash| at + hash) {
        while strings.next_if(|string| string.end <= hash).is_some() {}
        at = match strings.peek() {
            Some(string) if string.start <= hash => string.end,
            _ => {
                let rest = text.get(hash..).unwrap_or_default();
                let end = hash + rest.find('\n').unwrap_or(rest.len());
                comments.push(hash..end);
                end
            }
        };
    }
    comments
}
