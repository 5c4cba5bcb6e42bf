//! The generated documents say what the program says; `UPDATE_DOCS=1 cargo test documents` writes them.

use std::{env, fs};

use crate::support::TestApp;

pub fn check(name: &str, content: &str) {
    let path = format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, content).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
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
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    let document = app.get("/openapi.json").await.json();
    check("openapi.json", &format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
}
