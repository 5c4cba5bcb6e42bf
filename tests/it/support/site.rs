//! Four upstreams, each of which can fail for a single user.

use std::{fmt, time::Duration};

use super::{APP, Cookie, Double, OPERATIONS, QueryLists, Reply, TestApp, application, fixture};

/// The default deadlines. Shorter ones would fail on a busy machine, and all hanging calls run at the same time anyway.
pub const CALL: Duration = Duration::from_secs(5);
pub const REQUEST: Duration = Duration::from_secs(10);
pub const FAILURE_LIFETIME: Duration = Duration::from_millis(100);
/// Largest body of a pass-through route, bytes.
pub const LIMIT: usize = 1 << 16;

/// A user with separate upstreams on a shared site.
pub struct User(String);

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl User {
    /// Makes a name of letters, digits and hyphens, which the Kubernetes rule does not change.
    pub fn new(name: &str) -> Self {
        let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        let mut name: String = letters.collect();
        while name.contains("--") {
            name = name.replace("--", "-");
        }
        Self(name)
    }

    pub fn cookie(&self) -> Cookie<'_> {
        Cookie(&self.0)
    }
}

pub const UPSTREAMS: [&str; 4] = ["auth2", "manager", "master", "driver"];

pub struct Site {
    auth2: Double,
    manager: Double,
    master: Double,
    driver: Double,
}

const STATUS: &str = r#"{"error": false, "master": {"exists": true, "is_ready": true, "ready_replicas": 1, "replicas": 1},
    "workers": {"exists": true, "is_ready": true, "ready_replicas": 1, "replicas": 1}}"#;

/// Paths of the driver's lists, below the application.
pub const LISTS: [&str; 6] = ["executors", "allexecutors", "stages", "stages?status=active", "jobs", OPERATIONS];

impl Site {
    pub async fn start() -> Self {
        Self {
            auth2: Double::start().await,
            manager: Double::start().await,
            master: Double::start().await,
            driver: Double::start().await,
        }
    }

    /// Makes one upstream refuse all connections for a while.
    #[cfg(feature = "long-tests")]
    pub async fn restart(&self, upstream: &str, away: Duration) {
        let at = UPSTREAMS.iter().position(|name| *name == upstream).unwrap();
        self.doubles()[at].restart(away).await;
    }

    /// Largest number of bytes sent of an endless body, including those still in the system's buffers.
    pub fn longest_endless(&self) -> usize {
        self.doubles().map(Double::longest_endless).into_iter().max().unwrap()
    }

    pub fn doubles(&self) -> [&Double; 4] {
        [&self.auth2, &self.manager, &self.master, &self.driver]
    }

    /// The sidecar, with one upstream replaced by another address. It caches only failures.
    pub fn app(&self, replaced: Option<(&str, &str)>) -> TestApp {
        let args = self.args(replaced);
        TestApp::new(&args.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The sidecar's arguments.
    pub fn args(&self, replaced: Option<(&str, &str)>) -> Vec<String> {
        let url = |name: &str, double: &Double| match replaced {
            Some((upstream, url)) if upstream == name => url.to_owned(),
            _ => double.url.clone(),
        };
        let milliseconds = |time: Duration| time.as_millis().to_string();
        let args = [
            ("--spark-monitor-call-timeout-ms", milliseconds(CALL)),
            ("--spark-monitor-request-timeout-ms", milliseconds(REQUEST)),
            ("--spark-monitor-failure-lifetime-ms", milliseconds(FAILURE_LIFETIME)),
            ("--spark-monitor-rejected-token-lifetime-ms", milliseconds(FAILURE_LIFETIME)),
            ("--spark-monitor-identity-lifetime-ms", "0".into()),
            ("--spark-monitor-status-lifetime-ms", "0".into()),
            ("--spark-monitor-master-lifetime-ms", "0".into()),
            ("--spark-monitor-executors-lifetime-ms", "0".into()),
            ("--spark-monitor-stages-lifetime-ms", "0".into()),
            ("--spark-monitor-max-body-bytes", LIMIT.to_string()),
            // All hanging calls run at the same time.
            ("--spark-monitor-max-upstream-calls", "1000".into()),
            ("--spark-monitor-identity", "auth2".into()),
            ("--kbase-auth-url", url("auth2", &self.auth2)),
            ("--spark-cluster-manager-api-url", url("manager", &self.manager)),
            ("--spark-master-ui-url", format!("{}/{{user}}", url("master", &self.master))),
            ("--spark-app-ui-url", format!("{}/{{user}}", url("driver", &self.driver))),
        ];
        args.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect()
    }

    /// Makes all upstreams of this user answer correctly again.
    pub fn heal(&self, user: &User) {
        for upstream in UPSTREAMS {
            for (path, answer) in answers(upstream, user) {
                self.set(upstream, user, &path, Reply::json(&answer));
            }
        }
    }

    /// Makes one upstream answer all requests of this user with `reply(right body)`.
    pub fn break_upstream(&self, upstream: &str, user: &User, reply: &dyn Fn(&str) -> Reply) {
        for (path, right) in answers(upstream, user) {
            self.set(upstream, user, &path, reply(&right));
        }
    }

    /// Makes the user's driver answer one list with `reply`.
    pub fn break_list(&self, list: &str, user: &User, reply: &Reply) {
        self.driver.set(&format!("{}/{list}", driver_base(user)), reply.clone());
    }

    /// Sets one upstream's reply to a path for this user.
    pub fn set(&self, upstream: &str, user: &User, path: &str, reply: Reply) {
        match upstream {
            "auth2" => self.auth2.set_for(user.cookie(), path, reply),
            "manager" => self.manager.set_for(user.cookie(), path, reply),
            "master" => self.master.set(path, reply),
            _ => self.driver.set(path, reply),
        }
    }
}

/// Path under which a user's driver serves its application.
pub fn driver_base(user: &User) -> String {
    format!("/{}/api/v1/applications/{APP}", user.0)
}

/// The answers of a working upstream, by path.
fn answers(upstream: &str, user: &User) -> Vec<(String, String)> {
    let lists = QueryLists::recorded();
    let base = driver_base(user);
    match upstream {
        "auth2" => vec![("/api/V2/me".into(), format!(r#"{{"user": "{}"}}"#, user.0))],
        "manager" => vec![("/clusters".into(), STATUS.into())],
        "master" => vec![(format!("/{}/json/", user.0), fixture("spark-4.3.0/master_json.json"))],
        _ => {
            let of_list = LISTS.map(|list| {
                let answer = match list {
                    "executors" | "allexecutors" => fixture("spark-4.3.0/executors.json"),
                    "stages" => fixture("spark-4.3.0/spill_stages.json"),
                    "jobs" => lists.jobs.clone(),
                    OPERATIONS => lists.operations.clone(),
                    _ => "[]".into(),
                };
                (format!("{base}/{list}"), answer)
            });
            of_list.into_iter().chain([(base.clone(), application())]).collect()
        }
    }
}
