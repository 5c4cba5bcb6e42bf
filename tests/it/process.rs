//! The executable itself: how it starts, listens and ends.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
        process::ExitStatusExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const BINARY: &str = env!("CARGO_BIN_EXE_berdl-spark-monitor");

/// A running sidecar on a Unix socket; ended on drop.
struct Sidecar {
    child: Child,
    socket: PathBuf,
    _folder: tempfile::TempDir,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("serve").args(args).env_clear().stderr(Stdio::piped());
    command
}

impl Sidecar {
    fn start(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let socket = folder.path().join("s");
        let listen = format!("unix:{}", socket.display());
        let child = command(&[&["--listen", &listen], args].concat()).envs(variables.iter().copied()).spawn().unwrap();
        let sidecar = Self { child, socket, _folder: folder };
        until("it listens", || UnixStream::connect(&sidecar.socket).is_ok());
        sidecar
    }

    fn get(&self, path: &str) -> String {
        get(&self.socket, path)
    }

    fn terminate(mut self) -> (Option<i32>, String) {
        signal("TERM", self.child.id());
        let code = self.child.wait().unwrap().code();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (code, log)
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(socket: &Path, path: &str) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success());
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(15), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

const MASTER: [&str; 2] = ["--spark-master-ui-url", "http://127.0.0.1:9"];

#[test]
fn a_configuration_error_on_a_unix_socket_is_served_not_fatal() {
    for (args, variables, reason) in [
        (&[][..], &[][..], "nothing to watch"),
        (&["--spark-master-ui-url", "nonsense"], &[], "SPARK_MASTER_UI_URL is no valid URL"),
        (&MASTER, &[("SPARK_MONITOR_MAX_BODY_BYTES", "lots")], "invalid value 'lots'"),
        (&MASTER, &[("SPARK_UI_TOKEN_FILE", "/no/such/file")], "SPARK_UI_TOKEN_FILE"),
        (&["--no-such-flag"], &[], "--no-such-flag"),
    ] {
        let sidecar = Sidecar::start(args, variables);
        assert!(sidecar.get("/").starts_with("HTTP/1.1 200"));
        let answer = sidecar.get("/panel/chip");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("not_configured"), "{answer}");
        assert!(answer.contains(reason), "{answer}");
    }
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let variables = [("SPARK_MONITOR_CALL_TIMEOUT_MS", ""), ("SPARK_MASTER_PORT", ""), ("SPARK_MONITOR_TOKEN", "")];
    let sidecar = Sidecar::start(&MASTER, &variables);
    assert!(sidecar.get("/readyz").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_folder_that_others_can_enter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let socket = folder.path().join("s");
    let listen = format!("unix:{}", socket.display());
    let mut child = command(&["--listen", &listen, MASTER[0], MASTER[1]]).spawn().unwrap();
    until("it listens", || UnixStream::connect(&socket).is_ok());
    assert!(get(&socket, "/readyz").contains("chmod 700"));
    signal("TERM", child.id());
    child.wait().unwrap();
}

#[test]
fn a_configuration_error_on_tcp_ends_the_process_with_one_clear_line() {
    let tcp = ["--listen", "127.0.0.1:0"];
    for (args, variables, line) in [
        (&MASTER[..], &[][..], "listening on TCP needs a secret in SPARK_MONITOR_TOKEN or SPARK_MONITOR_TOKEN_FILE"),
        (&[], &[("SPARK_MONITOR_TOKEN", "t")], "nothing to watch: set "),
        (&["--spark-master-ui-url", "x"], &[("SPARK_MONITOR_TOKEN", "t")], "SPARK_MASTER_UI_URL is no valid URL"),
    ] {
        let output = command(&[&tcp, args].concat()).envs(variables.iter().copied()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), text.lines().count()), (Some(2), 1), "{text}");
        assert!(text.starts_with("berdl-spark-monitor: ") && text.contains(line), "{text}");
    }
}

