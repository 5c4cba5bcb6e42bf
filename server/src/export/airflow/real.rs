//! One job in a real Airflow, as `tests/airflow` says it; run by `cargo xtask verify airflow`.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use notebook_job::File;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Airflow, dag_folder,
    double::client,
    drive::{Driver, Pace},
    follow::Follow,
    shipped::{Delivery, Shipped, marked},
    state::{Act, Wish},
};
use crate::{config::AirflowLogin, words::export_airflow};

/// What to do, from the file that `AIRFLOW_ASKED` names. The answer is written beside it, as `answer.json`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Asked {
    /// Marks the files of a folder.
    Mark { folder: PathBuf },
    /// Puts the files of a folder into a folder of workflows.
    Deliver { folder: PathBuf, workflows: PathBuf, name: String },
    /// Says what answers.
    Reach { api: Api },
    /// Follows a job to its end.
    Follow(Box<Following>),
}

#[derive(Deserialize)]
struct Api {
    url: String,
    user: String,
    password: String,
}

#[derive(Deserialize)]
struct Following {
    api: Api,
    dag_id: String,
    /// The delivered files, and their folder's path in the repository.
    folder: PathBuf,
    path: String,
    /// None if they were put into a folder of workflows.
    commit: Option<String>,
    run_name: String,
    visibility_s: u64,
    unpause: bool,
    conf: Map<String, Value>,
    /// What a person does when a state begins: `unpause`, `cancel`; `stop` ends the sidecar.
    acts: BTreeMap<String, String>,
}

#[tokio::test]
async fn a_job_is_followed_in_a_real_airflow() {
    #[expect(clippy::disallowed_methods, reason = "the test beside the real Airflow says what to do")]
    let path = PathBuf::from(std::env::var("AIRFLOW_ASKED").expect("run by `cargo xtask verify airflow`"));
    let answer = match serde_json::from_slice(&fs::read(&path).unwrap()).unwrap() {
        Asked::Mark { folder } => {
            for file in marked(files(&folder)) {
                fs::write(folder.join(&file.name), &file.content).unwrap();
            }
            Value::Null
        }
        Asked::Deliver { folder, workflows, name } => {
            dag_folder::deliver(&workflows, &name, &marked(files(&folder))).unwrap();
            Value::Null
        }
        Asked::Reach { api } => match airflow(&api).reachable().await {
            Ok(reachable) => {
                json!({"version": reachable.version, "user": reachable.user, "missing": reachable.missing})
            }
            Err(error) => json!({"error": error, "words": export_airflow::failure(&error).error.to_string()}),
        },
        Asked::Follow(asked) => followed(*asked).await,
    };
    fs::write(path.with_file_name("answer.json"), answer.to_string()).unwrap();
}

async fn followed(asked: Following) -> Value {
    let delivery = asked.commit.map_or(Delivery::Folder, |id| Delivery::Commit { id });
    let shipped = Shipped::new(&asked.dag_id, &asked.path, &files(&asked.folder), delivery).unwrap();
    let note = Some("from a test".to_owned());
    let wish = Wish { run: true, unpause: asked.unpause, conf: asked.conf, note };
    let visibility = Duration::from_secs(asked.visibility_s);
    let follow = Follow::new(shipped, wish, &asked.run_name, visibility, monitor::clock::now_ms());
    let (acts, received) = mpsc::channel(8);
    let stop = CancellationToken::new();
    let (stopping, mut progress) = (stop.clone(), Vec::new());
    let changed = |follow: &Follow| {
        let state = serde_json::to_value(follow.state()).unwrap();
        match asked.acts.get(state["state"].as_str().unwrap()).map(String::as_str) {
            Some("unpause") => _ = acts.try_send(Act::Unpause),
            Some("cancel") => _ = acts.try_send(Act::Cancel),
            Some("stop") => stopping.cancel(),
            _ => {}
        }
        progress.push(state);
    };
    let driver = Driver::new(airflow(&asked.api), Pace { log: Duration::from_secs(1), ..Pace::default() });
    let end = driver.drive(follow, received, stop, changed).await;
    let words: Vec<_> = end.timeline().iter().map(|step| export_airflow::state(&step.state).to_string()).collect();
    json!({
        "timeline": end.timeline(),
        "words": words,
        "changes": progress,
        "act_error": end.act_error,
        "run_id": end.run_id(),
    })
}

fn airflow(api: &Api) -> Airflow {
    let login = AirflowLogin::Password { user: api.user.clone(), password: api.password.clone().into() };
    // The machine of this test does much at once.
    client(&api.url, login, Duration::from_secs(60))
}

fn files(folder: &PathBuf) -> Vec<File> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // Airflow leaves a folder of compiled files there.
    let mut files: Vec<File> = paths
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            File { name, content: fs::read(path).unwrap() }
        })
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}
