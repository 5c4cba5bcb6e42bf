//! A scripted Airflow for tests. Its answers were recorded from Airflow 3.3.2.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use notebook_job::File;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use upstream::Timeouts;
use url::Url;

use super::{
    Airflow,
    shipped::{Delivery, Shipped},
};
use crate::config::{AirflowApi, AirflowLogin};

pub(super) const DAG: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/dag.json");
pub(super) const SOURCE: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/source.json");
pub(super) const IMPORT_ERRORS: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/import-errors.json");
pub(super) const RUN: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/run.json");
pub(super) const WAIT: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/wait.ndjson");
pub(super) const TASKS: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/tasks.json");
pub(super) const LOG: &str = include_str!("../../../../tests/fixtures/airflow-3.3.2/log.ndjson");
/// The commit of the recorded workflow.
pub(super) const COMMIT: &str = "70b013214a0374798d6748c2a918d20740d88a0f";
pub(super) const USER_TOKEN: &str = "TOKEN-OF-ANN";

/// An answer: status, content type, body.
#[derive(Clone, Debug)]
pub(super) struct Reply(pub u16, pub &'static str, pub String);

impl Reply {
    pub(super) fn json(status: u16, body: &str) -> Self {
        Self(status, "application/json", body.to_owned())
    }

    pub(super) fn lines(body: &str) -> Self {
        Self(200, "application/x-ndjson", body.to_owned())
    }

    pub(super) fn detail(status: u16, detail: &str) -> Self {
        Self::json(status, &format!(r#"{{"detail":"{detail}"}}"#))
    }
}

/// A server on a free loopback port. Dropping the value stops it.
pub(super) struct Double {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    /// The last reply of a route stays.
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    requests: Mutex<Vec<String>>,
}

impl Double {
    /// An Airflow that lets ann in and knows nothing else.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let shared = Arc::clone(&shared);
                    tokio::spawn(async move { answer(stream, &shared).await });
                }
            }
        });
        let double = Self { url, shared, task };
        double.set("POST /auth/token", &[Reply::json(201, &format!(r#"{{"access_token":"{USER_TOKEN}"}}"#))]);
        double
    }

    /// As [`Self::start`], with the recorded workflow, not paused, and its run.
    pub(super) async fn recorded() -> Self {
        let double = Self::start().await;
        let is_running = DAG.replace(r#""is_paused":true"#, r#""is_paused":false"#);
        double.set("GET /api/v2/dags/a", &[Reply::json(200, &is_running)]);
        double.set("GET /api/v2/importErrors", &[Reply::json(200, r#"{"import_errors":[],"total_entries":0}"#)]);
        double.set("GET /api/v2/dagSources/a", &[Reply::json(200, SOURCE)]);
        double.set("POST /api/v2/dags/a/dagRuns", &[Reply::json(200, RUN)]);
        double.set("GET /api/v2/dags/a/dagRuns/monitor.1", &[Reply::json(200, RUN)]);
        double.set("GET /api/v2/dags/a/dagRuns/monitor.1/wait", &[Reply(200, "", WAIT.to_owned())]);
        double.set("GET /api/v2/dags/a/dagRuns/monitor.1/taskInstances", &[Reply::json(200, TASKS)]);
        double.set("GET /api/v2/dags/a/dagRuns/monitor.1/taskInstances/run/logs/1", &[Reply::lines(LOG)]);
        double
    }

    /// The replies to a method and path, in turn.
    pub(super) fn set(&self, route: &str, replies: &[Reply]) {
        self.shared.replies.lock().unwrap().insert(route.to_owned(), replies.iter().cloned().collect());
    }

    /// All requests so far: head and body.
    pub(super) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How often a method and path were requested.
    pub(super) fn count(&self, route: &str) -> usize {
        self.requests().iter().filter(|request| route_of(request) == route).count()
    }

    /// A client that signs in as ann.
    pub(super) fn airflow(&self) -> Airflow {
        self.with(AirflowLogin::Password { user: "ann".to_owned(), password: "PASSWORD-OF-ANN".into() })
    }

    pub(super) fn with(&self, login: AirflowLogin) -> Airflow {
        client(&self.url, login, Duration::from_secs(10))
    }
}

pub(super) fn client(url: &str, login: AirflowLogin, call: Duration) -> Airflow {
    let api = AirflowApi { url: Url::parse(url).unwrap(), login, visibility: Duration::from_secs(360) };
    let timeouts = Timeouts { connect: call, call };
    Airflow::new(&api, &upstream::client_config(&[]).unwrap(), timeouts).unwrap()
}

/// The recorded job, as it was pushed.
pub(super) fn shipped(delivery: Delivery) -> Shipped {
    let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
    let cells = file("job.cells.json", r#"{"lines":[null,[0,1],[2,1],[2,2],[3,1]]}"#);
    Shipped::new("a", "a", &[cells, file("a_dag.py", "from airflow.sdk import dag\n")], delivery).unwrap()
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn route_of(request: &str) -> &str {
    request.split(['?', '\r']).next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
}

async fn answer(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let request = head + &String::from_utf8_lossy(&body);
    let route = route_of(&request).to_owned();
    shared.requests.lock().unwrap().push(request);
    let Reply(status, kind, body) = {
        let mut replies = shared.replies.lock().unwrap();
        match replies.get_mut(&route) {
            Some(replies) if replies.len() > 1 => replies.pop_front().unwrap(),
            Some(replies) => replies.front().unwrap().clone(),
            None => Reply::detail(404, "Not Found"),
        }
    };
    let kind = if kind.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
    let kind = if status == 302 { format!("{kind}location: /elsewhere\r\n") } else { kind };
    let head = format!("HTTP/1.1 {status} X\r\n{kind}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
