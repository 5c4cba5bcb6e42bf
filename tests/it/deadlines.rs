//! How long anything may take, and who waits for whom.

use std::time::Duration;

use crate::support::{Double, Reply, Site, TestApp, User, fixture};

#[tokio::test]
async fn a_slow_upstream_delays_only_what_needs_it() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    site.break_upstream("driver", &user, &|_| Reply::Hang);
    let app = site.app(None);
    let slow = app.get_as(user.cookie(), "/app/stages");
    let quick = async {
        for _ in 0..3 {
            assert_eq!(app.get_as(user.cookie(), "/cluster").await.status, 200);
            assert_eq!(app.get_as(user.cookie(), "/status").await.status, 200);
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
    let master = Double::start().await;
    master.delay(Duration::from_millis(500));
    let app = TestApp::new(&["--spark-master-ui-url", &master.url, "--spark-monitor-request-timeout-ms", "100"]);
    assert_eq!(app.get("/cluster").await.outcome(), "504 upstream_timeout");
}

#[tokio::test]
async fn a_second_attempt_has_only_what_is_left_of_the_time() {
    let master = Double::start().await;
    master.set("/json/", Reply::InTurn(vec![Reply::Reset, Reply::Hang]));
    master.delay(Duration::from_millis(600));
    let app = TestApp::new(&["--spark-master-ui-url", &master.url, "--spark-monitor-call-timeout-ms", "1000"]);
    let begin = std::time::Instant::now();
    assert_eq!(app.get("/cluster").await.outcome(), "504 upstream_timeout");
    assert_eq!(master.count("/json/"), 2);
    assert!(begin.elapsed() < Duration::from_millis(1_400), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_connection_that_was_reset_once_is_tried_again_at_once() {
    let master = Double::start().await;
    let good = Reply::json(&fixture("spark-4.3.0/master_json.json"));
    master.set("/json/", Reply::InTurn(vec![Reply::Reset, good]));
    assert_eq!(TestApp::new(&["--spark-master-ui-url", &master.url]).get("/cluster").await.status, 200);
}
