//! The tools, and which routes answer them. Each only reads.

use std::{fmt::Display, iter, time::Duration};

use axum::http::{Method, StatusCode, request::Parts};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use url::form_urlencoded::Serializer;

use crate::words::errors;

/// How long a call waits for a check; then it says how to ask again. Clients give up after a minute.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long one request waits for its end, milliseconds.
const WAIT_MS: &str = "5000";
/// The longest program, bytes.
const MOST_CODE: usize = check::MAX_BYTES;

/// A request to a route of the sidecar.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub method: Method,
    pub path_and_query: String,
    pub body: Option<Value>,
}

/// Answers requests: the sidecar itself, or the one that runs beside Jupyter.
pub(crate) trait Sidecar: Clone + Send + Sync + 'static {
    /// Asks on behalf of whoever sent a request, if it came by HTTP.
    fn ask(&self, of: Option<&Parts>, asked: Asked) -> impl Future<Output = Result<Value, Failure>> + Send;
}

/// Why a tool has no answer, in a sentence and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub error: String,
    pub hint: String,
}

impl Failure {
    pub fn new(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { error: error.into(), hint: hint.into() }
    }

    /// A request that was not answered.
    pub fn of_request(error: &impl Display) -> Self {
        Self::new(format!("The monitor did not answer: {error}."), "Try again.")
    }

    /// Whether the area is switched off, so that its routes do not exist.
    fn is_no_route(&self) -> bool {
        self.error == errors::not_found().error.to_string()
    }

    /// The answer of a route.
    pub fn or_value(status: StatusCode, body: &[u8]) -> Result<Value, Self> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|_| Self::new(format!("The monitor answered {status} and no JSON."), "Look at its log."))?;
        if status.is_success() {
            return Ok(value);
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(Self { error: text("error"), hint: text("hint") })
    }
}

/// What a tool is.
pub(super) struct Kind {
    pub name: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// The properties of its arguments, and those that must be there.
    pub arguments: fn() -> Value,
    pub required: &'static [&'static str],
    pub is_read_only: bool,
}

/// All of them.
pub(super) const KINDS: [Kind; 10] = [
    Kind {
        name: "spark_overview",
        title: "Spark overview",
        description: "State of this person's Spark cluster now: whether it is up, its workers, and the applications on it with their app ids.",
        arguments: || json!({}),
        required: &[],
        is_read_only: true,
    },
    Kind {
        name: "spark_queries",
        title: "Spark queries",
        description: "Running and recent queries of one application, newest first: id, name, notebook cell, state, tasks, time, time left, what it waits for.",
        arguments: || json!({ "app": APP() }),
        required: &[],
        is_read_only: true,
    },
    Kind {
        name: "spark_query",
        title: "One Spark query",
        description: "One query with its stages: tasks, bytes read and shuffled, spill, failure text.",
        arguments: || json!({ "query_id": QUERY(), "app": APP() }),
        required: &["query_id"],
        is_read_only: true,
    },
    Kind {
        name: "spark_findings",
        title: "Why is Spark slow",
        description: "What makes queries slow, with its cause, the numbers that show it, and what to change: skew, spill, small files, waiting for cores and so on. Empty when all is well. Ask this before you guess.",
        arguments: || json!({ "query_id": { "type": "string", "description": "Only those of this query" }, "app": APP() }),
        required: &[],
        is_read_only: true,
    },
    Kind {
        name: "spark_explain",
        title: "Plan of a Spark query",
        description: "The plan that Spark executes for an observed query, operator by operator, with rows, bytes and time. Nothing is run.",
        arguments: || json!({ "query_id": QUERY(), "app": APP() }),
        required: &["query_id"],
        is_read_only: true,
    },
    Kind {
        name: "spark_catalog",
        title: "Spark catalogue",
        description: "Without arguments the catalogues; with a catalogue its databases; with a database too its tables; with a table its columns and types. Nothing is computed.",
        arguments: || {
            json!({
                "catalog": { "type": "string" }, "database": { "type": "string" }, "table": { "type": "string" },
            })
        },
        required: &[],
        is_read_only: true,
    },
    Kind {
        name: "spark_check",
        title: "Check Spark code",
        description: "Checks Python code for Spark before anybody runs it: syntax, rules, and, if the person allows it, Spark's EXPLAIN of its SQL and a rehearsal on the real schemas with zero rows. Nothing of it runs on the cluster. `spark` is the session. A verdict `passes` is no promise that the code does what it should. Give `code`, or `check_id` to ask again about a check that still runs.",
        arguments: || {
            json!({
                "code": { "type": "string", "description": "A whole program, or the cells of a notebook one after the other" },
                "check_id": { "type": "string" },
                "tables": { "type": "array", "items": { "type": "string" }, "description": "Tables that it must read, such as db.t; then it may read nothing else" },
                "paths": { "type": "array", "items": { "type": "string" }, "description": "Paths that it must read; then it may read nothing else" },
            })
        },
        required: &[],
        is_read_only: true,
    },
    Kind {
        name: "spark_preview",
        title: "Rows of a table",
        description: "Not available here: rows of data are not given to agents.",
        arguments: || json!({ "table": { "type": "string" }, "columns": { "type": "array", "items": { "type": "string" } }, "rows": { "type": "integer", "maximum": 100 } }),
        required: &["table"],
        is_read_only: true,
    },
    Kind {
        name: "spark_run",
        title: "Propose to run code",
        description: "Not available here: code is run by its person, in the notebook.",
        arguments: || json!({ "code": { "type": "string" } }),
        required: &["code"],
        is_read_only: false,
    },
    Kind {
        name: "spark_cancel",
        title: "Stop a query",
        description: "Not available here: queries are stopped by their person, in the panel.",
        arguments: || json!({ "query_id": QUERY() }),
        required: &["query_id"],
        is_read_only: false,
    },
];