#[test]
fn sigterm_ends_it_with_143_even_with_a_call_open() {
    let hanging = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", hanging.local_addr().unwrap());
    let sidecar = Sidecar::start(&["--spark-master-ui-url", &url], &[]);
    let mut open = UnixStream::connect(&sidecar.socket).unwrap();
    write!(open, "GET /cluster HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let (_accepted, _) = hanging.accept().unwrap();
    let socket = sidecar.socket.clone();
    let begin = Instant::now();
    let (code, log) = sidecar.terminate();
    assert_eq!(code, Some(143), "{log}");
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(!socket.exists(), "the socket is removed");
}

#[test]
fn it_leaves_when_its_parent_is_gone_but_not_at_the_end_of_its_input() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let socket = folder.path().join("s");
    let script =
        format!("{BINARY} serve --listen unix:{} {} {} </dev/null & wait", socket.display(), MASTER[0], MASTER[1]);
    let mut shell = Command::new("sh").args(["-c", &script]).env_clear().spawn().unwrap();
    until("it listens", || UnixStream::connect(&socket).is_ok());
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(get(&socket, "/").starts_with("HTTP/1.1 200"), "the end of its input is nothing");
    shell.kill().unwrap();
    shell.wait().unwrap();
    until("it has left", || UnixStream::connect(&socket).is_err());
}

#[test]
fn a_socket_left_over_from_a_killed_one_is_replaced() {
    let mut sidecar = Sidecar::start(&MASTER, &[]);
    sidecar.child.kill().unwrap();
    sidecar.child.wait().unwrap();
    assert!(sidecar.socket.exists());
    let listen = format!("unix:{}", sidecar.socket.display());
    sidecar.child = command(&["--listen", &listen, MASTER[0], MASTER[1]]).spawn().unwrap();
    until("it listens again", || UnixStream::connect(&sidecar.socket).is_ok());
}

#[test]
fn a_file_in_the_place_of_the_socket_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "mine").unwrap();
    let listen = format!("unix:{}", file.display());
    assert_waits_before_leaving(&listen, "Address already in use");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

/// The sidecar reports in one line why it cannot listen, and keeps running until it is told to end: its supervisor
/// would restart it at once.
fn assert_waits_before_leaving(listen: &str, reason: &str) {
    let mut child =
        command(&["--listen", listen, MASTER[0], MASTER[1]]).env("SPARK_MONITOR_LOG", "warn").spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    signal("TERM", child.id());
    assert_eq!(child.wait().unwrap().signal(), Some(15), "{listen}: it has left by itself: {line}");
    assert!(line.starts_with("berdl-spark-monitor: ") && line.contains(reason), "{line}");
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn a_unix_socket_that_cannot_be_listened_on_is_not_left_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let place = folder.path().display();
    let long = "x".repeat(100);
    assert_waits_before_leaving(&format!("unix:{place}/{long}"), "path must be shorter than SUN_LEN");
    assert_waits_before_leaving(&format!("unix:{place}/none/socket"), "No such file or directory");
    assert_waits_before_leaving("unix:", "--listen must be unix:PATH or HOST:PORT");
}

#[test]
fn another_socket_in_the_place_of_ours_is_not_removed() {
    let mut sidecar = Sidecar::start(&MASTER, &[]);
    assert!(sidecar.get("/").starts_with("HTTP/1.1 200"), "it has been opened");
    let beside = sidecar.socket.with_extension("new");
    let _other = UnixListener::bind(&beside).unwrap();
    std::fs::rename(&beside, &sidecar.socket).unwrap();
    signal("TERM", sidecar.child.id());
    assert_eq!(sidecar.child.wait().unwrap().code(), Some(143));
    assert!(UnixStream::connect(&sidecar.socket).is_ok());
}

