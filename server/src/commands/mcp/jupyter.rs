//! The sidecar beside a running Jupyter server of this user.

use std::{
    cmp::Reverse,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::Context;
use axum::http::request::Parts;
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap},
    redirect::Policy,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;
use upstream::{client_config, secret_header};
use url::Url;

use super::{Mcp, McpSecrets};
use crate::mcp::{Asked, Failure, Sidecar};

/// Where the sidecar is mounted beneath Jupyter.
const MOUNT: &str = "berdl/api/spark-monitor";
/// How long Jupyter may take to answer. The sidecar has its own, shorter limits.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a server may take to say that it is there.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);
/// The largest file of a server, and the most servers that are looked at.
const MOST_BYTES: u64 = 64 * 1024;
const MOST_SERVERS: usize = 20;
/// The largest answer, bytes.
const MOST_ANSWER: usize = 16 << 20;

/// What Jupyter writes about a running server, for its user alone. It has a secret, so it is never printed.
#[derive(Deserialize)]
struct Written {
    url: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    pid: i32,
}

/// A running server.
struct Running {
    url: Url,
    /// Empty on a hub.
    token: String,
}

/// A sidecar that answers.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    http: reqwest::Client,
    /// Ends with a slash.
    base: Url,
}

impl Beside {
    /// Finds the newest server whose sidecar lets agents ask.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn find(command: &Mcp, secrets: McpSecrets) -> Result<Self, String> {
        let folder = runtime_folder(command).ok_or("HOME is not set, so Jupyter's folder is not known")?;
        let servers: Vec<_> = running(&folder)
            .into_iter()
            .filter(|server| command.server.as_ref().is_none_or(|url| server.url.as_str().starts_with(url.as_str())))
            .collect();
        if servers.is_empty() {
            return Err(format!(
                "no Jupyter server of yours runs here (looked into {}): start JupyterLab, or give --server or --runtime-dir",
                folder.display()
            ));
        }
        let mut reason = String::new();
        for server in servers {
            let url = server.url.clone();
            match Self::of(server, command.ca_file.as_deref(), &secrets) {
                Ok(beside) => match beside.lets_agents_ask().await {
                    Ok(()) => return Ok(beside),
                    Err(why) => reason = format!("{url}: {why}"),
                },
                Err(why) => reason = format!("{url}: {why:#}"),
            }
        }
        Err(reason)
    }

    fn of(server: Running, ca_file: Option<&Path>, secrets: &McpSecrets) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        let own = Some(server.token.as_str()).filter(|token| !token.is_empty());
        if let Some(token) = own.or(secrets.hub.as_ref().map(ExposeSecret::expose_secret)) {
            headers.insert(AUTHORIZATION, secret_header(&format!("token {token}"))?);
        }
        if let Some(session) = &secrets.session {
            headers.insert(COOKIE, secret_header(&format!("kbase_session={}", session.expose_secret()))?);
        }
        let roots = ca_file.map(|file| CertificateDer::pem_file_iter(file)?.collect::<Result<Vec<_>, _>>()).transpose();
        let roots = roots.context("SPARK_MONITOR_CA_FILE cannot be used")?.unwrap_or_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(FIRST_PATIENCE)
            .timeout(PATIENCE)
            .no_proxy()
            .default_headers(headers)
            .tls_backend_preconfigured(client_config(&roots)?)
            .build()?;
        let mut base = server.url;
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&format!("{path}/{MOUNT}"));
        Ok(Self { http, base })
    }

    async fn lets_agents_ask(&self) -> Result<(), String> {
        let asked = Asked { method: Method::GET, path_and_query: "/areas".to_owned(), body: None };
        let areas = self
            .ask(None, asked)
            .await
            .map_err(|failure| format!("its Spark monitor does not answer: {} {}", failure.error, failure.hint))?;
        match areas.get("mcp").and_then(Value::as_bool) {
            Some(true) => Ok(()),
            _ => Err("agents may not ask on this site: the administrator can set SPARK_MONITOR_MCP=on".to_owned()),
        }
    }
}

