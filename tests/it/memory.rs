//! No answer of any upstream makes the sidecar grow by more than 64 MiB: measured on the real process.

use std::io::Write;

use crate::support::{APP, OPERATIONS, Reply, Sidecar, Site, User, site::driver_base};

/// KiB.
const MOST: u64 = 64 << 10;
const MEBIBYTE: usize = 1 << 20;

/// A site with default limits but long deadlines, because a debug build of the sidecar is slow.
fn args(site: &Site, left_out: &[&str]) -> Vec<String> {
    let args = site.args(None);
    let pairs = args.chunks(2).filter(|pair| {
        let limit = pair[0].ends_with("-ms") || pair[0].ends_with("-bytes");
        !limit && !left_out.iter().any(|name| pair[0] == format!("--{name}"))
    });
    let time = ["--spark-monitor-call-timeout-ms", "120000", "--spark-monitor-request-timeout-ms", "240000"];
    pairs.flatten().cloned().chain(time.map(str::to_owned)).collect()
}

/// One upstream's answer, and what is needed for it to be requested.
struct Question {
    upstream: &'static str,
    path: String,
    routes: &'static [&'static str],
    prepare: fn(&Site, &User),
    left_out: &'static [&'static str],
}

impl Question {
    fn of(upstream: &'static str, path: &str, routes: &'static [&'static str]) -> Self {
        Self { upstream, path: path.to_owned(), routes, prepare: |_, _| {}, left_out: &[] }
    }

    fn of_driver(list: &str, routes: &'static [&'static str]) -> Self {
        Self::of("driver", &format!("{}/{list}", driver_base(&User::new("ann"))), routes)
    }

    /// How much a new sidecar may grow while it answers, KiB.
    async fn growth(&self, reply: Reply) -> u64 {
        let (site, user, other) = (Site::start().await, User::new("ann"), User::new("bob"));
        site.heal(&user);
        site.heal(&other);
        (self.prepare)(&site, &user);
        site.set(self.upstream, &user, &self.path, reply);
        let sidecar = Sidecar::start(&args(&site, self.left_out)).await;
        // What it needs for any answer.
        for route in self.routes {
            sidecar.get(other.cookie(), route).await;
        }
        let before = sidecar.of_status("VmRSS");
        sidecar.forget_peak();
        for route in self.routes {
            let answer = sidecar.get(user.cookie(), route).await;
            assert!(answer.status != 500, "{} {route}: {}{}", self.path, answer.head, answer.body);
            println!("{} of {route} after {:?}", answer.status, answer.took);
        }
        sidecar.of_status("VmHWM") - before
    }

    async fn costs_little(&self, what: &str, body: Vec<u8>) {
        let growth = self.growth(Reply::Http(200, "application/json", String::new(), body)).await;
        println!("{} KiB: {what} of {}", growth, self.path);
        assert!(growth <= MOST, "{growth} KiB: {what} of {}", self.path);
    }

    async fn costs_little_packed(&self, what: &str, body: &[u8]) {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).unwrap();
        let head = "content-encoding: gzip\r\n".to_owned();
        let growth = self.growth(Reply::Http(200, "application/json", head, encoder.finish().unwrap())).await;
        println!("{} KiB: {what} of {}, packed", growth, self.path);
        assert!(growth <= MOST, "{growth} KiB: {what} of {}, packed", self.path);
    }
}

fn list(begin: &str, element: &str, bytes: usize, end: &str) -> Vec<u8> {
    let elements = [element, ","].concat().repeat(bytes / (element.len() + 1));
    [begin, &elements, element, end].concat().into_bytes()
}

/// The largest body that a pass-through route reads.
const WHOLE: usize = 32 * MEBIBYTE - 1000;