#[test]
fn a_socket_that_a_cleaner_took_away_is_made_anew() {
    let sidecar = Sidecar::start(&MASTER, &[]);
    assert!(sidecar.get("/").starts_with("HTTP/1.1 200"), "it has been opened");
    let folder = sidecar.socket.parent().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    until("it listens again", || UnixStream::connect(&sidecar.socket).is_ok());
    assert!(sidecar.get("/").starts_with("HTTP/1.1 200"));
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_socket_is_not_made_anew_in_a_folder_that_others_can_enter() {
    let mut sidecar = Sidecar::start(&MASTER, &[]);
    assert!(sidecar.get("/").starts_with("HTTP/1.1 200"), "it has been opened");
    let folder = sidecar.socket.parent().unwrap().to_owned();
    // In one step, so that the folder always exists.
    let open = tempfile::tempdir().unwrap();
    std::fs::set_permissions(open.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::remove_file(&sidecar.socket).unwrap();
    std::fs::rename(open.path(), &folder).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert!(!sidecar.socket.exists() && sidecar.child.try_wait().unwrap().is_none());
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    until("it listens again", || UnixStream::connect(&sidecar.socket).is_ok());
}

#[test]
fn a_failure_is_logged_with_the_id_of_its_request_at_the_default_level() {
    let sidecar = Sidecar::start(&MASTER, &[]);
    let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
    write!(stream, "GET /cluster HTTP/1.1\r\nhost: x\r\nx-request-id: id-7\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(r#""request_id":"id-7""#), "{answer}");
    let (_, log) = sidecar.terminate();
    let warning = log.lines().find(|line| line.contains("WARN")).unwrap();
    assert!(warning.contains("Could not be fetched") && warning.contains("request.id=id-7"), "{log}");
}

#[test]
fn it_says_at_its_start_who_asks_where_spark_is_and_which_settings_decide_that() {
    let hub = [("BERDL_JUPYTERHUB_NAMESPACE", "prod"), ("JUPYTERHUB_USER", "ann")];
    let (_, log) = Sidecar::start(&[], &hub).terminate();
    let line = |level: &str, text: &str| log.lines().find(|line| line.contains(level) && line.contains(text)).unwrap();
    let summary = line("INFO", "Watching Spark");
    for part in [
        r#"identity="auth2""#,
        r#"login_service="https://ci.kbase.us/services/auth/""#,
        r#"masters="http://spark-master-{user}.prod:8090""#,
    ] {
        assert!(summary.contains(part), "{log}");
    }
    let warning = line("WARN", "default login service");
    assert!(warning.contains("KBASE_AUTH_URL") && warning.contains("SPARK_MONITOR_IDENTITY=jupyterhub"), "{log}");
    let decided = [hub[0], hub[1], ("SPARK_MONITOR_IDENTITY", "jupyterhub")];
    let (_, log) = Sidecar::start(&[], &decided).terminate();
    assert!(log.contains(r#"identity="jupyterhub" login_service="none""#) && !log.contains("WARN"), "{log}");
}

#[test]
fn no_secret_is_ever_logged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "CANARY-ui\n").unwrap();
    let variables = [("SPARK_UI_TOKEN_FILE", file.to_str().unwrap()), ("SPARK_MONITOR_LOG", "trace")];
    let sidecar = Sidecar::start(&["--spark-master-ui-url", "http://127.0.0.1:9/{user}"], &variables);
    let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
    let request = "GET /cluster?x=CANARY-query HTTP/1.1\r\nhost: x\r\ncookie: kbase_session=CANARY-token\r\n\
                   connection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, log) = sidecar.terminate();
    assert!(!log.is_empty() && !answer.contains("CANARY"));
    assert!(!log.contains("CANARY"), "{log}");
}

#[test]
fn an_answer_waits_for_the_requests_body() {
    let sidecar = Sidecar::start(&MASTER, &[]);
    let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
    write!(stream, "POST /cluster HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nconnection: close\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut answer = String::new();
    assert!(stream.read_to_string(&mut answer).is_err() && answer.is_empty(), "{answer}");
    stream.set_read_timeout(None).unwrap();
    stream.write_all(b"x=1").unwrap();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405") && answer.contains("method_not_allowed"), "{answer}");
}

#[test]
fn a_body_that_is_too_large_is_read_before_it_is_refused() {
    let sidecar = Sidecar::start(&MASTER, &[]);
    let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
    let body = vec![b'x'; 1 << 20];
    write!(stream, "PUT /cluster HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())
        .unwrap();
    // Jupyter's proxy writes the whole body, and treats a connection that closes meanwhile as its own error.
    stream.write_all(&body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");
}

#[test]
fn a_body_without_end_is_cut_off() {
    let sidecar = Sidecar::start(&MASTER, &[]);
    let mut stream = UnixStream::connect(&sidecar.socket).unwrap();
    write!(stream, "POST /cluster HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    while stream.write_all(chunk.as_bytes()).is_ok() {}
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[test]
fn help_documents_every_variable() {
    let output = command(&["--help"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for variable in [
        "SPARK_CLUSTER_MANAGER_API_URL",
        "BERDL_JUPYTERHUB_NAMESPACE",
        "SPARK_MASTER_PORT",
        "SPARK_MASTER_UI_URL",
        "SPARK_APP_UI_URL",
        "SPARK_MONITOR_DRIVER_HOSTS",
        "SPARK_UI_TOKEN",
        "KBASE_AUTH_URL",
        "SPARK_MONITOR_IDENTITY",
        "SPARK_MONITOR_LINKS",
        "SPARK_MONITOR_CA_FILE",
        "SPARK_MONITOR_TOKEN",
        "SPARK_MONITOR_MAX_BODY_BYTES",
        "SPARK_MONITOR_MOCK_MODE",
        "SPARK_MONITOR_LOG",
        "_FILE",
    ] {
        assert!(text.contains(variable), "{variable} in {text}");
    }
}
