//! A REST submission server for tests, which keeps its drivers. Its answers were recorded from Spark 4.3.0.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};
use upstream::Timeouts;
use url::Url;

use super::Submissions;
use crate::config::StandaloneSite;

/// What is wrong with the next answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The request is carried out, and the connection is closed without an answer.
    LosesAnswer,
    /// The request is carried out, and the answer comes late.
    Late(Duration),
    /// Another status, content type and body; nothing is carried out.
    Says(u16, &'static str, String),
    /// The master waits for its turn to lead.
    Standby,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// The driver's name and its states to come; the last one stays.
    pub drivers: BTreeMap<String, Vec<&'static str>>,
    /// The states that the next driver will have.
    pub states: Vec<&'static str>,
    pub faults: Vec<Fault>,
    pub requests: Vec<String>,
}

/// A server on a free loopback port. Dropping the value stops it.
pub(super) struct Double {
    pub url: String,
    pub state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Double {
    /// A master whose drivers go through these states.
    pub(super) async fn start(states: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { states: states.to_vec(), ..State::default() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move { answer(stream, &shared).await });
            }
        });
        Self { url, state, task }
    }

    pub(super) fn next(&self, faults: &[Fault]) {
        self.state.lock().unwrap().faults = faults.to_vec();
    }

    pub(super) fn submissions(&self) -> Submissions {
        client(&self.url, None, Duration::from_secs(10))
    }

    /// How many requests began so.
    pub(super) fn count(&self, start: &str) -> usize {
        self.state.lock().unwrap().requests.iter().filter(|request| request.starts_with(start)).count()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) fn site(url: &str, folder: impl AsRef<Path>) -> StandaloneSite {
    let folder = folder.as_ref().to_owned();
    StandaloneSite {
        rest_url: Url::parse(url).unwrap(),
        token: None,
        master_url: "spark://m:7077".to_owned(),
        worker_folder: folder.display().to_string(),
        folder,
    }
}

pub(super) fn client(url: &str, token: Option<&str>, call: Duration) -> Submissions {
    let site = StandaloneSite { token: token.map(Into::into), ..site(url, "/shared") };
    let timeouts = Timeouts { connect: call, call };
    Submissions::new(&site, &upstream::client_config(&[]).unwrap(), timeouts).unwrap()
}

async fn answer(mut stream: TcpStream, shared: &Mutex<State>) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (reply, fault) = {
        let mut state = shared.lock().unwrap();
        state.requests.push(format!("{head}{}", String::from_utf8_lossy(&body)));
        let fault = if state.faults.is_empty() { None } else { Some(state.faults.remove(0)) };
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let reply = match &fault {
            Some(Fault::Says(status, kind, body)) => (*status, *kind, body.clone()),
            _ => (
                200,
                "application/json;charset=utf-8",
                done(&mut state, &path, fault == Some(Fault::Standby)).to_string(),
            ),
        };
        (reply, fault)
    };
    match fault {
        Some(Fault::LosesAnswer) => return None,
        Some(Fault::Late(after)) => sleep(after).await,
        _ => {}
    }
    let (status, kind, body) = reply;
    let kind = if kind.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
    let kind = if status == 302 { format!("{kind}location: /v1/submissions/readyz\r\n") } else { kind };
    let head = format!("HTTP/1.1 {status} X\r\n{kind}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

/// Carries a request out, as the leading master or a standby one.
fn done(state: &mut State, path: &str, is_standby: bool) -> Value {
    let standby = "Current state is not alive: STANDBY. Can only accept driver submissions in ALIVE state.";
    let mut steps = path.trim_start_matches("/v1/submissions/").split('/');
    let (what, id) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
    let mut answer = json!({"serverSparkVersion": "4.3.0", "submissionId": id, "success": !is_standby});
    if is_standby {
        answer["message"] = json!(standby);
    }
    answer["action"] = json!(match what {
        "readyz" => "ReadyzResponse",
        "create" => "CreateSubmissionResponse",
        "kill" => "KillSubmissionResponse",
        _ => "SubmissionStatusResponse",
    });
    match what {
        "create" if !is_standby => {
            let id = format!("driver-20261130232755-{:04}", state.drivers.len());
            state.drivers.insert(id.clone(), state.states.clone());
            answer["submissionId"] = json!(id);
        }
        "kill" if !is_standby => match state.drivers.get_mut(id) {
            Some(states) if states.len() > 1 || states[0] == "RUNNING" => *states = vec!["KILLED"],
            _ => answer["success"] = json!(false),
        },
        "status" if !is_standby => match state.drivers.get_mut(id) {
            Some(states) => {
                answer["driverState"] = json!(states[0]);
                if states[0] != "SUBMITTED" {
                    answer["workerHostPort"] = json!("10.0.0.7:38167");
                }
                if states.len() > 1 {
                    states.remove(0);
                }
            }
            None => answer["success"] = json!(false),
        },
        _ => {}
    }
    answer
}
