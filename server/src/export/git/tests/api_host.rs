//! Doubles of GitHub, Gitea and GitLab that keep their state in a real bare repository: the routes that a delivery uses, with
//! their answers' shapes and their own ways to refuse.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::repository::{Bare, clean};
use crate::config::GitApiKind;

pub const TOKEN: &str = "CANARY-api-token";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Everything is redirected to another host.
    Redirects,
    /// Reading is allowed, committing is not.
    ReadOnly,
    /// No more calls for a minute.
    RateLimits,
    /// The commit arrives, and its answer does not.
    BreaksAfter,
    /// A web page with a status of success, as a proxy gives.
    Page,
    /// Somebody else commits another file exactly when our commit arrives, once.
    Faster,
    /// The branch `main` is protected.
    Protected,
    /// Merge requests are not for us.
    NoRequests,
    /// A merge request is opened, and the answer does not arrive.
    RequestUnanswered,
    /// The host is older than the call that changes several files.
    NoSuchCall,
}

struct Host {
    kind: GitApiKind,
    bare: PathBuf,
    home: PathBuf,
    fault: Mutex<Fault>,
    heard: Mutex<Vec<(Method, String, HeaderMap)>>,
    requests: Mutex<Vec<MergeRequest>>,
}

/// A merge request that the host has. Its branches are those of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeRequest {
    pub number: u64,
    pub title: String,
    pub description: String,
    pub branch: String,
    pub into: String,
    pub is_open: bool,
}

/// The host, until it is dropped.
pub struct ApiHost {
    pub url: String,
    host: Arc<Host>,
    task: JoinHandle<()>,
}

type Answer = Result<Value, Refusal>;
/// Status and message.
type Refusal = (StatusCode, &'static str);

impl ApiHost {
    pub async fn start(kind: GitApiKind, bare: &Bare, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/team/jobs.git", listener.local_addr().unwrap());
        let home = bare.folder.path().to_owned();
        let host = Host {
            kind,
            bare: bare.path(),
            home,
            fault: Mutex::new(fault),
            heard: Mutex::default(),
            requests: Mutex::default(),
        };
        let host = Arc::new(host);
        let routes = Router::new().fallback(serve).with_state(host.clone());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, host, task }
    }

    /// Method, address and headers of all requests.
    pub fn heard(&self) -> Vec<(Method, String, HeaderMap)> {
        self.host.heard.lock().unwrap().clone()
    }

    pub fn requests(&self) -> Vec<MergeRequest> {
        self.host.requests.lock().unwrap().clone()
    }

    /// A person merges it, and keeps or removes its branch.
    pub fn merge(&self, number: u64, keeps_branch: bool) {
        let mut requests = self.host.requests.lock().unwrap();
        let request = requests.iter_mut().find(|request| request.number == number).unwrap();
        assert!(request.is_open);
        request.is_open = false;
        let [own, main] = [&request.branch, &request.into].map(|branch| self.host.head(branch).unwrap());
        let tree = self.host.git(&["merge-tree", "--write-tree", &main, &own], b"").unwrap();
        let args = ["commit-tree", &tree, "-p", &main, "-p", &own, "-m", "Merge"];
        let merged = self.host.git_as(&json!({ "name": "bob", "email": "bob@x" }), &args, b"").unwrap();
        self.host.set(&request.into, &merged, &main).unwrap();
        if !keeps_branch {
            self.host.git(&["update-ref", "-d", &format!("refs/heads/{}", request.branch)], b"").unwrap();
        }
    }

    pub fn set_fault(&self, fault: Fault) {
        *self.host.fault.lock().unwrap() = fault;
    }
}

