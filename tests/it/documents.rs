//! The generated documents match the program; `UPDATE_DOCS=1 cargo test documents` writes them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::support::TestApp;

/// Writes it on request.
pub fn write(name: &str, content: &str) {
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path(name), content).unwrap();
    }
}

fn path(name: &str) -> String {
    format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub fn check(name: &str, content: &str) {
    write(name, content);
    let written = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        written == content,
        "docs/{name} is out of date: UPDATE_DOCS=1 cargo test -p berdl-spark-monitor documents"
    );
}

#[test]
fn the_list_of_settings_is_up_to_date() {
    check("configuration.md", &berdl_spark_monitor::config::reference());
}

#[tokio::test]
async fn the_api_document_is_up_to_date() {
    // With each area that has routes.
    let urls = ["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-connect-url", "sc://127.0.0.1:9"];
    let app = TestApp::new(&[&urls[..], &["--spark-monitor-assistant", "check"]].concat());
    let document = app.get("/openapi.json").await.json();
    check("openapi.json", &format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
}

#[test]
fn every_rule_of_the_check_is_documented_with_its_verdict() {
    let text = fs::read_to_string(path("check.md")).unwrap();
    for rule in check::RULES {
        let line = format!("| `{}` | `{}` | {}", rule.code, rule.effect.word(), rule.finds.split(';').next().unwrap());
        assert!(text.contains(&line), "docs/check.md lacks: {line}");
    }
}

/// All sources that may contain a test.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("node_modules") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs" || end == "py" || end == "mjs") {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_test_that_a_proof_names_is_there() {
    let mut found = Vec::new();
    for folder in ["server/src", "crates", "tests", "frontend-wasm", "fuzz/fuzz_targets"] {
        sources(Path::new(&path(&format!("../{folder}"))), &mut found);
    }
    let is_file = |name: &str| found.iter().any(|(path, _)| path.ends_with(name));
    let is_test = |name: &str| {
        found.iter().any(|(_, text)| ["fn ", "def "].iter().any(|word| text.contains(&format!("{word}{name}("))))
    };
    for document in ["security.md", "faults.md"] {
        let text = fs::read_to_string(path(document)).unwrap();
        let words =
            text.lines().filter(|line| line.starts_with('|')).flat_map(|line| line.split('`').skip(1).step_by(2));
        for word in words {
            let names_file = [".rs", ".py", ".mjs"].iter().any(|end| word.ends_with(end));
            let names_test = word.matches('_').count() > 2
                && word.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit());
            assert!(!names_file || is_file(word), "docs/{document}: there is no {word}");
            assert!(!names_test || is_test(word), "docs/{document}: there is no test {word}");
        }
    }
}
