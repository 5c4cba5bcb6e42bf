//! Many people share one sidecar: whatever they do at the same time, nobody sees another's bytes.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use proptest::{prelude::*, test_runner::TestRunner};

use crate::support::{APP, Cookie, Double, OPERATIONS, Reply, TestApp, application};

const USERS: usize = 4;
const TOKENS: usize = 3;
const ROUTES: [&str; 22] = [
    "/status",
    "/cluster",
    "/app/executors",
    "/app/stages",
    "/panel/chip",
    "/panel/cluster",
    "/panel/apps",
    "/panel/executors",
    "/panel/stages",
    "/panel/queries",
    "/panel/queries/job-1",
    "/panel/queries/job-1/plan",
    "/panel/queries/job-1/tasks",
    "/panel/queries/job-1/batches",
    "/panel/queries/job-1/report?format=json",
    "/panel/storage",
    "/panel/environment",
    "/panel/cell-query?session=s&began_ms_ago=9999999999999",
    "/panel/findings",
    "/panel/history",
    "/snapshot",
    "/doctor",
];
/// How long an identity is remembered.
const IDENTITY: Duration = Duration::from_millis(60);

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// From now on a token belongs to this user, whoever had it before.
    LogIn {
        token: usize,
        user: usize,
    },
    /// From now on a token belongs to nobody.
    LogOut {
        token: usize,
    },
    /// All routes are requested with a token.
    Ask {
        token: usize,
    },
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (0..TOKENS, 0..USERS).prop_map(|(token, user)| Step::LogIn { token, user }),
        1 => (0..TOKENS).prop_map(|token| Step::LogOut { token }),
        4 => (0..TOKENS).prop_map(|token| Step::Ask { token }),
        1 => Just(Step::Wait),
    ]
}

fn name(user: usize) -> String {
    format!("user{user}")
}

fn token(token: usize) -> String {
    format!("token{token}")
}

/// The owners of each token, with times.
type Past = Arc<Mutex<Vec<Vec<(Instant, Option<usize>)>>>>;

struct Site {
    auth2: Double,
    manager: Double,
    master: Double,
    past: Past,
    /// When each request started and ended.
    requests: Mutex<Vec<(Instant, Option<Instant>)>>,
}

