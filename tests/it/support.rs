//! What the tests share: the app under test and scripted upstreams.

mod app;
mod canary;
mod double;
pub mod sidecar;
pub mod site;

pub use app::{Answer, Cookie, TestApp};
pub use canary::{canary, check as check_for_secrets};
pub use double::{Double, Reply};
pub use sidecar::Sidecar;
pub use site::{Site, User};

/// The routes that call an upstream.
pub const ROUTES: [&str; 16] = [
    "status",
    "cluster",
    "app/executors",
    "app/stages",
    "panel/chip",
    "panel/cluster",
    "panel/apps",
    "panel/executors",
    "panel/stages",
    "panel/queries",
    "panel/queries/sql-1",
    "panel/findings",
    "panel/cell-query",
    "panel/history",
    "snapshot",
    "doctor",
];

/// The routes that call no upstream.
pub const OWN_ROUTES: [&str; 5] = ["", "areas", "healthz", "readyz", "openapi.json"];

/// A recorded answer below `tests/fixtures/`.
pub fn fixture(name: &str) -> String {
    let path = format!("{}/../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The application in `spark-4.3.0/master_json.json`.
pub const APP: &str = "app-20261120233405-0000";

/// The driver's answer to `GET /api/v1/applications/{APP}`.
pub fn application() -> String {
    format!(r#"{{"id": "{APP}", "name": "Spark Connect", "attempts": [{{"completed": false}}]}}"#)
}

/// A master with one running application, reached through its reverse proxy, and the lists of its driver.
pub async fn spark() -> Double {
    let double = Double::start().await;
    double.json("/json/", &fixture("spark-4.3.0/master_json.json"));
    let driver = format!("/proxy/{APP}/api/v1/applications/{APP}");
    double.json(&driver, &application());
    double.json(&format!("{driver}/executors"), &fixture("spark-4.3.0/executors.json"));
    double.json(&format!("{driver}/allexecutors"), &fixture("spark-4.3.0/executors.json"));
    double.json(&format!("{driver}/stages"), &fixture("spark-4.3.0/spill_stages.json"));
    let lists = QueryLists::recorded();
    double.json(&format!("{driver}/jobs"), &lists.jobs);
    double.json(&format!("{driver}/{OPERATIONS}"), &lists.operations);
    double
}

/// Path of Spark Connect's operations in Spark 4.3.
pub const OPERATIONS: &str = "connect/operations?offset=0&length=1000";

/// Jobs and operations of one driver.
pub struct QueryLists {
    pub jobs: String,
    pub operations: String,
}

impl QueryLists {
    pub fn recorded() -> Self {
        Self {
            jobs: fixture("spark-4.3.0/jobs_connect.json"),
            operations: fixture("spark-4.3.0/connect_operations.json"),
        }
    }
}