/// Names of the fields, each filled in a separate row with a string of this many bytes.
fn giants(fields: &[&str], bytes: usize) -> Vec<u8> {
    let text = "x".repeat(bytes);
    let rows: Vec<_> = fields.iter().map(|field| format!(r#"{{"{field}": "{text}"}}"#)).collect();
    format!("[{}]", rows.join(",")).into_bytes()
}

/// Rows with a string of 16 KiB in each field, distinguished by `key`, in which a number replaces `N`.
fn many_strings(key: &str, fields: &[&str], bytes: usize) -> Vec<u8> {
    let text = "x".repeat(16_000);
    let others = fields.iter().filter(|field| !key.contains(*field));
    let strings: String = others.map(|field| format!(r#", "{field}": "{text}""#)).collect();
    let number = bytes / (strings.len() + 30);
    let rows: Vec<_> = (0..number).map(|row| format!("{{{}{strings}}}", key.replace('N', &row.to_string()))).collect();
    format!("[{}]", rows.join(",")).into_bytes()
}

/// The limit for any list, whatever it contains; `fields` are those that are kept.
async fn any_list(question: &Question, passed_through: bool, key: &str, fields: &[&str], lists: &[&str]) {
    let much = if passed_through { WHOLE } else { 48 * MEBIBYTE };
    // Of all other lists only the newest rows are kept.
    let kept = question.path.ends_with("executors");
    let rows = list("[", "{}", if kept || passed_through { WHOLE } else { 12 * MEBIBYTE }, "]");
    if kept {
        question.costs_little_packed("many empty rows", &rows).await;
    }
    question.costs_little("many empty rows", rows).await;
    question.costs_little("rows of a number", list("[", r#"{"stageId":1,"id":"1"}"#, WHOLE, "]")).await;
    for field in fields {
        question.costs_little(&format!("a giant {field}"), giants(&[field], much - 100)).await;
    }
    let escaped = format!(r#"[{{"{}": "{}"}}]"#, fields[0], r"\n".repeat(WHOLE / 2 - 100)).into_bytes();
    question.costs_little("a giant string of escapes", escaped).await;
    question.costs_little_packed("a giant string", &giants(&fields[..1], much - 100)).await;
    question.costs_little("many long strings", many_strings(key, fields, much - 100_000)).await;
    question.costs_little("deep nesting", b"[".repeat(WHOLE)).await;
    question.costs_little("deep nesting in a row", [&br#"[{"x":"#[..], &b"[".repeat(WHOLE)].concat()).await;
    question.costs_little("many keys", list("[{", r#""key":0"#, WHOLE, "}]")).await;
    question.costs_little("a giant key", format!(r#"[{{"{}": 0}}]"#, r"\t".repeat(WHOLE / 2 - 100)).into_bytes()).await;
    for field in lists {
        for element in ["0", r#""""#] {
            let begin = format!(r#"[{{"{field}":["#);
            question.costs_little(&format!("many {element} in {field}"), list(&begin, element, WHOLE, "]}]")).await;
            let elements = format!("{element},").repeat(5_000);
            let row = format!(r#"{{{},"{field}":[{elements}{element}]}}"#, key.replace('N', "1"));
            question.costs_little(&format!("rows of {element} in {field}"), list("[", &row, WHOLE, "]")).await;
        }
    }
}

#[tokio::test]
async fn executors_cost_little() {
    let fields = ["id", "hostPort", "removeReason"];
    any_list(&Question::of_driver("allexecutors", &["panel/executors"]), false, r#""id":"N""#, &fields, &[]).await;
}

#[tokio::test]
async fn executors_that_are_passed_through_cost_little() {
    any_list(&Question::of_driver("executors", &["app/executors"]), true, r#""id":"N""#, &["id", "hostPort"], &[])
        .await;
}

#[tokio::test]
async fn stages_cost_little() {
    let fields = ["details", "name", "failureReason", "status"];
    any_list(&Question::of_driver("stages", &["panel/stages"]), false, r#""stageId":N"#, &fields, &["rddIds"]).await;
}

#[tokio::test]
async fn requests_of_stages_cost_little() {
    let question = Question::of_driver("stages", &["panel/stages", "panel/queries"]);
    for (what, details) in [
        ("sql", format!(r#"plan {{ root {{ sql {{ query: \"{}\" }} }} }}"#, "x".repeat(15_000))),
        ("fields", "a: 1 ".repeat(3_000)),
        ("messages", "a {".repeat(5_000)),
    ] {
        let row = |id: usize| {
            format!(
                r#"{{"stageId": {id}, "status": "ACTIVE", "name": "Spark Connect - session_id", "details": "n: {id} {details}"}}"#
            )
        };
        let rows: Vec<_> = (0..3_000).map(row).collect();
        question.costs_little(what, format!("[{}]", rows.join(",")).into_bytes()).await;
    }
}

#[tokio::test]
async fn stages_that_are_passed_through_cost_little() {
    any_list(&Question::of_driver("stages", &["app/stages"]), true, r#""stageId":N"#, &["details"], &["rddIds"]).await;
}

#[tokio::test]
async fn active_stages_cost_little() {
    any_list(&Question::of_driver("stages?status=active", &["panel/chip"]), false, r#""stageId":N"#, &["details"], &[])
        .await;
}

#[tokio::test]
async fn jobs_cost_little() {
    let (fields, lists) = (["name", "description", "status"], ["jobTags", "stageIds"]);
    any_list(&Question::of_driver("jobs", &["panel/queries"]), false, r#""jobId":N"#, &fields, &lists).await;
}

#[tokio::test]
async fn operations_cost_little() {
    let fields = ["statement", "detail", "operationId", "sessionId", "userId", "state"];
    let lists = ["jobIds", "sparkSessionTags"];
    any_list(&Question::of_driver(OPERATIONS, &["panel/queries"]), false, r#""startTimestamp":N"#, &fields, &lists)
        .await;
}

const SQL: &str = "sql?details=false&planDescription=false&offset=0&length=1000";

fn without_operations(site: &Site, user: &User) {
    site.break_list(OPERATIONS, user, &Reply::status(404));
}

#[tokio::test]
async fn sql_executions_cost_little() {
    let question = Question { prepare: without_operations, ..Question::of_driver(SQL, &["panel/queries"]) };
    any_list(&question, false, r#""id":N"#, &["description", "errorMessage", "status"], &["runningJobIds"]).await;
}

/// A stage whose details are fetched, and a plan.
fn one_at_work(site: &Site, user: &User) {
    without_operations(site, user);
    site.break_list(SQL, user, &Reply::json(r#"[{"id": 7, "status": "RUNNING"}]"#));
    let stages = r#"[{"stageId": 1, "attemptId": 0, "status": "ACTIVE", "numTasks": 100, "numActiveTasks": 4,
        "numCompleteTasks": 50, "executorRunTime": 1000000, "executorCpuTime": 1}]"#;
    site.break_list("stages", user, &Reply::json(stages));
    let jobs = r#"[{"jobId": 1, "status": "RUNNING", "stageIds": [1], "jobTags": ["s-execution-root-id-7"]}]"#;
    site.break_list("jobs", user, &Reply::json(jobs));
    site.break_list("stages/1/0/taskSummary?quantiles=0.5,0.75", user, &Reply::json("{}"));
    site.break_list("stages/1/0/taskList?status=running&offset=0&length=5", user, &Reply::json("[]"));
}

#[tokio::test]
async fn closer_looks_cost_little() {
    let of = |path| Question { prepare: one_at_work, ..Question::of_driver(path, &["panel/queries"]) };
    let question = of("stages/1/0/taskList?status=running&offset=0&length=5");
    question.costs_little("many empty rows", list("[", "{}", 36_000_000, "]")).await;
    question.costs_little("a giant time", giants(&["launchTime"], 100 * MEBIBYTE)).await;
    let question = of("stages/1/0/taskSummary?quantiles=0.5,0.75");
    question.costs_little("many quantiles", list(r#"{"executorRunTime":["#, "0", 4 * MEBIBYTE, "]}")).await;
    question.costs_little("too many quantiles", list(r#"{"executorRunTime":["#, "0", WHOLE, "]}")).await;
    let question = of("sql/7?details=true&planDescription=false");
    for bytes in [4 * MEBIBYTE - 1000, WHOLE] {
        question.costs_little("many nodes", list(r#"{"nodes":["#, "{}", bytes, "]}")).await;
        question.costs_little("many metrics", list(r#"{"nodes":[{"metrics":["#, "{}", bytes, "]}]}")).await;
        let node = format!(r#"{{"metrics":[{}{{}}]}}"#, "{},".repeat(99));
        question.costs_little("nodes of metrics", list(r#"{"nodes":["#, &node, bytes, "]}")).await;
    }
    question
        .costs_little("a giant name", format!(r#"{{"nodes":[{{"nodeName": "{}"}}]}}"#, "x".repeat(WHOLE)).into_bytes())
        .await;
}

#[tokio::test]
async fn what_the_driver_says_of_its_applications_costs_little() {
    let question = Question::of("driver", &driver_base(&User::new("ann")), &["panel/executors"]);
    for bytes in [4 * MEBIBYTE - 1000, WHOLE] {
        let begin = format!(r#"{{"id": "{APP}", "attempts": ["#);
        question.costs_little("many attempts", list(&begin, "{}", bytes, "]}")).await;
        question
            .costs_little(
                "a giant name",
                format!(r#"{{"id": "{APP}", "name": "{}"}}"#, "x".repeat(bytes - 100)).into_bytes(),
            )
            .await;
        question.costs_little("deep nesting", b"[".repeat(bytes)).await;
    }
    let left_out = &["spark-master-ui-url", "spark-cluster-manager-api-url"];
    let question = Question { left_out, ..Question::of("driver", "/ann/api/v1/applications", &["panel/apps"]) };
    for bytes in [4 * MEBIBYTE - 1000, WHOLE] {
        question.costs_little("many applications", list("[", r#"{"id":"app-1"}"#, bytes, "]")).await;
        question.costs_little("a giant name", giants(&["id", "name"], bytes / 2 - 100)).await;
    }
}

#[tokio::test]
async fn the_masters_state_costs_little() {
    let question = Question::of("master", "/ann/json/", &["cluster", "panel/cluster", "panel/apps"]);
    let with = |field: &str, value: &str| {
        let others: String = ["workers", "activeapps"]
            .into_iter()
            .filter(|other| *other != field)
            .map(|other| format!(r#""{other}":[],"#))
            .collect();
        format!(r#"{{{others}"{field}":{value}"#)
    };
    for field in ["workers", "activeapps", "completedapps"] {
        let rows = list(&with(field, "["), "{}", WHOLE - 1000, "]}");
        if field == "workers" {
            question.costs_little_packed("many workers", &rows).await;
        }
        question.costs_little(&format!("many {field}"), rows).await;
        let row = format!(r#"{{"id":"{0}","host":"{0}","name":"{0}","state":"{0}"}}"#, "x".repeat(16_000));
        question
            .costs_little(&format!("many strings in {field}"), list(&with(field, "["), &row, WHOLE - 100_000, "]}"))
            .await;
    }
    {
        let row = r#"{"id":"app-1","state":"RUNNING"}"#;
        let third = WHOLE / 3 - 1000;
        let body = [
            list(r#"{"workers":["#, row, third, "],"),
            list(r#""activeapps":["#, row, third, "],"),
            list(r#""completedapps":["#, row, third, "]}"),
        ];
        question.costs_little("three long lists", body.concat()).await;
    }
    let text = format!(r#"[{{"id": "{}"}}]}}"#, r"\n".repeat(WHOLE / 2 - 1000));
    question.costs_little("a giant id", with("workers", &text).into_bytes()).await;
    for field in ["url", "unknown"] {
        let text = format!(r#""{}"}}"#, r"\n".repeat(WHOLE / 2 - 1000));
        question.costs_little(&format!("a giant {field}"), with(field, &text).into_bytes()).await;
    }
    question.costs_little("a giant key", with(&r"\t".repeat(WHOLE / 2 - 1000), "0}").into_bytes()).await;
    question.costs_little("deep nesting", with("unknown", &"[".repeat(WHOLE - 1000)).into_bytes()).await;
    question.costs_little("many keys", list(&with("unknown", "0,"), r#""key":0"#, WHOLE - 1000, "}")).await;
}

#[tokio::test]
async fn the_masters_page_costs_little() {
    let left_out = &["spark-app-ui-url"];
    let path = format!("/ann/app/?appId={APP}");
    let question = Question { left_out, ..Question::of("master", &path, &["panel/executors"]) };
    for bytes in [4 * MEBIBYTE - 1000, WHOLE] {
        question.costs_little("no text", vec![0xff; bytes]).await;
        let link = format!(r#"<a href="http://127.0.0.1:9/{}">Application Detail UI</a>"#, "ä".repeat(bytes / 2 - 100));
        question.costs_little("a long link", link.into_bytes()).await;
    }
}

#[tokio::test]
async fn the_managers_and_the_login_services_answers_cost_little() {
    let question = Question::of("manager", "/clusters", &["status", "panel/chip"]);
    let with = |error: &str| format!(r#"{{"master": {{}}, "workers": {{}}, "error": {error}"#);
    for element in ["[]", "0"] {
        question.costs_little(&format!("an error of {element}"), list(&with("["), element, WHOLE - 1000, "]}")).await;
    }
    question.costs_little("an error of keys", list(&with("{"), r#""key":0"#, WHOLE - 1000, "}}")).await;
    question.costs_little("deep nesting", with(&"[".repeat(WHOLE - 1000)).into_bytes()).await;
    let text = format!(r#""{}"}}"#, r"\n".repeat(WHOLE / 2 - 1000));
    question.costs_little("a giant error", with(&text).into_bytes()).await;
    let question = Question::of("auth2", "/api/V2/me", &["panel/cluster"]);
    for bytes in [256 * 1024 - 1000, WHOLE] {
        question.costs_little("a giant name", format!(r#"{{"user": "{}"}}"#, "x".repeat(bytes)).into_bytes()).await;
        question.costs_little("many roles", list(r#"{"user": "ann", "roles": ["#, "{}", bytes, "]}")).await;
    }
}