const APP: fn() -> Value =
    || json!({ "type": "string", "description": "Application id; the newest active one when absent" });
const QUERY: fn() -> Value = || json!({ "type": "string", "description": "As spark_queries names it" });

/// One call of a tool.
pub(super) struct Call<'a, S> {
    pub sidecar: &'a S,
    pub of: Option<&'a Parts>,
    pub arguments: &'a Map<String, Value>,
}

/// No tool has this name.
pub(super) struct Unknown;

impl<S: Sidecar> Call<'_, S> {
    pub async fn tool(&self, name: &str) -> Result<Result<Value, Failure>, Unknown> {
        Ok(match name {
            "spark_overview" => self.overview().await,
            "spark_queries" => self.get(self.with_app("/panel/queries")).await,
            "spark_query" => self.of_query("").await,
            "spark_findings" => self.findings().await,
            "spark_explain" => self.of_query("/plan").await,
            "spark_catalog" => self.catalog().await,
            "spark_check" => self.check().await,
            "spark_preview" => Err(Failure::new(
                "Rows of data are not given to agents on this site.",
                "Ask the person to look at the table in the tab Spark SQL.",
            )),
            "spark_run" => Err(Failure::new(
                "Running code for agents is not available.",
                "Check it with spark_check, and give it to the person to run in a cell.",
            )),
            "spark_cancel" => Err(Failure::new(
                "Stopping queries is not available to agents.",
                "Ask the person to stop it in the panel.",
            )),
            _ => return Err(Unknown),
        })
    }

    async fn overview(&self) -> Result<Value, Failure> {
        let (chip, cluster, apps) = tokio::join!(
            self.get("/panel/chip".into()),
            self.get("/panel/cluster".into()),
            self.get("/panel/apps".into())
        );
        // Without a manager or a master one of them has nothing to say.
        let part = |part: Result<Value, Failure>| part.unwrap_or_else(|failure| json!({ "error": failure.error }));
        Ok(json!({ "state": chip?, "cluster": part(cluster), "applications": part(apps) }))
    }

    async fn of_query(&self, more: &str) -> Result<Value, Failure> {
        let id = utf8_percent_encode(self.needed("query_id")?, NON_ALPHANUMERIC);
        self.get(self.with_app(&format!("/panel/queries/{id}{more}"))).await
    }

    async fn findings(&self) -> Result<Value, Failure> {
        let mut found = self.get(self.with_app("/panel/findings")).await?;
        if let (Some(query), Some(Value::Array(findings))) = (self.text("query_id"), found.get_mut("findings")) {
            findings.retain(|finding| finding.get("query_id").and_then(Value::as_str) == Some(query));
        }
        Ok(found)
    }

    async fn catalog(&self) -> Result<Value, Failure> {
        let sql = self.get("/sql".into()).await.map_err(|failure| {
            let is_off = failure.is_no_route();
            let off = || Failure::new("No Spark Connect server is configured.", "Ask the person for names.");
            if is_off { off() } else { failure }
        })?;
        let open = sql.pointer("/sessions/0/session_id").and_then(Value::as_str).map(str::to_owned);
        let session = match open {
            Some(open) => open,
            // It is released when it has not been used for a while.
            None => {
                let new = self.send(Method::POST, "/sql/sessions", json!({})).await?;
                new.get("session_id").and_then(Value::as_str).unwrap_or_default().to_owned()
            }
        };
        let named = ["catalog", "database", "table"].into_iter().filter_map(|name| Some((name, self.text(name)?)));
        let pairs = iter::once(("session", session.as_str())).chain(named);
        let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.get(format!("/sql/catalog?{query}")).await
    }

    async fn check(&self) -> Result<Value, Failure> {
        let id = match self.text("check_id") {
            Some(id) => id.to_owned(),
            None => {
                let code = self.needed("code")?;
                if code.len() > MOST_CODE {
                    let error = format!("The code is larger than {} KiB.", MOST_CODE >> 10);
                    return Err(Failure::new(error, "Check a part of it."));
                }
                let list = |name: &str| self.arguments.get(name).cloned().unwrap_or_else(|| json!([]));
                let new = json!({ "cells": [code], "tables": list("tables"), "paths": list("paths"), "agent": true });
                let begun = self.send(Method::POST, "/assistant/check", new).await.map_err(check_is_off)?;
                begun.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
            }
        };
        let path = format!("/assistant/check/{}?wait_ms={WAIT_MS}", utf8_percent_encode(&id, NON_ALPHANUMERIC));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let check = self.get(path.clone()).await.map_err(check_is_off)?;
            let runs = check.get("state").and_then(Value::as_str) == Some("running");
            if !runs || Instant::now() >= deadline {
                return Ok(check);
            }
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| Failure::new(format!("{name} is missing."), format!("Give {name} as a text.")))
    }

    fn with_app(&self, path: &str) -> String {
        match self.text("app") {
            Some(app) => format!("{path}?{}", Serializer::new(String::new()).append_pair("app", app).finish()),
            None => path.to_owned(),
        }
    }

    async fn get(&self, path_and_query: String) -> Result<Value, Failure> {
        self.sidecar.ask(self.of, Asked { method: Method::GET, path_and_query, body: None }).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Result<Value, Failure> {
        self.sidecar.ask(self.of, Asked { method, path_and_query: path.to_owned(), body: Some(body) }).await
    }
}