impl Sidecar for Beside {
    async fn ask(&self, _: Option<&Parts>, asked: Asked) -> Result<Value, Failure> {
        let url = format!("{}{}", self.base.as_str().trim_end_matches('/'), asked.path_and_query);
        let mut request = self.http.request(asked.method, url).header(CONTENT_TYPE, "application/json");
        if let Some(body) = asked.body {
            request = request.body(body.to_string());
        }
        // The address may hold nothing secret, but it does not help either.
        let mut response = request.send().await.map_err(|error| Failure::of_request(&error.without_url()))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of_request(&error.without_url()))? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_ANSWER {
                return Err(Failure::new("The monitor's answer is too large.", "Ask for less."));
            }
        }
        Failure::or_value(status, &body)
    }
}

fn runtime_folder(command: &Mcp) -> Option<PathBuf> {
    let of_data = |data: &PathBuf| data.join("runtime");
    let set = command.runtime_dir.clone().or_else(|| command.data_dir.as_ref().map(of_data));
    let xdg = || command.xdg_data_home.as_ref().map(|data| data.join("jupyter/runtime"));
    let home = || command.home.as_ref().map(|home| home.join(".local/share/jupyter/runtime"));
    set.or_else(xdg).or_else(home)
}

/// Whether a process of this user has this id.
fn is_alive(pid: i32) -> bool {
    rustix::process::Pid::from_raw(pid).is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

/// The servers whose files are there, the newest first. One that has crashed leaves its file.
fn running(folder: &Path) -> Vec<Running> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_server = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("jpserver-") && name.ends_with(".json")
    };
    let mut found: Vec<(SystemTime, PathBuf)> = files
        .filter(is_server)
        .filter_map(|path| {
            let about = fs::metadata(&path).ok().filter(|about| about.is_file() && about.len() <= MOST_BYTES)?;
            let is_mine = about.uid() == rustix::process::geteuid().as_raw();
            let about = is_mine.then_some(about)?;
            Some((about.modified().ok()?, path))
        })
        .collect();
    found.sort_by_key(|(changed, _)| Reverse(*changed));
    let read = |(_, path): (SystemTime, PathBuf)| {
        let written: Written = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        // Somebody else may have taken the port of a server that is gone, and would get its token.
        is_alive(written.pid).then_some(Running { url: written.url.parse().ok()?, token: written.token })
    };
    found.into_iter().take(MOST_SERVERS).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_server_comes_first_and_other_files_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str, age: u64| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        };
        let server = |url: &str, pid: u32| format!(r#"{{"url": "{url}", "token": "a", "pid": {pid}}}"#);
        let alive = std::process::id();
        write("jpserver-1.json", &server("http://localhost:8888/", alive), 60);
        write("jpserver-2.json", &server("http://localhost:8889/user/ann/", alive), 5);
        // One that has crashed: its port may be anybody's now.
        write("jpserver-5.json", &server("http://localhost:8890/", 999_999_999), 2);
        write("jpserver-3.json", "{", 1);
        write("jpserver-2-open.html", "", 0);
        write("kernel-4.json", r#"{"url": "http://localhost:1/"}"#, 0);
        let found: Vec<_> = running(folder.path()).into_iter().map(|server| server.url.to_string()).collect();
        assert_eq!(found, ["http://localhost:8889/user/ann/", "http://localhost:8888/"]);
    }

    #[test]
    fn the_sidecar_is_beneath_the_servers_address() {
        let server = Running { url: "http://localhost:8889/user/ann/".parse().unwrap(), token: String::new() };
        let beside = Beside::of(server, None, &McpSecrets::default()).unwrap();
        assert_eq!(beside.base.as_str(), "http://localhost:8889/user/ann/berdl/api/spark-monitor");
    }
}
