//! The document of all routes is a part of the contract: a change of it is seen in a review.

use crate::support::TestApp;

#[tokio::test]
async fn the_document_names_every_route_and_is_served() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    let served = app.get("/openapi.json").await;
    assert_eq!(served.status, 200);
    let document = served.json();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "/",
        "/doctor",
        "/panel/history",
        "/panel/queries",
        "/panel/queries/{query_id}",
        "/app/executors",
        "/app/stages",
        "/cluster",
        "/healthz",
        "/panel/apps",
        "/panel/chip",
        "/panel/cluster",
        "/panel/executors",
        "/panel/stages",
        "/readyz",
        "/status",
    ];
    expected.sort_unstable();
    let mut paths = paths;
    paths.sort_unstable();
    assert_eq!(paths, expected);
}
