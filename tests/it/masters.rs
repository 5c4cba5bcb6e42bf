//! Several masters: one leads, the others are on standby.

use crate::support::{APP, Double, Reply, TestApp, fixture, spark};

const STANDBY: &str = r#"{"status": "STANDBY", "workers": [], "activeapps": []}"#;
const RECOVERING: &str = r#"{"status": "RECOVERING", "workers": [], "activeapps": []}"#;

#[tokio::test]
async fn of_several_masters_the_alive_one_is_used() {
    let (standby, alive) = (spark().await, spark().await);
    standby.json("/json/", STANDBY);
    let gone = Double::absent().await;
    let urls = format!("{gone},{},{}", standby.url, alive.url);
    let app = TestApp::new(&["--spark-master-ui-url", &urls, "--spark-monitor-master-lifetime-ms", "0"]);
    assert_eq!(app.get("/cluster").await.text, fixture("spark-4.3.0/master_json.json"));
    assert_eq!(app.get("/app/stages").await.status, 200);
    assert_eq!(standby.count(&format!("/proxy/{APP}/api/v1/applications/{APP}")), 0, "its driver is asked elsewhere");
    alive.set_all(&Reply::Reset);
    assert_eq!(app.get("/cluster").await.json()["status"], "STANDBY", "better than nothing");
}

#[tokio::test]
async fn a_master_that_fails_over_is_followed_with_its_applications() {
    let (old, new) = (spark().await, spark().await);
    new.json("/json/", STANDBY);
    let lifetimes = ["master", "stages", "failure"].map(|what| format!("--spark-monitor-{what}-lifetime-ms=0"));
    let mut args = vec!["--spark-master-ui-url".to_owned(), format!("{},{}", old.url, new.url)];
    args.extend(lifetimes);
    let app = TestApp::new(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let seen = async || {
        let (cluster, chip) = (app.get("/panel/cluster").await.json(), app.get("/panel/chip").await.json());
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
        [text(&cluster["master"]["status"]), text(&chip["state"]), text(&cluster["stale"]["code"])]
    };
    assert_eq!(seen().await, ["alive", "ready", "-"]);
    let shown = app.get("/panel/stages").await.json();
    old.set_all(&Reply::Reset);
    assert_eq!(seen().await, ["standby", "starting", "-"]);
    new.json("/json/", RECOVERING);
    assert_eq!(seen().await, ["recovering", "starting", "-"]);
    new.json("/json/", &fixture("spark-4.3.0/master_json.json"));
    assert_eq!(seen().await, ["alive", "ready", "-"]);
    let again = app.get("/panel/stages").await.json();
    assert_eq!((&again["app"], &again["recent"], &again["stale"]), (&shown["app"], &shown["recent"], &().into()));
    assert!(new.count(&format!("/proxy/{APP}/api/v1/applications/{APP}")) > 0, "its driver by way of the new one");
}
