//! What a client gets when an upstream fails: every route, every upstream, every way to fail.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use crate::support::{APP, Cookie, Double, OPERATIONS, QueryLists, Reply, TestApp, application, fixture};

/// Upstreams that all work, each on its own port.
struct Site {
    auth2: Double,
    manager: Double,
    master: Double,
    driver: Double,
}

const STATUS: &str = r#"{"master": {"exists": true}, "workers": {"exists": true}, "error": false}"#;

impl Site {
    async fn start() -> Self {
        let site = Self {
            auth2: Double::start().await,
            manager: Double::start().await,
            master: Double::start().await,
            driver: Double::start().await,
        };
        site.auth2.json("/api/V2/me", r#"{"user": "ann"}"#);
        site.manager.json("/clusters", STATUS);
        site.master.json("/json/", &fixture("spark-4.3.0/master_json.json"));
        let base = format!("/api/v1/applications/{APP}");
        site.driver.json(&base, &application());
        site.driver.json(&format!("{base}/executors"), &fixture("spark-4.3.0/executors.json"));
        site.driver.json(&format!("{base}/allexecutors"), &fixture("spark-4.3.0/executors.json"));
        site.driver.json(&format!("{base}/stages"), &fixture("spark-4.3.0/spill_stages.json"));
        let lists = QueryLists::recorded();
        site.driver.json(&format!("{base}/jobs"), &lists.jobs);
        site.driver.json(&format!("{base}/{OPERATIONS}"), &lists.operations);
        site
    }

    fn app(&self, replaced: Option<(&str, &str)>) -> TestApp {
        let url = |name: &str, double: &Double| match replaced {
            Some((upstream, url)) if upstream == name => url.to_owned(),
            _ => double.url.clone(),
        };
        TestApp::new(&[
            // Short, so that a table of hanging upstreams is quick; long enough for a busy machine.
            "--spark-monitor-call-timeout-ms",
            "2000",
            "--kbase-auth-url",
            &url("auth2", &self.auth2),
            "--spark-monitor-identity",
            "auth2",
            "--spark-cluster-manager-api-url",
            &url("manager", &self.manager),
            "--spark-master-ui-url",
            &url("master", &self.master),
            "--spark-app-ui-url",
            &url("driver", &self.driver),
        ])
    }

    fn double(&self, name: &str) -> &Double {
        match name {
            "auth2" => &self.auth2,
            "manager" => &self.manager,
            "master" => &self.master,
            _ => &self.driver,
        }
    }
}

const ROUTES: [&str; 10] = [
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
];

fn retry_after(status: u16) -> Reply {
    Reply::Http(status, "application/json", "retry-after: 120\r\n".into(), b"{}".to_vec())
}

fn faults() -> Vec<(&'static str, Reply)> {
    let recorded = fixture("spark-4.3.0/master_json.json");
    let (half, _) = recorded.split_at(recorded.len() / 2);
    vec![
        ("200, a web page", Reply::html(200)),
        ("200, half a JSON", Reply::json(half)),
        ("200, cut off", Reply::Cut(recorded.clone())),
        ("200, another shape", Reply::json("7")),
        ("hangs", Reply::Hang),
        ("hangs in the body", Reply::HangInBody(recorded)),
        ("resets", Reply::Reset),
        ("302", Reply::html(302)),
        ("401", Reply::status(401)),
        ("403", Reply::status(403)),
        ("404", Reply::status(404)),
        ("429", retry_after(429)),
        ("500", Reply::html(500)),
        ("503", retry_after(503)),
    ]
}

/// One cell: what every route answers, in the order of `ROUTES`.
async fn outcomes(app: &TestApp) -> Vec<String> {
    let routes = ROUTES.iter().map(|route| async move {
        let answer = app.get_as(Cookie("CANARY"), &format!("/{route}")).await;
        for secret in ["CANARY", "secret-host", "127.0.0.1", "<html"] {
            let shown = answer.status != 200 && answer.text.contains(secret);
            assert!(!shown, "{route} shows {secret}: {}", answer.text);
        }
        let retry = answer.header("retry-after").to_owned();
        let retry = if retry.is_empty() { retry } else { format!(", retry after {retry} s") };
        format!("{}{retry}", answer.outcome())
    });
    futures_util::future::join_all(routes).await
}

/// One line for each answer that is not 200.
async fn row(upstream: &str, fault: &str, reply: Option<Reply>, url: Option<&str>) -> String {
    let site = Site::start().await;
    if let Some(reply) = reply {
        site.double(upstream).set_all(&reply);
    }
    let outcomes = outcomes(&site.app(url.map(|url| (upstream, url)))).await;
    let mut by_outcome = BTreeMap::<String, Vec<&str>>::new();
    for (route, outcome) in ROUTES.iter().zip(outcomes) {
        by_outcome.entry(outcome).or_default().push(route);
    }
    by_outcome.remove("200");
    let line = |(outcome, routes): (String, Vec<&str>)| format!("| {fault} | {outcome} | {} |\n", routes.join(", "));
    by_outcome.into_iter().map(line).collect()
}

#[tokio::test]
async fn every_route_under_every_fault_of_every_upstream() {
    let mut table = String::new();
    for upstream in ["auth2", "manager", "master", "driver"] {
        writeln!(table, "\n## {upstream}\n\n| what it does | answer | routes |\n|---|---|---|").unwrap();
        let rows = faults().into_iter().map(|(fault, reply)| row(upstream, fault, Some(reply), None));
        let absent = Double::absent().await;
        let unreachable = [("refused", absent.as_str()), ("unknown host", "http://no-such-host.invalid")];
        let unreachable = unreachable.map(|(fault, url)| row(upstream, fault, None, Some(url)));
        table.extend(futures_util::future::join_all(rows).await);
        table.extend(futures_util::future::join_all(unreachable).await);
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_slow_upstream_delays_only_what_needs_it() {
    let site = Site::start().await;
    site.driver.set_all(&Reply::Hang);
    let app = site.app(None);
    let slow = app.get_as(Cookie("T"), "/app/stages");
    let quick = async {
        for _ in 0..20 {
            assert_eq!(app.get_as(Cookie("T"), "/cluster").await.status, 200);
            assert_eq!(app.get_as(Cookie("T"), "/status").await.status, 200);
        }
    };
    tokio::pin!(slow);
    tokio::select! {
        biased;
        answer = &mut slow => panic!("the hanging one came first: {}", answer.status),
        () = quick => {}
    }
    assert_eq!(slow.await.outcome(), "504 upstream_timeout");
}

#[tokio::test]
async fn one_request_of_a_client_ends_in_its_own_time() {
    let site = Site::start().await;
    site.master.delay(Duration::from_millis(500));
    let app = TestApp::new(&["--spark-master-ui-url", &site.master.url, "--spark-monitor-request-timeout-ms", "100"]);
    assert_eq!(app.get("/cluster").await.outcome(), "504 upstream_timeout");
}

#[tokio::test]
async fn the_managers_own_sentence_is_shown_redacted() {
    let site = Site::start().await;
    let body = br#"{"error": 10040, "error_type": "x", "message": "User ann lacks a role, see http://10.0.0.1/x"}"#;
    site.manager.set("/clusters", Reply::Http(403, "application/json", String::new(), body.to_vec()));
    insta::assert_snapshot!(site.app(None).get_as(Cookie("T"), "/status").await.transcript(), @r#"
    403
    {
      "code": "upstream_forbidden",
      "error": "The cluster manager answered with status 403. It says: User ann lacks a role, see …",
      "hint": "Ask the administrator for access to Spark clusters.",
      "request_id": "test"
    }
    "#);
}

#[tokio::test]
async fn a_second_attempt_has_only_what_is_left_of_the_time() {
    let site = Site::start().await;
    let late = Reply::Cut(String::new());
    site.master.set("/json/", Reply::InTurn(vec![late, Reply::Hang]));
    site.master.delay(Duration::from_millis(600));
    let app = TestApp::new(&["--spark-master-ui-url", &site.master.url, "--spark-monitor-call-timeout-ms", "1000"]);
    let begin = std::time::Instant::now();
    assert_eq!(app.get("/cluster").await.outcome(), "504 upstream_timeout");
    assert_eq!(site.master.count("/json/"), 2);
    assert!(begin.elapsed() < Duration::from_millis(1_400), "{:?}", begin.elapsed());
}
