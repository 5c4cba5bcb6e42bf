//! Identification: one Auth2 call per token, the right user's cluster, and tokens only where they belong.

use std::time::Duration;

use axum::http::Request;

use crate::support::{Cookie, Double, Reply, TestApp, canary, fixture};

/// An Auth2 that resolves every token to the same user, and that user's master.
struct Site {
    auth2: Double,
    master: Double,
}

impl Site {
    async fn start(user: &str) -> Self {
        let (auth2, master) = (Double::start().await, Double::start().await);
        auth2.json("/auth/api/V2/me", &format!(r#"{{"user": "{user}", "roles": [], "created": 1}}"#));
        master.json("/of/ann-b/json/", &fixture("spark-4.3.0/master_json.json"));
        Self { auth2, master }
    }

    fn app(&self, more: &[&str]) -> TestApp {
        let (auth2, master) = (format!("{}/auth", self.auth2.url), format!("{}/of/{{user}}", self.master.url));
        // The cluster manager names masters by the Kubernetes rule.
        let args =
            ["--kbase-auth-url", &auth2, "--spark-master-ui-url", &master, "--berdl-jupyterhub-namespace", "test"];
        TestApp::new(&[&args[..], more].concat())
    }
}

#[tokio::test]
async fn the_token_goes_to_auth2_bare_and_nowhere_else() {
    let site = Site::start("Ann_B").await;
    let app = site.app(&[]);
    assert_eq!(app.get_as(Cookie("TOKEN"), "/cluster").await.status, 200);
    let asked = site.auth2.requests().concat();
    assert!(asked.contains("authorization: CANARY-TOKEN\r\n") && asked.contains("accept: application/json"), "{asked}");
    let master = site.master.requests().concat();
    assert!(!master.contains("TOKEN") && !master.to_lowercase().contains("cookie"), "{master}");
}

#[tokio::test]
async fn of_two_session_cookies_the_last_one_is_asked_about() {
    let site = Site::start("ann_b").await;
    let cookies = format!("kbase_session={}; kbase_session={}", canary("OLD"), canary("NEW"));
    assert_eq!(site.app(&[]).send(Request::get("/cluster").header("cookie", cookies)).await.status, 200);
    let asked = site.auth2.requests().concat();
    assert!(asked.contains("authorization: CANARY-NEW\r\n") && !asked.contains("OLD"), "{asked}");
}

#[tokio::test]
async fn many_requests_with_one_token_are_one_call() {
    let site = Site::start("ann_b").await;
    site.auth2.delay(Duration::from_millis(100));
    let app = site.app(&[]);
    let requests = (0..50).map(|_| app.get_as(Cookie("A"), "/cluster"));
    let answers = futures_util::future::join_all(requests).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(site.auth2.count("/auth/api/V2/me"), 1);
    assert_eq!(site.master.count("/of/ann-b/json/"), 1);
    app.get_as(Cookie("B"), "/cluster").await;
    assert_eq!(site.auth2.count("/auth/api/V2/me"), 2, "another token is another question");
    assert_eq!(site.master.count("/of/ann-b/json/"), 1, "of the same user");
}

#[tokio::test]
async fn an_expired_identity_is_never_used_again() {
    let site = Site::start("ann_b").await;
    let app = site.app(&["--spark-monitor-identity-lifetime-ms", "0"]);
    assert_eq!(app.get_as(Cookie("A"), "/panel/cluster").await.status, 200);
    site.auth2.set("/auth/api/V2/me", Reply::status(503));
    assert_eq!(app.get_as(Cookie("A"), "/panel/cluster").await.outcome(), "502 upstream_invalid");
    assert_eq!(app.get_as(Cookie("A"), "/cluster").await.outcome(), "502 upstream_invalid");
}

#[tokio::test]
async fn a_rejected_token_is_remembered_a_little_while() {
    let site = Site::start("ann_b").await;
    site.auth2.set("/auth/api/V2/me", Reply::status(401));
    let app = site.app(&[]);
    for _ in 0..5 {
        assert_eq!(app.get_as(Cookie("A"), "/cluster").await.outcome(), "401 session_token_rejected");
    }
    assert_eq!(site.auth2.count("/auth/api/V2/me"), 1);
    assert_eq!(site.master.requests().len(), 0);
}

#[tokio::test]
async fn a_user_of_whom_the_name_rule_leaves_nothing_has_no_master() {
    let site = Site::start("___").await;
    let app = site.app(&[]);
    assert_eq!(app.get_as(Cookie("A"), "/cluster").await.outcome(), "502 upstream_invalid");
    for odd in [r#"{"user": ""}"#, r#"{"user": 7}"#, r#"{}"#, "[]"] {
        site.auth2.json("/auth/api/V2/me", odd);
        assert_eq!(site.app(&[]).get_as(Cookie("A"), "/cluster").await.outcome(), "502 upstream_invalid", "{odd}");
    }
    assert_eq!(site.master.requests().len(), 0);
}

#[tokio::test]
async fn jupyterhubs_user_needs_no_cookie() {
    let site = Site::start("nobody").await;
    let hub = ["--spark-monitor-identity", "jupyterhub", "--jupyterhub-user", "Ann_B"];
    assert_eq!(site.app(&hub).get("/cluster").await.status, 200);
    assert_eq!(site.auth2.requests().len(), 0);
}

#[tokio::test]
async fn good_and_bad_answers_name_the_session_that_was_answered() {
    let site = Site::start("ann_b").await;
    let app = site.app(&[]);
    let a = app.get_as(Cookie("A"), "/panel/cluster").await;
    let tag = a.header("x-spark-monitor-session").to_owned();
    assert!(tag.parse::<u32>().is_ok(), "{tag}");
    site.auth2.set("/auth/api/V2/me", Reply::status(503));
    site.master.set("/of/ann-b/json/", Reply::status(503));
    let b = app.get_as(Cookie("B"), "/panel/cluster").await;
    assert_eq!(b.outcome(), "502 upstream_invalid");
    assert_ne!(b.header("x-spark-monitor-session"), tag);
    assert_eq!(app.get_as(Cookie("A"), "/openapi.json").await.header("x-spark-monitor-session"), tag);
    assert_eq!(app.get("/panel/cluster").await.header("x-spark-monitor-session"), "", "no session");
}

#[tokio::test]
async fn users_never_see_each_others_cluster() {
    let (auth2, master) = (Double::start().await, Double::start().await);
    let args = ["--kbase-auth-url", &auth2.url, "--spark-master-ui-url", &format!("{}/{{user}}", master.url)];
    let app = TestApp::new(&args);
    for user in ["ann", "bob"] {
        master.json(&format!("/{user}/json/"), &format!(r#"{{"workers": [], "activeapps": [], "url": "{user}"}}"#));
        auth2.json("/api/V2/me", &format!(r#"{{"user": "{user}"}}"#));
        let cookie = if user == "ann" { Cookie("ANN") } else { Cookie("BOB") };
        assert_eq!(app.get_as(cookie, "/cluster").await.json()["url"], user);
    }
    assert_eq!(app.get_as(Cookie("ANN"), "/cluster").await.json()["url"], "ann");
    assert_eq!(app.get_as(Cookie("BOB"), "/cluster").await.json()["url"], "bob");
}

/// An Auth2 that knows two users with the same Kubernetes name, a master for each, and one for both.
async fn alike() -> (Double, Double) {
    let (auth2, master) = (Double::start().await, Double::start().await);
    for (cookie, user) in [(Cookie("X"), "x"), (Cookie("X_"), "x_")] {
        auth2.set_for(cookie, "/api/V2/me", Reply::json(&format!(r#"{{"user": "{user}"}}"#)));
        let state = format!(r#"{{"workers": [], "activeapps": [], "status": "ALIVE", "url": "of-{user}"}}"#);
        master.json(&format!("/{user}/json/"), &state);
    }
    (auth2, master)
}

#[tokio::test]
async fn a_name_that_could_be_taken_for_another_users_is_refused_with_the_reason() {
    let (auth2, master) = alike().await;
    let url = format!("{}/{{user}}", master.url);
    let args = ["--kbase-auth-url", &auth2.url, "--spark-master-ui-url", &url];
    let app = TestApp::new(&args);
    assert_eq!(app.get_as(Cookie("X"), "/cluster").await.json()["url"], "of-x");
    for route in ["/cluster", "/app/stages", "/panel/cluster", "/panel/chip", "/panel/queries", "/panel/history"] {
        let refused = app.get_as(Cookie("X_"), route).await;
        assert_eq!(refused.outcome(), "503 not_configured", "{route}");
        assert!(refused.text.contains("Your user name, x_, is not a Kubernetes name"), "{}", refused.text);
        assert!(refused.text.contains("write {username} instead of {user}"), "{}", refused.text);
    }
    let report = app.get_as(Cookie("X_"), "/doctor").await;
    assert_eq!(report.json()["hops"][1]["verdict"], "failed");
    assert!(report.text.contains("{username}") && !report.text.contains("of-x"), "{}", report.text);
    // The cluster manager has named the user's master by the rule, so the name must stay.
    for site in [["--berdl-jupyterhub-namespace", "prod"], ["--spark-cluster-manager-api-url", "http://127.0.0.1:9"]] {
        let app = TestApp::new(&[&args[..], &site].concat());
        assert_eq!(app.get_as(Cookie("X_"), "/cluster").await.json()["url"], "of-x", "{site:?}");
    }
}

#[tokio::test]
async fn a_username_in_a_url_is_the_name_as_it_is() {
    let (auth2, master) = alike().await;
    let url = format!("{}/{{username}}", master.url);
    let app = TestApp::new(&["--kbase-auth-url", &auth2.url, "--spark-master-ui-url", &url]);
    for (cookie, user) in [(Cookie("X"), "of-x"), (Cookie("X_"), "of-x_"), (Cookie("X"), "of-x")] {
        assert_eq!(app.get_as(cookie, "/cluster").await.json()["url"], user);
        assert_eq!(app.get_as(cookie, "/panel/cluster").await.json()["master"]["url"], user);
    }
    assert_eq!(app.get("/cluster").await.outcome(), "401 no_session_token", "it asks who it is for");
}

#[tokio::test]
async fn one_who_cannot_sign_in_at_the_default_login_service_is_told_which_settings_decide() {
    let hub = ["--jupyterhub-user", "ann", "--spark-master-ui-url", "http://127.0.0.1:9/{user}"];
    let app = TestApp::new(&hub);
    for route in ["/cluster", "/panel/chip", "/panel/queries"] {
        let answer = app.get(route).await;
        assert_eq!(answer.outcome(), "401 no_session_token", "{route}");
        let hint = answer.json()["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains("KBASE_AUTH_URL") && hint.contains("SPARK_MONITOR_IDENTITY=jupyterhub"), "{hint}");
    }
    let fix = app.get("/doctor").await.json()["hops"][1]["fix"].as_str().unwrap().to_owned();
    assert!(fix.contains("KBASE_AUTH_URL") && fix.contains("SPARK_MONITOR_IDENTITY=jupyterhub"), "{fix}");
    let auth2 = Double::start().await;
    auth2.set("/api/V2/me", Reply::status(401));
    let decided = TestApp::new(&[&hub[..], &["--kbase-auth-url", &auth2.url]].concat());
    for answer in [decided.get("/cluster").await, decided.get_as(Cookie("T"), "/cluster").await] {
        assert_eq!((answer.status, answer.text.contains("KBASE_AUTH_URL")), (401, false), "{}", answer.text);
    }
}
