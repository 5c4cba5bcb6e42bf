//! How one user's upstreams affect others: many users share one sidecar, and each may have a driver that hangs.

use std::{pin::pin, process::Stdio};

use axum::{Json, Router, extract::Request, http::header, routing::get};
use futures_util::future::{Either, select, select_all};
use tokio::net::TcpListener;

use crate::support::{APP, Answer, Cookie, Reply, Site, TestApp, User, canary, fixture, sidecar::Sidecar};

/// A sidecar for the users of `site`, at default limits except for `args`.
fn app(site: &Site, args: &[&str]) -> TestApp {
    let [auth2, _, master, driver] = site.doubles().map(|double| double.url.clone());
    let (master, driver) = (format!("{master}/{{user}}"), format!("{driver}/{{user}}"));
    let urls = ["--kbase-auth-url", &auth2, "--spark-master-ui-url", &master, "--spark-app-ui-url", &driver];
    TestApp::new(&[&urls, args].concat())
}

async fn site_of(users: &[User]) -> Site {
    let site = Site::start().await;
    users.iter().for_each(|user| site.heal(user));
    site
}

fn hang(site: &Site, user: &User) {
    site.break_upstream("driver", user, &|_| Reply::Hang);
}

#[tokio::test]
async fn drivers_that_hang_for_120_users_do_not_delay_a_healthy_one() {
    const PANEL: [&str; 3] = ["/panel/executors", "/panel/stages", "/panel/queries"];
    let hanging: Vec<_> = (0..120).map(|n| User::new(&format!("hanging-{n}"))).collect();
    let ann = User::new("ann");
    let site = site_of(&hanging).await;
    site.heal(&ann);
    hanging.iter().for_each(|user| hang(&site, user));
    let app = app(&site, &[]);
    let polls = hanging.iter().flat_map(|user| PANEL.map(|route| app.get_as(user.cookie(), route)));
    let polls = pin!(select_any(polls));
    let healthy = async {
        for route in PANEL {
            assert_eq!(app.get_as(ann.cookie(), route).await.outcome(), "200", "{route}");
        }
    };
    // All of ann's answers arrive before the first call to a hanging driver times out.
    if let Either::Left((outcome, _)) = select(polls, pin!(healthy)).await {
        panic!("a hanging driver's poll ended first: {outcome}");
    }
}

/// The outcome of the first of many answers.
async fn select_any(answers: impl Iterator<Item = impl Future<Output = Answer>>) -> String {
    let answers: Vec<_> = answers.map(Box::pin).collect();
    select_all(answers).await.0.outcome()
}

#[tokio::test]
async fn waiting_in_our_own_queue_is_overloaded_and_never_the_drivers_timeout() {
    let users = [User::new("ann"), User::new("bob")];
    let site = site_of(&users).await;
    let app = app(
        &site,
        &[
            "--spark-monitor-max-upstream-calls",
            "1",
            "--spark-monitor-stages-lifetime-ms",
            "0",
            "--spark-monitor-failure-lifetime-ms",
            "0",
        ],
    );
    let [ann, bob] = users;
    assert_eq!(app.get_as(ann.cookie(), "/app/stages").await.outcome(), "200");
    let searches = || site.doubles()[3].count(&format!("/ann/api/v1/applications/{APP}"));
    assert_eq!(searches(), 1);
    hang(&site, &bob);
    let slow = pin!(app.get_as(bob.cookie(), "/app/stages"));
    let queued = pin!(async {
        // The only place is taken as soon as bob's call has arrived.
        while site.doubles()[3].count(&format!("/bob/api/v1/applications/{APP}")) == 0 {
            tokio::task::yield_now().await;
        }
        app.get_as(ann.cookie(), "/app/stages").await
    });
    match select(slow, queued).await {
        Either::Left((answer, _)) => panic!("the hanging one came first: {}", answer.outcome()),
        Either::Right((answer, slow)) => {
            assert_eq!(answer.outcome(), "503 overloaded");
            assert_eq!(answer.header("retry-after"), "1");
            assert_eq!(slow.await.outcome(), "504 upstream_timeout");
        }
    }
    assert_eq!(app.get_as(ann.cookie(), "/app/stages").await.outcome(), "200");
    assert_eq!(searches(), 1, "the way to the driver is not looked for again");
}

/// A login service that identifies everybody by their token, and a master on each of these loopback addresses.
async fn serve_on(hosts: &[String]) -> u16 {
    let master = fixture("spark-4.3.0/master_json.json");
    let me = |request: Request| async move {
        let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        Json(serde_json::json!({ "user": token.and_then(|token| token.strip_prefix(&canary(""))) }))
    };
    let json = move || async move { ([(header::CONTENT_TYPE, "application/json")], master) };
    let app = Router::new().route("/api/V2/me", get(me)).route("/json/", get(json));
    let mut port = 0;
    for host in hosts {
        let listener = TcpListener::bind((host.as_str(), port)).await.unwrap();
        port = listener.local_addr().unwrap().port();
        let app = app.clone();
        tokio::spawn(async move { axum::serve(listener, app).await });
    }
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn users_with_a_host_each_are_all_let_in_with_256_descriptors() {
    const USERS: usize = 300;
    let hosts: Vec<_> = (0..USERS).map(|user| format!("127.0.{}.{}", 1 + user / 250, 1 + user % 250)).collect();
    let port = serve_on(&hosts).await;
    let (login, master) = (format!("http://{}:{port}", hosts[0]), format!("http://{{user}}:{port}"));
    let args = ["--kbase-auth-url", &login, "--spark-master-ui-url", &master].map(str::to_owned);
    let sidecar = Sidecar::start_by("ulimit -n 256;", &args, Stdio::null()).await;
    let mut refused = 0;
    // One after the other, because this is about connections kept between calls.
    for host in &hosts {
        refused += usize::from(sidecar.get(Cookie(host), "cluster").await.status != 200);
    }
    assert_eq!(refused, 0, "of {USERS} users");
    let open = sidecar.descriptors();
    assert!(open < 128, "{open} descriptors are open at rest");
}