impl Drop for ApiHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(State(host): State<Arc<Host>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap();
    host.heard.lock().unwrap().push((head.method.clone(), head.uri.to_string(), head.headers.clone()));
    let fault = *host.fault.lock().unwrap();
    let is_write = !matches!(head.method, Method::GET | Method::HEAD);
    let refusal = |status: u16, message: &str| {
        (StatusCode::from_u16(status).unwrap(), Json(json!({ "message": message }))).into_response()
    };
    match fault {
        Fault::Redirects => {
            return (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "http://127.0.0.1:1/")]).into_response();
        }
        Fault::Page => return ([(header::CONTENT_TYPE, "text/html")], "<p>Sign in</p>").into_response(),
        Fault::RateLimits if host.kind == GitApiKind::GitHub => {
            let mut answer = refusal(403, "API rate limit exceeded for user ID 1.");
            answer.headers_mut().insert("x-ratelimit-remaining", "0".parse().unwrap());
            answer.headers_mut().insert(header::RETRY_AFTER, "60".parse().unwrap());
            return answer;
        }
        Fault::RateLimits => {
            let mut answer = refusal(429, "Retry later");
            answer.headers_mut().insert(header::RETRY_AFTER, "60".parse().unwrap());
            return answer;
        }
        _ => {}
    }
    if head.headers.get(header::AUTHORIZATION).is_none_or(|sent| sent != &format!("Bearer {TOKEN}")) {
        return refusal(401, "Bad credentials");
    }
    if is_write && fault == Fault::ReadOnly {
        return refusal(403, "Resource not accessible by personal access token");
    }
    let raw = head.uri.path().to_owned();
    let is_request = raw.ends_with("/pulls") || raw.ends_with("/merge_requests");
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let asked = move || host.answer(&head.method, &raw, &query, &body);
    let (kind, answer) = tokio::task::spawn_blocking(asked).await.unwrap();
    match answer {
        Ok(_) if is_write && is_request && fault == Fault::RequestUnanswered => {
            (StatusCode::BAD_GATEWAY, "bad gateway").into_response()
        }
        // What a proxy says whose upstream has hung up.
        Ok(_) if is_write && fault == Fault::BreaksAfter && kind == Kind::Last => {
            (StatusCode::BAD_GATEWAY, "bad gateway").into_response()
        }
        Ok(Value::Object(mut body)) if body.contains_key("HEADER") => {
            let last = body.remove("HEADER").unwrap();
            [("x-gitlab-last-commit-id", last.as_str().unwrap().to_owned())].into_response()
        }
        Ok(Value::Object(mut body)) if body.contains_key("TEXT") => {
            let text = body.remove("TEXT").unwrap().as_str().unwrap().to_owned();
            ([(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
        Ok(body) => Json(body).into_response(),
        Err((status, message)) => (status, Json(json!({ "message": message }))).into_response(),
    }
}

/// Whether a write is the one that changes the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Last,
    Other,
}

const MISSING: Refusal = (StatusCode::NOT_FOUND, "Not Found");

impl Host {
    fn answer(&self, method: &Method, path: &str, query: &[(String, String)], body: &Bytes) -> (Kind, Answer) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8().unwrap().into_owned())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let ends = ["contents", "refs", "commits"];
        let last = matches!(*method, Method::PATCH) || matches!(parts.last(), Some(end) if ends.contains(end));
        let last = last && !(self.kind == GitApiKind::GitHub && parts.last() == Some(&"commits"));
        let answer = match self.kind {
            GitApiKind::GitHub => match parts.as_slice() {
                ["api", "v3", "repos", "team", "jobs", rest @ ..] => self.github(method, rest, &asked, &body),
                _ => Err(MISSING),
            },
            GitApiKind::Gitea => match parts.as_slice() {
                ["api", "v1", "repos", "team", "jobs", rest @ ..] => self.gitea(method, rest, &asked, &body),
                _ => Err(MISSING),
            },
            GitApiKind::GitLab => match parts.as_slice() {
                ["api", "v4", "projects", "team/jobs", rest @ ..] => self.gitlab(method, rest, &asked, &body),
                _ => Err(MISSING),
            },
        };
        (if last { Kind::Last } else { Kind::Other }, answer)
    }

    fn github<'a>(
        &self,
        method: &Method,
        rest: &[&str],
        asked: &dyn Fn(&str) -> Option<&'a str>,
        body: &Value,
    ) -> Answer {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match (method.as_str(), rest) {
            ("GET", []) => Ok(json!({ "full_name": "team/jobs" })),
            _ if self.is_empty() => Err((StatusCode::CONFLICT, "Git Repository is empty.")),
            ("GET", ["git", "ref", "heads", branch @ ..]) => {
                Ok(json!({ "object": { "type": "commit", "sha": self.head(&branch.join("/"))? } }))
            }
            ("GET", ["git", "trees", tree]) => {
                Ok(json!({ "tree": self.rows(tree, "path", "sha")?, "truncated": false }))
            }
            ("GET", ["git", "blobs", blob]) => self.blob(blob),
            ("GET", ["git", "commits", commit]) => {
                Ok(json!({ "tree": { "sha": self.git(&["rev-parse", &format!("{commit}^{{tree}}")], b"")? } }))
            }
            ("POST", ["git", "blobs"]) => {
                let content = STANDARD.decode(text(&body["content"])).unwrap();
                Ok(json!({ "sha": self.git(&["hash-object", "-w", "--stdin"], &content)? }))
            }
            ("POST", ["git", "trees"]) => {
                let entries = body["tree"].as_array().unwrap();
                let entry = |entry: &Value| (text(&entry["path"]), entry["sha"].as_str().map(str::to_owned));
                let tree = self.tree(&text(&body["base_tree"]), entries.iter().map(entry))?;
                Ok(json!({ "sha": tree }))
            }
            ("POST", ["git", "commits"]) => {
                let args = ["commit-tree", &text(&body["tree"]), "-p", &text(&body["parents"][0]), "-F", "-"];
                Ok(json!({ "sha": self.git_as(&body["author"], &args, text(&body["message"]).as_bytes())? }))
            }
            ("POST", ["git", "refs"]) => {
                self.others();
                let name = text(&body["ref"]);
                let exists = (StatusCode::UNPROCESSABLE_ENTITY, "Reference already exists");
                let branch = name.strip_prefix("refs/heads/").unwrap();
                self.set(branch, &text(&body["sha"]), "").map_err(|_| exists)?;
                Ok(json!({ "ref": name, "object": { "sha": body["sha"] } }))
            }
            ("GET", ["pulls"]) => {
                let head = asked("head").unwrap();
                let branch = head.strip_prefix("team:").unwrap();
                Ok(self.listed(|one| one.branch == branch && Some(one.into.as_str()) == asked("base")))
            }
            ("POST", ["pulls"]) => {
                let refusal = (StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed");
                self.requested(["title", "body", "head", "base"].map(|name| text(&body[name])), refusal)
            }
            ("PATCH", ["git", "refs", "heads", branch @ ..]) => {
                assert_eq!(body["force"], false);
                self.others();
                let (branch, new) = (branch.join("/"), text(&body["sha"]));
                if *self.fault.lock().unwrap() == Fault::Protected {
                    return Err((StatusCode::UNPROCESSABLE_ENTITY, "Changes must be made through a pull request."));
                }
                let head = self.head(&branch)?;
                let is_ahead = self.git(&["merge-base", "--is-ancestor", &head, &new], b"").is_ok();
                if !is_ahead {
                    return Err((StatusCode::UNPROCESSABLE_ENTITY, "Update is not a fast forward"));
                }
                self.set(&branch, &new, &head)?;
                Ok(json!({ "object": { "sha": new } }))
            }
            _ => Err(MISSING),
        }
    }

    fn gitea<'a>(
        &self,
        method: &Method,
        rest: &[&str],
        asked: &dyn Fn(&str) -> Option<&'a str>,
        body: &Value,
    ) -> Answer {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match (method.as_str(), rest) {
            ("GET", []) => Ok(json!({ "full_name": "team/jobs", "empty": self.is_empty() })),
            ("GET", ["branches", branch @ ..]) => Ok(json!({ "commit": { "id": self.head(&branch.join("/"))? } })),
            ("GET", ["git", "trees", tree]) => {
                Ok(json!({ "tree": self.rows(tree, "path", "sha")?, "truncated": false }))
            }
            ("GET", ["git", "blobs", blob]) => self.blob(blob),
            ("POST", ["contents"]) if *self.fault.lock().unwrap() == Fault::NoSuchCall => Err(MISSING),
            ("GET", ["pulls"]) => {
                assert_eq!(asked("state"), Some("open"));
                Ok(self.listed(|_| true))
            }
            ("POST", ["pulls"]) => {
                let refusal = (StatusCode::CONFLICT, "pull request already exists for these targets");
                self.requested(["title", "body", "head", "base"].map(|name| text(&body[name])), refusal)
            }
            ("POST", ["contents"]) => {
                self.others();
                let branch = text(&body["branch"]);
                let head = if self.is_empty() { String::new() } else { self.head(&branch)? };
                let own = body["new_branch"].as_str().filter(|own| *own != branch);
                if own.is_none() && *self.fault.lock().unwrap() == Fault::Protected {
                    return Err((StatusCode::FORBIDDEN, "user cannot commit to repo"));
                }
                if own.is_some_and(|own| self.head(own).is_ok()) {
                    return Err((StatusCode::UNPROCESSABLE_ENTITY, "branch already exists [name: x]"));
                }
                let mut changes = Vec::new();
                for file in body["files"].as_array().unwrap() {
                    let path = text(&file["path"]);
                    let there = self.git(&["rev-parse", "--verify", &format!("{head}:{path}")], b"").ok();
                    match (text(&file["operation"]).as_str(), there) {
                        ("create", None) => {}
                        ("create", Some(_)) => {
                            return Err((StatusCode::UNPROCESSABLE_ENTITY, "repository file already exists"));
                        }
                        (_, None) => return Err((StatusCode::NOT_FOUND, "repository file does not exist")),
                        (_, Some(there)) if file["sha"] != there => {
                            return Err((StatusCode::UNPROCESSABLE_ENTITY, "sha does not match"));
                        }
                        _ => {}
                    }
                    changes.push((path, self.stored(file)?));
                }
                let new = self.committed(&head, changes, &body["author"], &text(&body["message"]))?;
                match own {
                    Some(own) => self.set(own, &new, "")?,
                    None => self.set(&branch, &new, &head)?,
                };
                Ok(json!({ "commit": { "sha": new }, "files": [] }))
            }
            _ => Err(MISSING),
        }
    }

    fn gitlab<'a>(
        &self,
        method: &Method,
        rest: &[&str],
        asked: &dyn Fn(&str) -> Option<&'a str>,
        body: &Value,
    ) -> Answer {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let last = |head: &str, path: &str| self.git(&["rev-list", "-1", head, "--", path], b"");
        match (method.as_str(), rest) {
            ("GET", []) => Ok(json!({ "path_with_namespace": "team/jobs", "empty_repo": self.is_empty() })),
            ("GET", ["repository", "branches", branch]) => Ok(json!({ "commit": { "id": self.head(branch)? } })),
            ("GET", ["repository", "tree"]) => {
                let (head, path) = (asked("ref").unwrap(), asked("path").unwrap_or_default());
                self.rows(&format!("{head}:{path}"), "name", "id").map(Value::Array)
            }
            ("GET", ["repository", "blobs", blob]) => self.blob(blob),
            ("HEAD", ["repository", "files", path]) => Ok(json!({ "HEADER": last(asked("ref").unwrap(), path)? })),
            ("GET", ["merge_requests"]) => {
                let is_it = |one: &MergeRequest| {
                    Some(one.branch.as_str()) == asked("source_branch")
                        && Some(one.into.as_str()) == asked("target_branch")
                };
                assert_eq!(asked("state"), Some("opened"));
                Ok(self.listed(is_it))
            }
            ("POST", ["merge_requests"]) => {
                let fields = ["title", "description", "source_branch", "target_branch"].map(|name| text(&body[name]));
                let refusal = "Another open merge request already exists for this source branch: !1";
                self.requested(fields, (StatusCode::CONFLICT, refusal))
            }
            ("POST", ["repository", "commits"]) => {
                self.others();
                let branch = text(&body["branch"]);
                if branch == "main" && *self.fault.lock().unwrap() == Fault::Protected {
                    return Err((StatusCode::FORBIDDEN, "You are not allowed to push into this branch"));
                }
                let start = body["start_sha"].as_str();
                if start.is_some() && self.head(&branch).is_ok() {
                    let message = "A branch called 'x' already exists. Switch to that branch in order to make changes";
                    return Err((StatusCode::BAD_REQUEST, message));
                }
                let head = match start {
                    Some(start) => start.to_owned(),
                    None if self.is_empty() => String::new(),
                    None => self.head(&branch)?,
                };
                let mut changes = Vec::new();
                for action in body["actions"].as_array().unwrap() {
                    let path = text(&action["file_path"]);
                    let is_there = self.git(&["rev-parse", "--verify", &format!("{head}:{path}")], b"").is_ok();
                    match (text(&action["action"]).as_str(), is_there) {
                        ("create", true) => {
                            return Err((StatusCode::BAD_REQUEST, "A file with this name already exists"));
                        }
                        ("update" | "delete", false) => {
                            return Err((StatusCode::BAD_REQUEST, "A file with this name doesn't exist"));
                        }
                        ("update" | "delete", true) if action["last_commit_id"] != last(&head, &path)? => {
                            let message =
                                "You are attempting to update a file that has changed since you started editing it.";
                            return Err((StatusCode::BAD_REQUEST, message));
                        }
                        _ => changes.push((path, self.stored(action)?)),
                    }
                }
                let author = json!({ "name": body["author_name"], "email": body["author_email"] });
                let new = self.committed(&head, changes, &author, &text(&body["commit_message"]))?;
                self.set(&branch, &new, if start.is_some() { "" } else { &head })?;
                Ok(json!({ "id": new }))
            }
            _ => Err(MISSING),
        }
    }

    /// Open merge requests, as the host lists them, the newest first.
    fn listed(&self, is_it: impl Fn(&MergeRequest) -> bool) -> Value {
        let requests = self.requests.lock().unwrap();
        requests.iter().rev().filter(|one| one.is_open && is_it(one)).map(|one| self.request(one)).collect()
    }

    fn request(&self, one: &MergeRequest) -> Value {
        match self.kind {
            GitApiKind::GitLab => json!({
                "iid": one.number, "source_branch": one.branch, "target_branch": one.into,
                "source_project_id": 5, "target_project_id": 5,
            }),
            GitApiKind::GitHub | GitApiKind::Gitea => json!({
                "number": one.number,
                "head": { "ref": one.branch, "repo_id": 5 },
                "base": { "ref": one.into, "repo_id": 5 },
            }),
        }
    }

    /// Opens a merge request, of which there is one for a branch. `exists` is how the host says that.
    fn requested(&self, [title, description, branch, into]: [String; 4], exists: Refusal) -> Answer {
        if *self.fault.lock().unwrap() == Fault::NoRequests {
            return Err((StatusCode::FORBIDDEN, "Resource not accessible by personal access token"));
        }
        assert!(!title.is_empty());
        self.head(&branch)?;
        self.head(&into)?;
        let mut requests = self.requests.lock().unwrap();
        if requests.iter().any(|one| one.is_open && one.branch == branch && one.into == into) {
            return Err(exists);
        }
        let number = requests.len() as u64 + 1;
        let request = MergeRequest { number, title, description, branch, into, is_open: true };
        let shown = self.request(&request);
        requests.push(request);
        Ok(shown)
    }

    /// Somebody else is faster, once.
    fn others(&self) {
        let mut fault = self.fault.lock().unwrap();
        if *fault == Fault::Faster {
            *fault = Fault::None;
            let head = self.head("main").unwrap();
            let blob = self.git(&["hash-object", "-w", "--stdin"], b"faster\n").unwrap();
            let changes = vec![("other/file".to_owned(), Some(blob))];
            let new = self.committed(&head, changes, &json!({ "name": "bob", "email": "bob@x" }), "Faster").unwrap();
            self.set("main", &new, &head).unwrap();
        }
    }

    fn is_empty(&self) -> bool {
        self.git(&["for-each-ref"], b"").unwrap().is_empty()
    }

    fn head(&self, branch: &str) -> Result<String, Refusal> {
        self.git(&["rev-parse", "--verify", &format!("refs/heads/{branch}")], b"")
    }

    fn set(&self, branch: &str, new: &str, old: &str) -> Result<String, Refusal> {
        let moved = match self.kind {
            GitApiKind::GitHub => (StatusCode::UNPROCESSABLE_ENTITY, "Update is not a fast forward"),
            GitApiKind::Gitea => (StatusCode::CONFLICT, "PushOutOfDate Error"),
            GitApiKind::GitLab => {
                (StatusCode::BAD_REQUEST, "Could not update refs/heads/main. Please refresh and try again.")
            }
        };
        self.git(&["update-ref", &format!("refs/heads/{branch}"), new, old], b"").map_err(|_| moved)
    }

    fn blob(&self, blob: &str) -> Answer {
        let done = self.command(&["cat-file", "blob", blob]).output().unwrap();
        if !done.status.success() {
            return Err(MISSING);
        }
        // GitHub breaks the lines.
        let mut content = STANDARD.encode(&done.stdout);
        if content.len() > 60 {
            content.insert(60, '\n');
        }
        let bytes = done.stdout.len();
        if self.kind == GitApiKind::Gitea {
            return Ok(json!({ "content": content, "encoding": "base64", "sha": blob, "size": bytes }));
        }
        // The others have the size before the content.
        let content = json!(content);
        let text = format!(r#"{{"size":{bytes},"encoding":"base64","content":{content},"sha":"{blob}"}}"#);
        Ok(json!({ "TEXT": text }))
    }

    fn rows(&self, tree: &str, name: &str, id: &str) -> Result<Vec<Value>, Refusal> {
        let list = self.git(&["ls-tree", "--long", tree], b"")?;
        let row = |line: &str| {
            let (head, path) = line.split_once('\t').unwrap();
            let words: Vec<_> = head.split_whitespace().collect();
            let mut row = json!({ "mode": words[0], "type": words[1], id: words[2], name: path });
            // GitLab's listing has no sizes.
            if let (Ok(bytes), "sha") = (words[3].parse::<u64>(), id) {
                row["size"] = json!(bytes);
            }
            row
        };
        Ok(list.lines().map(row).collect())
    }

    /// The id of a file's content that is sent; none if it is removed.
    fn stored(&self, file: &Value) -> Result<Option<String>, Refusal> {
        let Some(content) = file["content"].as_str() else { return Ok(None) };
        self.git(&["hash-object", "-w", "--stdin"], &STANDARD.decode(content).unwrap()).map(Some)
    }

    fn committed(
        &self,
        head: &str,
        changes: Vec<(String, Option<String>)>,
        author: &Value,
        message: &str,
    ) -> Result<String, Refusal> {
        let tree = self.tree(head, changes.into_iter())?;
        let parent: &[&str] = if head.is_empty() { &[] } else { &["-p", head] };
        let args = [&["commit-tree", tree.as_str()], parent, &["-F", "-"]].concat();
        self.git_as(author, &args, message.as_bytes())
    }

    fn tree(&self, base: &str, changes: impl Iterator<Item = (String, Option<String>)>) -> Result<String, Refusal> {
        let index = tempfile::tempdir_in(&self.home).unwrap();
        let run = |args: &[&str], input: &[u8]| {
            let mut command = self.command(args);
            command.env("GIT_INDEX_FILE", index.path().join("index"));
            run(command, input)
        };
        run(&["read-tree", if base.is_empty() { "--empty" } else { base }], b"")?;
        let line = |(path, id): (String, Option<String>)| match id {
            Some(id) => format!("100644 {id}\t{path}\n"),
            None => format!("0 {}\t{path}\n", "0".repeat(40)),
        };
        run(&["update-index", "--index-info"], changes.map(line).collect::<String>().as_bytes())?;
        run(&["write-tree"], b"")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        clean(&mut command, &self.home);
        command.current_dir(&self.bare).args(args);
        command
    }

    fn git(&self, args: &[&str], input: &[u8]) -> Result<String, Refusal> {
        run(self.command(args), input)
    }

    fn git_as(&self, author: &Value, args: &[&str], input: &[u8]) -> Result<String, Refusal> {
        let mut command = self.command(args);
        command.env("GIT_AUTHOR_NAME", author["name"].as_str().unwrap());
        command.env("GIT_AUTHOR_EMAIL", author["email"].as_str().unwrap());
        run(command, input)
    }
}

fn run(mut command: Command, input: &[u8]) -> Result<String, Refusal> {
    use std::io::Write;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let done = child.wait_with_output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap().trim_end().to_owned();
    if done.status.success() { Ok(text) } else { Err(MISSING) }
}
