//! How long anything may take, and which requests wait for others.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};

use crate::support::{Double, Reply, Site, TestApp, User, fixture};

#[tokio::test]
async fn a_slow_upstream_delays_only_what_needs_it() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    site.break_upstream("driver", &user, &|_| Reply::Hang);
    let app = site.app(None);
    let slow = pin!(app.get_as(user.cookie(), "/app/stages"));
    let quick = async {
        for _ in 0..3 {
            assert_eq!(app.get_as(user.cookie(), "/cluster").await.status, 200);
            assert_eq!(app.get_as(user.cookie(), "/status").await.status, 200);
        }
    };
    match select(slow, pin!(quick)).await {
        Either::Left((answer, _)) => panic!("the hanging one came first: {}", answer.outcome()),
        Either::Right(((), slow)) => assert_eq!(slow.await.outcome(), "504 upstream_timeout"),
    }
}

#[tokio::test]
async fn a_login_service_that_hangs_does_not_delay_a_chip_that_asks_the_manager() {
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    site.break_upstream("auth2", &user, &|_| Reply::Hang);
    let app = site.app(None);
    let slow = pin!(app.get_as(user.cookie(), "/cluster"));
    let chip = pin!(app.get_as(user.cookie(), "/panel/chip"));
    match select(slow, chip).await {
        Either::Left((answer, _)) => panic!("the hanging one came first: {}", answer.outcome()),
        Either::Right((chip, _)) => assert_eq!(chip.json()["state"], "ready"),
    }
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
    let good = Reply::json(&fixture("spark-4.3.0/master_json.json"));
    master.set("/json/", Reply::InTurn(vec![Reply::Reset, good]));
    // Each attempt alone would be in time.
    master.delay(Duration::from_millis(1_500));
    let app = TestApp::new(&["--spark-master-ui-url", &master.url, "--spark-monitor-call-timeout-ms", "2500"]);
    assert_eq!(app.get("/cluster").await.outcome(), "504 upstream_timeout");
    assert_eq!(master.count("/json/"), 2);
}

#[tokio::test]
async fn a_connection_that_was_reset_once_is_tried_again_at_once() {
    let master = Double::start().await;
    let good = Reply::json(&fixture("spark-4.3.0/master_json.json"));
    master.set("/json/", Reply::InTurn(vec![Reply::Reset, good]));
    assert_eq!(TestApp::new(&["--spark-master-ui-url", &master.url]).get("/cluster").await.status, 200);
}