/// The route exists only where checks are switched on.
fn check_is_off(failure: Failure) -> Failure {
    if failure.is_no_route() {
        let hint = "The administrator can set SPARK_MONITOR_ASSISTANT=check.";
        return Failure::new("Checks are switched off on this site.", hint);
    }
    failure
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Answers by path, and remembers what it was asked.
    #[derive(Clone, Default)]
    struct Scripted(Arc<Mutex<Vec<String>>>);

    impl Sidecar for Scripted {
        async fn ask(&self, _: Option<&Parts>, asked: Asked) -> Result<Value, Failure> {
            let line = format!("{} {}", asked.method, asked.path_and_query);
            self.0.lock().unwrap().push(line.clone());
            match line.as_str() {
                "GET /panel/findings" => Ok(json!({ "findings": [{ "query_id": "a" }, { "query_id": "b" }] })),
                "GET /sql" => Ok(json!({ "sessions": [] })),
                "POST /sql/sessions" => Ok(json!({ "session_id": "s-1" })),
                line if line.starts_with("GET /sql/catalog") => Ok(json!({ "names": [] })),
                "POST /assistant/check" => Ok(json!({ "id": "c/1", "state": "running" })),
                "GET /assistant/check/c%2F1?wait_ms=5000" => Ok(json!({ "state": "done" })),
                _ => Ok(json!({})),
            }
        }
    }

    async fn call(name: &str, arguments: Value) -> (Result<Value, Failure>, Vec<String>) {
        let sidecar = Scripted::default();
        let arguments = arguments.as_object().unwrap().clone();
        let call = Call { sidecar: &sidecar, of: None, arguments: &arguments };
        let answer = call.tool(name).await.ok().unwrap();
        (answer, sidecar.0.lock().unwrap().clone())
    }

    #[tokio::test]
    async fn a_name_stays_one_part_of_a_path_or_a_query() {
        let (_, asked) = call("spark_query", json!({ "query_id": "../../sql?x", "app": "a&b" })).await;
        assert_eq!(asked, ["GET /panel/queries/%2E%2E%2F%2E%2E%2Fsql%3Fx?app=a%26b"]);
    }

    #[tokio::test]
    async fn findings_of_one_query_are_its_own() {
        let (found, _) = call("spark_findings", json!({ "query_id": "b" })).await;
        assert_eq!(found.unwrap(), json!({ "findings": [{ "query_id": "b" }] }));
    }

    #[tokio::test]
    async fn a_look_at_the_catalogue_opens_a_session_if_there_is_none() {
        let (_, asked) = call("spark_catalog", json!({ "catalog": "c", "database": "my db" })).await;
        assert_eq!(asked.last().unwrap(), "GET /sql/catalog?session=s-1&catalog=c&database=my+db");
    }

    #[tokio::test]
    async fn a_check_is_awaited() {
        let (check, asked) = call("spark_check", json!({ "code": "1" })).await;
        assert_eq!((check.unwrap(), asked.len()), (json!({ "state": "done" }), 2));
        let (none, asked) = call("spark_check", json!({})).await;
        assert_eq!((none.unwrap_err().error.as_str(), asked.len()), ("code is missing.", 0));
    }

    #[tokio::test]
    async fn nothing_is_run_or_stopped_and_no_rows_are_given() {
        for (name, arguments) in [
            ("spark_run", json!({ "code": "1" })),
            ("spark_cancel", json!({ "query_id": "q" })),
            ("spark_preview", json!({ "table": "t" })),
        ] {
            let (answer, asked) = call(name, arguments).await;
            assert!(answer.is_err() && asked.is_empty(), "{name}");
        }
    }
}
