//! The answer about secrets: 400 with their types, cells and lines, and texts in which they are masked.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use notebook_job::{Cell, Notebook, Version, cell_secrets};
use serde_json::{Value, json};

use super::answer::Refused;
use crate::words::pipelines as words;

/// Longest text that is masked and shown, characters.
const SHOWN: usize = 40;
/// Beginnings of tokens that are shown, because all tokens of the type have them.
const BEGINNING: usize = 4;
/// Types whose tokens have a public beginning.
const WITH_BEGINNING: [&str; 6] =
    ["aws_access_key", "github_gitea_token", "gitlab_token", "slack_token", "google_api_key", "jwt"];

/// Refuses a notebook with secrets in the cells that are exported.
///
/// # Errors
/// 400 `secrets_detected`.
pub(super) fn check(notebook: &Notebook, left_out: &BTreeSet<usize>, python: Version) -> Result<(), Refused> {
    let found = findings(notebook, left_out, python);
    if found.is_empty() {
        return Ok(());
    }
    let body = json!({ "error": "secrets_detected", "message": words::SECRETS, "findings": found });
    Err(Refused::Whole { status: StatusCode::BAD_REQUEST, body })
}

/// The same for a text that a person has edited.
///
/// # Errors
/// 400 `secrets_detected`.
pub(super) fn check_text(text: &str, python: Version) -> Result<(), Refused> {
    let cell = Cell { source: text.to_owned(), ..Cell::default() };
    let notebook = Notebook { cells: vec![cell], language: "python".to_owned(), version: None };
    check(&notebook, &BTreeSet::new(), python)
}

/// At most one for each line; the first one counts.
fn findings(notebook: &Notebook, left_out: &BTreeSet<usize>, python: Version) -> Vec<Value> {
    let mut lines = BTreeSet::new();
    let found = cell_secrets(notebook, left_out, python)
        .into_iter()
        .filter(|secret| lines.insert((secret.at.cell, secret.at.line)));
    let findings = found.map(|secret| {
        let source = notebook.cells.get(secret.at.cell).map(|cell| cell.source.as_str()).unwrap_or_default();
        let kind = older_kind(secret.kind);
        let preview = masked(source.get(secret.range.clone()).unwrap_or_default(), kind);
        json!({ "type": kind, "line": secret.at.line, "preview": preview, "cell": secret.at.cell })
    });
    findings.collect()
}

fn masked(secret: &str, kind: &str) -> String {
    let shown: Vec<char> = secret.chars().take(SHOWN).collect();
    let beginning = if WITH_BEGINNING.contains(&kind) && shown.len() > 8 { BEGINNING } else { 0 };
    shown.iter().enumerate().map(|(at, sign)| if at < beginning { *sign } else { '*' }).collect()
}

/// The older extension's name of a type, if it had one.
fn older_kind(kind: &str) -> &str {
    match kind {
        "private_key" => "private_key_header",
        "github_token" => "github_gitea_token",
        "connection_string" | "url_credentials" => "db_connection_string",
        "password_literal" | "secret_literal" => "generic_password",
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<Value> {
        let cell = Cell { source: source.to_owned(), ..Cell::default() };
        let notebook = Notebook { cells: vec![cell], language: "python".to_owned(), version: None };
        findings(&notebook, &BTreeSet::new(), Version { minor: 11 })
    }

    #[test]
    fn secrets_have_their_older_types_and_are_masked() {
        let aws = format!("{}{}", "AKIA", "Q3EGRIHNOW5TZX2B");
        let github = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        for (source, kind, preview) in [
            (format!("x = 1\nkey = '{aws}'"), "aws_access_key", "AKIA****************"),
            (format!("t = '{github}'"), "github_gitea_token", "ghp_************************************"),
            ("pwd = 'h7Kq9zLmX2'".to_owned(), "generic_password", "**********"),
            ("u = 'postgres://me:h7Kq9zLmX2@db/x'".to_owned(), "db_connection_string", "**********"),
        ] {
            let found = found(&source);
            assert_eq!((found.len(), &found[0]["type"], &found[0]["preview"]), (1, &json!(kind), &json!(preview)));
            assert_eq!(found[0]["line"], source.lines().count());
        }
    }

    #[test]
    fn harmless_lines_pass() {
        for source in [
            "# comment about password",
            "df.show()",
            "url = 'https://example.com'",
            "spark.sql('SELECT * FROM users')",
            "u = 'postgres://localhost:5432/mydb'",
        ] {
            assert_eq!(found(source), Vec::<Value>::new(), "{source}");
        }
    }
}
