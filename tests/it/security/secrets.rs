//! Where each secret may appear in everything that the executable emits.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use berdl_spark_monitor::{
    App,
    config::{Config, Secrets, settings_from},
};
use monitor::Tasks;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    process::Command,
};
use upstream::descriptors::Descriptors;

use crate::support::{OWN_ROUTES, ROUTES, Reply, Site, User, canary, check_for_secrets, site::UPSTREAMS};

/// The executable with all its secrets and the most verbose log, on a Unix socket.
struct Sidecar {
    child: tokio::process::Child,
    folder: tempfile::TempDir,
}

impl Sidecar {
    async fn start(site: &Site) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let listen = format!("unix:{}", folder.path().join("socket").display());
        let child = Command::new(env!("CARGO_BIN_EXE_berdl-spark-monitor"))
            .args(["serve", "--listen", &listen])
            .args(site.args(None))
            .env_clear()
            .env("SPARK_MONITOR_LOG", "trace")
            .env("SPARK_UI_TOKEN", canary("ui"))
            .env("SPARK_MONITOR_TOKEN", canary("sidecar"))
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let sidecar = Self { child, folder };
        while sidecar.connect().await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        sidecar
    }

    async fn connect(&self) -> std::io::Result<UnixStream> {
        UnixStream::connect(self.folder.path().join("socket")).await
    }

    /// A browser's request as Jupyter forwards it, with its own secrets wherever there may be one.
    async fn get(&self, user: &User, path: &str) -> String {
        let mut stream = self.connect().await.unwrap();
        let (session, jupyter, xsrf) = (canary(user.cookie().0), canary("jupyter"), canary("xsrf"));
        let request = format!(
            "GET /{path}?token={jupyter} HTTP/1.1\r\nhost: x\r\nauthorization: token {jupyter}\r\nx-xsrftoken: {xsrf}\r\n\
             cookie: _xsrf={xsrf}; username-x={jupyter}; kbase_session={session}\r\nreferer: http://x/lab?token={jupyter}\r\n\
             x-spark-monitor-token: {}\r\nconnection: close\r\n\r\n",
            canary("sidecar")
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn log(mut self) -> String {
        self.child.kill().await.unwrap();
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_executable_emits_no_secret_whatever_its_upstreams_do() {
    let site = Site::start().await;
    let sidecar = Sidecar::start(&site).await;
    let user = User::new("ann");
    site.heal(&user);
    // An upstream may echo what it was sent.
    let echo = format!(r#"{{"message": "who is {}"}}"#, canary("ann"));
    let replies = [Reply::status(401), Reply::html(500), Reply::Reset, Reply::json(&echo)];
    for round in 0..=replies.len() {
        if let Some(reply) = round.checked_sub(1).and_then(|broken| replies.get(broken)) {
            for upstream in UPSTREAMS {
                site.break_upstream(upstream, &user, &|_| reply.clone());
            }
        }
        for route in OWN_ROUTES.into_iter().chain(ROUTES) {
            let answer = sidecar.get(&user, route).await;
            assert!(answer.starts_with("HTTP/1.1 "), "{route}: {answer}");
            check_for_secrets(&answer);
        }
    }
    for (upstream, double) in UPSTREAMS.into_iter().zip(site.doubles()) {
        let heads = double.requests().concat();
        assert!(!heads.is_empty(), "{upstream}");
        let mine = match upstream {
            "auth2" | "manager" => "ann",
            _ => "ui",
        };
        for secret in ["ann", "ui", "sidecar", "jupyter", "xsrf"] {
            assert_eq!(heads.contains(&canary(secret)), secret == mine, "{upstream} is told {secret}: {heads}");
        }
        let lines = heads.lines().filter(|line| line.contains("CANARY"));
        assert!(lines.into_iter().all(|line| line.starts_with("authorization: ")), "{heads}");
    }
    let log = sidecar.log().await;
    assert!(log.contains("TRACE"), "the most talkative log");
    check_for_secrets(&log);
}

#[tokio::test]
async fn no_secret_is_in_what_a_debugger_prints() {
    let secret = || Some(canary("printed").into());
    let secrets = Secrets {
        spark_ui_token: secret(),
        sidecar_token: secret(),
        session_token: secret(),
        connect_token: secret(),
        git_token: secret(),
        airflow_token: secret(),
        airflow_password: secret(),
        master_rest_token: secret(),
    };
    let urls = ["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-connect-url", "sc://127.0.0.1:9"];
    let airflow = ["--spark-monitor-export-airflow-url", "http://127.0.0.1:9"];
    let git = ["--spark-monitor-export-git-url", "https://127.0.0.1:9/r"];
    let master = ["--spark-monitor-export-master-rest-url", "http://127.0.0.1:9"];
    let folder = ["--spark-monitor-export-master-folder", "/shared"];
    let settings = settings_from(&[&urls[..], &airflow, &git, &master, &folder].concat()).unwrap();
    let config = Config::resolve(&settings, secrets).unwrap();
    check_for_secrets(&format!("{settings:?} {config:?}"));
    let app = App::new(config, &Tasks::default(), Descriptors::raise()).unwrap();
    check_for_secrets(&format!("{app:?}"));
}

#[test]
fn no_secret_is_in_a_recorded_answer_or_a_document() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for folder in ["docs", "tests/it/snapshots"] {
        for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).replace("`CANARY`", "");
                assert!(!text.contains("CANARY"), "{}", path.display());
            }
        }
    }
}
