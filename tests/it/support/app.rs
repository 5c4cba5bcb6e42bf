//! The app under test, called without network.

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request},
};
use berdl_spark_monitor::{
    App,
    config::{Config, Secrets, settings_from},
    router::{self, router},
};
use http_body_util::BodyExt;
use monitor::Tasks;
use tower::ServiceExt;
use upstream::descriptors::Descriptors;

use super::canary::{self, canary};

/// The sidecar with a configuration, but without its listener.
#[derive(Clone)]
pub struct TestApp {
    router: Router,
    fetches: Tasks,
}

/// A `kbase_session` cookie with a canary of this name.
#[derive(Clone, Copy)]
pub struct Cookie<'a>(pub &'a str);

/// An answer that reads like an HTTP transcript.
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl TestApp {
    pub fn new(args: &[&str]) -> Self {
        Self::with_secrets(args, Secrets::default())
    }

    pub fn with_secrets(args: &[&str], secrets: Secrets) -> Self {
        canary::watch();
        let token = secrets.sidecar_token.clone();
        // Whatever a test does not say is the default; but no test may write into the developer's home.
        let says_where = args.iter().any(|arg| ["--spark-monitor-history", "--xdg-state-home"].contains(arg));
        let history = if says_where { &[][..] } else { &["--spark-monitor-history", "memory"] };
        let config = Config::resolve(&settings_from(&[args, history].concat()).unwrap(), secrets).unwrap();
        let fetches = Tasks::default();
        let app = App::new(config, &fetches, Descriptors::raise()).unwrap();
        Self { router: router(&app, token), fetches }
    }

    /// With its background work, which takes samples every second.
    pub fn recording(args: &[&str], state_folder: &str) -> Self {
        let history = ["--xdg-state-home", state_folder, "--spark-monitor-history-sample-ms", "1000"];
        let config = Config::resolve(&settings_from(&[args, &history].concat()).unwrap(), Secrets::default()).unwrap();
        let fetches = Tasks::default();
        let app = App::new(config, &fetches, Descriptors::raise()).unwrap();
        app.begin(&fetches);
        Self { router: router(&app, None), fetches }
    }

    /// Ends the background work as at shutdown.
    pub async fn end(&self) {
        self.fetches.end(std::time::Duration::from_secs(60)).await;
    }

    pub fn not_configured(reason: &str) -> Self {
        Self { router: router::not_configured(reason), fetches: Tasks::default() }
    }

    /// Waits until no fetch is running.
    pub async fn at_rest(&self) {
        self.fetches.at_rest().await;
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path)).await
    }

    pub async fn get_as(&self, cookie: Cookie<'_>, path: &str) -> Answer {
        self.send(Request::get(path).header("cookie", format!("kbase_session={}", canary(cookie.0)))).await
    }

    pub async fn send(&self, request: axum::http::request::Builder) -> Answer {
        self.send_with(request, String::new()).await
    }

    pub async fn send_with(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let mut request = request.body(body.into()).unwrap();
        request.headers_mut().entry("x-request-id").or_insert(HeaderValue::from_static("test"));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        canary::check(&format!("{:?}\n{text}", parts.headers));
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code, for example `404 unknown_app`; just `200` for a success.
    pub fn outcome(&self) -> String {
        match self.json().get("code") {
            Some(code) if self.status != 200 => format!("{} {}", self.status, code.as_str().unwrap()),
            _ => self.status.to_string(),
        }
    }

    /// Status and body as in a transcript, without the forms for translation.
    pub fn transcript(&self) -> String {
        let mut body = self.json();
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, _| !name.ends_with("_sentences"));
        }
        format!("{}\n{}", self.status, serde_json::to_string_pretty(&body).unwrap())
    }
}
