//! Real servers, each in a temporary folder and on a free port, ended with the tests.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use history_store::{Address, Engine};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use tempfile::TempDir;

pub const USER: &str = "monitor";
pub const PASSWORD: &str = "s3cret/word";
/// The same in an address.
const ENCODED: &str = "s3cret%2Fword";
/// How long a server may take to start, tenths of a second.
const PATIENCE: u32 = 600;

/// Runs a server until its own standard input ends, as it does however the tests end.
const SUPERVISOR: &str = r#"signal=$1; log=$2; shift 2
"$@" >"$log" 2>&1 &
server=$!
read -r _
kill -"$signal" "$server"
wait "$server""#;

/// A running server.
pub struct Server {
    pub engine: Engine,
    port: u16,
    folder: TempDir,
    supervisor: Child,
}

impl Server {
    /// Starts PostgreSQL.
    pub fn postgres() -> Self {
        let folder = folder("postgres");
        let data = folder.path().join("data");
        fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let mut init = as_user("postgres", &program("initdb"));
        init.args([
            "--no-sync",
            "--auth-host=scram-sha-256",
            "--auth-local=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-U",
            USER,
            "--pwfile",
        ]);
        done(init.arg(folder.path().join("password")).arg("-D").arg(&data));
        let port = free_port();
        let mut server = as_user("postgres", &program("postgres"));
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k"]).arg(folder.path());
        let [certificate, key] =
            ["server.crt", "server.key"].map(|name| folder.path().join(name).display().to_string());
        // Whoever waits this long is the one whose transaction ends: on a busy machine a second is too short for a test
        // that wants to be the other one.
        let patience = "deadlock_timeout=3s";
        let files = [format!("ssl_cert_file={certificate}"), format!("ssl_key_file={key}")];
        for option in ["ssl=on", "fsync=off", patience].into_iter().chain(files.iter().map(String::as_str)) {
            server.args(["-c", option]);
        }
        // A fast shutdown does not wait for clients.
        Self::start(Engine::Postgres, port, folder, "INT", &server)
    }

    /// Starts MariaDB.
    pub fn mariadb() -> Self {
        let folder = folder("mysql");
        let (data, port) = (folder.path().join("data"), free_port());
        let mut init = Command::new(program("mariadb-install-db"));
        init.args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"]);
        done(own_user(&mut init).arg(format!("--datadir={}", data.display())));
        let grant = format!("CREATE USER {USER} IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO {USER};\n");
        fs::write(folder.path().join("init.sql"), grant).unwrap();
        let mut server = Command::new(program("mariadbd"));
        server.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve"]);
        own_user(&mut server).args([format!("--port={port}"), format!("--datadir={}", data.display())]);
        for (option, name) in [
            ("socket", "socket"),
            ("pid-file", "pid"),
            ("init-file", "init.sql"),
            ("ssl-cert", "server.crt"),
            ("ssl-key", "server.key"),
        ] {
            server.arg(format!("--{option}={}", folder.path().join(name).display()));
        }
        server.arg("--innodb-flush-log-at-trx-commit=0");
        Self::start(Engine::MariaDb, port, folder, "TERM", &server)
    }

    fn start(engine: Engine, port: u16, folder: TempDir, signal: &str, server: &Command) -> Self {
        let mut supervisor = Command::new("sh");
        supervisor.args(["-c", SUPERVISOR, "sh", signal]).arg(folder.path().join("log"));
        supervisor.arg(server.get_program()).args(server.get_args()).stdin(Stdio::piped());
        Self { engine, port, folder, supervisor: supervisor.spawn().unwrap() }
    }

    /// Waits until it answers.
    pub async fn ready(&self) {
        for _ in 0..PATIENCE {
            match self.execute("SELECT 1").await {
                Ok(()) => return,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("the server does not answer: {}", fs::read_to_string(self.folder.path().join("log")).unwrap());
    }

    /// Runs a statement where there is no database of ours.
    async fn execute(&self, statement: &str) -> Result<(), sqlx::Error> {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        match self.engine {
            Engine::Postgres => {
                let mut db = PgConnection::connect(&self.url("postgres", "")).await?;
                statement.execute(&mut db).await.map(drop)
            }
            Engine::MariaDb | Engine::Sqlite => {
                let mut db = MySqlConnection::connect(&self.url("mysql", "")).await?;
                statement.execute(&mut db).await.map(drop)
            }
        }
    }

    /// Makes a database.
    pub async fn create(&self, database: &str) -> Address {
        self.execute(&format!("CREATE DATABASE {database}")).await.unwrap();
        self.address(database, "")
    }

    /// The address of a database, with parameters.
    pub fn address(&self, database: &str, parameters: &str) -> Address {
        self.url(database, parameters).parse().unwrap()
    }

    pub fn url(&self, database: &str, parameters: &str) -> String {
        let scheme = if self.engine == Engine::Postgres { "postgres" } else { "mysql" };
        format!("{scheme}://{USER}:{ENCODED}@127.0.0.1:{}/{database}{parameters}", self.port)
    }

    /// The address without TLS and costly passwords, which take most of the time in tests that connect very often.
    pub fn plain(&self, database: &str) -> Address {
        match self.engine {
            Engine::Postgres => self.address(database, &format!("?host={}", self.folder.path().display())),
            Engine::MariaDb | Engine::Sqlite => self.address(database, "?ssl-mode=DISABLED"),
        }
    }

    /// The certificate of whoever signed the server's.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.crt")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// A folder that the server's user owns, with a certificate.
fn folder(user: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (signs, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let certificate = authority.self_signed(&signs).unwrap();
    let server = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &Issuer::from_params(&authority, &signs)).unwrap();
    for (name, text) in
        [("authority.crt", certificate.pem()), ("server.crt", server.pem()), ("server.key", key.serialize_pem())]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let key = folder.path().join("server.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    if is_root() {
        let [uid, gid] = ["-u", "-g"].map(|flag| done(Command::new("id").args([flag, user])).trim().parse().ok());
        for path in [folder.path(), &key] {
            chown(path, uid, gid).unwrap();
        }
    }
    folder
}

/// Neither server runs as root.
fn as_user(user: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups"]).arg(program);
    command
}

/// MariaDB changes its user itself.
fn own_user(command: &mut Command) -> &mut Command {
    if is_root() { command.arg("--user=mysql") } else { command }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs it to its end.
fn done(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).current_dir("/").output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A program of a server; Debian keeps those of PostgreSQL out of `PATH`, and those of MariaDB out of users'.
fn program(name: &str) -> PathBuf {
    let path = done(Command::new("sh").args(["-c", "echo \"$PATH\""]));
    let mut folders: Vec<PathBuf> = path.trim().split(':').chain(["/usr/sbin"]).map(PathBuf::from).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    folders.extend(versions.map(|version| version.unwrap().path().join("bin")));
    let found = folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{name} is not installed; `cargo xtask verify history` installs it"))
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
