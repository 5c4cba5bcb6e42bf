//! The document of all routes is part of the contract, so that a review sees every change to it.

use crate::support::{OWN_ROUTES, ROUTES, TestApp};

/// The routes of the history; `history` itself takes DELETE only.
const HISTORY_ROUTES: [&str; 7] = [
    "history",
    "history/collector",
    "history/cluster",
    "history/queries",
    "history/queries/{shape_id}",
    "history/applications",
    "history/applications/{app_id}",
];

/// The routes of the tabs "Spark query" and "Spark storage".
const PAGE_ROUTES: [&str; 6] = [
    "panel/queries/{query_id}/batches",
    "panel/queries/{query_id}/plan",
    "panel/queries/{query_id}/tasks",
    "panel/queries/{query_id}/report",
    "panel/storage",
    "panel/environment",
];

/// The routes of the export.
const EXPORT_ROUTES: [&str; 15] = [
    "export",
    "export/airflow",
    "export/convert",
    "export/files",
    "export/notebook",
    "export/runs",
    "export/runs/{id}",
    "export/runs/{id}/cancel",
    "export/runs/{id}/output.ipynb",
    "export/shipments",
    "export/shipments/plan",
    "export/shipments/{id}",
    "export/shipments/{id}/log",
    "export/shipments/{id}/{act}",
    "export/standalone",
];

#[tokio::test]
async fn the_document_names_every_route_and_is_served() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-monitor-history", "memory"]);
    let served = app.get("/openapi.json").await;
    assert_eq!(served.status, 200);
    let document = served.json();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let routes = ROUTES
        .iter()
        .chain(&OWN_ROUTES)
        .chain(&HISTORY_ROUTES)
        .chain(&EXPORT_ROUTES)
        .chain(&PAGE_ROUTES)
        .filter(|route| **route != "openapi.json");
    let mut expected: Vec<_> = routes.map(|route| format!("/{route}").replace("sql-1", "{query_id}")).collect();
    expected.sort_unstable();
    let mut paths = paths;
    paths.sort_unstable();
    assert_eq!(paths, expected);
    // Of a run and of a job on its way, one that is not there is not found either.
    for path in paths.into_iter().filter(|path| !path.contains("{id}")) {
        let outcome = app
            .get(&path.replace("{query_id}", "job-1").replace("{shape_id}", "1").replace("{app_id}", "app-1"))
            .await
            .outcome();
        assert!(!outcome.contains("not_found"), "{path}: {outcome}");
    }
}

#[tokio::test]
async fn no_two_types_share_a_name() {
    let document = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]).get("/openapi.json").await.json();
    let named = |schema: &serde_json::Value| {
        let pointer = schema["$ref"].as_str().unwrap().trim_start_matches('#');
        document.pointer(pointer).unwrap().clone()
    };
    let healthz = &document["paths"]["/healthz"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(named(healthz)["properties"]["version"].is_object(), "that the process answers");
    let health = &document["components"]["schemas"]["Doctor"]["properties"]["health"];
    assert!(named(health).to_string().contains("degraded"), "the connection report in one word");
}