impl Site {
    async fn start() -> Self {
        let [auth2, manager, master] = [Double::start().await, Double::start().await, Double::start().await];
        for user in 0..USERS {
            let name = name(user);
            // Everything that a user is shown names that user.
            let app =
                format!(r#"{{"id": "{APP}", "name": "of-{name}", "state": "RUNNING", "cores": 1, "starttime": 1}}"#);
            let json = format!(r#"{{"url": "of-{name}", "workers": [], "activeapps": [{app}], "status": "ALIVE"}}"#);
            master.json(&format!("/{name}/json/"), &json);
            let driver = format!("/{name}/proxy/{APP}/api/v1/applications/{APP}");
            master.json(&driver, &application());
            let stage = r#""stageId": 1, "attemptId": 0, "status": "ACTIVE", "numTasks": 1"#;
            for list in ["stages", "stages?status=active"] {
                master.json(&format!("{driver}/{list}"), &format!(r#"[{{{stage}, "name": "of-{name}"}}]"#));
            }
            let executors = format!(r#"[{{"id": "1", "hostPort": "of-{name}:1", "isActive": true}}]"#);
            master.json(&format!("{driver}/executors"), &executors);
            master.json(&format!("{driver}/allexecutors"), &executors);
            let cached = format!(
                r#"[{{"id": 1, "name": "of-{name}", "numPartitions": 1, "numCachedPartitions": 1, "memoryUsed": 1}}]"#
            );
            master.json(&format!("{driver}/storage/rdd"), &cached);
            let settings = format!(r#"{{"sparkProperties": [["spark.app.name", "of-{name}"]]}}"#);
            master.json(&format!("{driver}/environment"), &settings);
            let job = format!(r#"{{"jobId": 1, "name": "of-{name}", "status": "RUNNING", "stageIds": [1]}}"#);
            let uuid = "0".repeat(36);
            let tags = format!(
                r#"["SparkConnect_OperationTag_User__Session_s_Operation_o", "SparkConnect_SessionTag_User__Session_{uuid}_Tag_of-{name}"]"#
            );
            let ended = format!(r#"{{"jobId": 2, "status": "SUCCEEDED", "jobTags": {tags}}}"#);
            master.json(&format!("{driver}/jobs"), &format!("[{job}, {ended}]"));
            master.json(&format!("{driver}/{OPERATIONS}"), "[]");
            master.json(&format!("{driver}/sql?details=false&planDescription=false&offset=0&length=1000"), "[]");
        }
        let past = Arc::new(Mutex::new(vec![vec![(Instant::now(), None)]; TOKENS]));
        let site = Self { auth2, manager, master, past, requests: Mutex::default() };
        (0..TOKENS).for_each(|token| site.belongs(token, None));
        site
    }

    /// The sidecar soon forgets what it knows of a token; what it knows of a user stays theirs.
    fn app(&self) -> TestApp {
        let milliseconds = IDENTITY.as_millis().to_string();
        TestApp::new(&[
            "--kbase-auth-url",
            &self.auth2.url,
            "--spark-cluster-manager-api-url",
            &self.manager.url,
            "--spark-master-ui-url",
            &format!("{}/{{user}}", self.master.url),
            "--spark-monitor-identity-lifetime-ms",
            &milliseconds,
            "--spark-monitor-status-lifetime-ms",
            &milliseconds,
            "--spark-monitor-rejected-token-lifetime-ms",
            &milliseconds,
            "--spark-monitor-failure-lifetime-ms",
            &milliseconds,
        ])
    }

    fn belongs(&self, which: usize, user: Option<usize>) {
        let (me, status) = match user {
            Some(user) => {
                let status = format!(r#"{{"master": {{}}, "workers": {{}}, "of": "of-{}"}}"#, name(user));
                (Reply::json(&format!(r#"{{"user": "{}"}}"#, name(user))), Reply::json(&status))
            }
            None => (Reply::status(401), Reply::status(401)),
        };
        let token = token(which);
        // The change counts as a single moment: requests in between may see either user.
        self.past.lock().unwrap()[which].push((Instant::now(), user));
        self.auth2.set_for(Cookie(&token), "/api/V2/me", me);
        self.manager.set_for(Cookie(&token), "/clusters", status);
        self.past.lock().unwrap()[which].push((Instant::now(), user));
    }

    fn began(&self) -> usize {
        let mut requests = self.requests.lock().unwrap();
        requests.push((Instant::now(), None));
        requests.len() - 1
    }

    fn ended(&self, request: usize) {
        self.requests.lock().unwrap()[request].1 = Some(Instant::now());
    }

    /// Since when Auth2 may have given the identity that a request starting at `begin` uses: a remembered identity
    /// arrived within its lifetime, for a request that had waited for it.
    fn known_since(&self, begin: Instant) -> Instant {
        let requests = self.requests.lock().unwrap();
        let lasted = requests.iter().filter(|(_, end)| end.is_none_or(|end| end + 2 * IDENTITY >= begin));
        lasted.map(|(begin, _)| *begin).min().unwrap_or(begin)
    }

    /// Everyone who may have owned the token since then.
    fn owners(&self, token: usize, then: Instant) -> Vec<Option<usize>> {
        let past = self.past.lock().unwrap();
        let past = &past[token];
        let first = past.iter().rposition(|(since, _)| *since < then).unwrap_or(0);
        past[first..].iter().map(|(_, user)| *user).collect()
    }
}

async fn ask(site: &Site, app: &TestApp, which: usize) {
    let token = token(which);
    for route in ROUTES {
        let since = site.known_since(Instant::now());
        let request = site.began();
        let answer = app.get_as(Cookie(&token), route).await;
        site.ended(request);
        let owners = site.owners(which, since);
        for user in 0..USERS {
            let shown = answer.text.contains(&format!("of-{}", name(user)));
            assert!(!shown || owners.contains(&Some(user)), "{route} with {token} of {owners:?}: {}", answer.text);
        }
        if answer.outcome() == "401 session_token_rejected" {
            assert!(owners.contains(&None), "{route} with {token} of {owners:?}");
        } else {
            assert_eq!(answer.status, 200, "{route}: {}", answer.text);
        }
    }
}

async fn run(lanes: Vec<Vec<Step>>) {
    let site = Site::start().await;
    let app = site.app();
    let lanes = lanes.into_iter().map(|steps| async {
        for step in steps {
            match step {
                Step::LogIn { token, user } => site.belongs(token, Some(user)),
                Step::LogOut { token } => site.belongs(token, None),
                Step::Ask { token } => ask(&site, &app, token).await,
                Step::Wait => tokio::time::sleep(IDENTITY / 2).await,
            }
        }
    });
    futures_util::future::join_all(lanes).await;
}

#[tokio::test]
async fn every_list_shows_whose_it_is() {
    let site = Site::start().await;
    site.belongs(0, Some(1));
    let app = site.app();
    for route in ROUTES.iter().filter(|route| !["/panel/history", "/doctor"].contains(route)) {
        let answer = app.get_as(Cookie(&token(0)), route).await;
        assert!(answer.text.contains("of-user1"), "{route}: {}", answer.text);
    }
}

#[test]
fn nobody_is_ever_shown_anothers_bytes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let lanes = prop::collection::vec(prop::collection::vec(step(), 12), 4);
    let mut runner = TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() });
    let result = runner.run(&lanes, |lanes| {
        runtime.block_on(run(lanes));
        Ok(())
    });
    result.unwrap();
}
