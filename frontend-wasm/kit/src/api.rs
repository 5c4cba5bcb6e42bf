//! One request to the sidecar, through Jupyter.

use std::pin::Pin;

use gloo_net::http::Headers;
use js_sys::{Array, Function};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestInit, RequestRedirect, Response, ResponseType};
use wire::ErrorBody;
use yew::AttrValue;

use crate::problem::Problem;
use crate::read;

/// Longest wait for an answer: the sidecar gives up after ten seconds (`SPARK_MONITOR_REQUEST_TIMEOUT_MS`).
/// Milliseconds.
const PATIENCE_MS: u32 = 15_000;

/// How to reach the sidecar; shared by a whole bundle.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Api {
    /// The base URL of its routes, with the trailing slash.
    pub url: AttrValue,
    /// Returns the headers that Jupyter expects from its own page; none on the host.
    pub headers: Option<Function>,
}

/// One request, without the headers that every request has.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub method: &'a str,
    /// Relative to the sidecar's base URL.
    pub route: &'a str,
    /// JSON; none for an empty body.
    pub body: Option<&'a str>,
    /// The oldest answer that is accepted, or 0 for the sidecar's freshest.
    pub max_age_ms: u32,
    /// The longest wait for the whole answer.
    pub patience_ms: u32,
}

impl<'a> Ask<'a> {
    /// A read of the sidecar's freshest answer.
    pub fn get(route: &'a str) -> Self {
        Self { method: "GET", route, body: None, max_age_ms: 0, patience_ms: PATIENCE_MS }
    }
}

/// The result of a request.
pub struct Outcome {
    pub reply: Result<Reply, Problem>,
    /// The number of the session that the sidecar answered, 0 without one; none if the sidecar did not answer.
    pub session: Option<u32>,
}

/// A successful answer, not yet decoded.
#[derive(Clone, Default)]
pub struct Reply {
    pub json: JsValue,
    /// Identifies the body: the same tag means the same body.
    pub etag: Option<String>,
    /// How long ago the sidecar got it from its upstream; milliseconds.
    pub age_ms: u32,
    /// The ages of the views of a snapshot.
    pub ages: Option<String>,
    /// Names the request in the sidecar's log.
    pub request_id: Option<String>,
}

impl Api {
    /// Fetches an answer no older than `max_age_ms`, or the sidecar's freshest if that is 0.
    pub fn ask<'a>(
        &'a self,
        route: &'a str,
        signal: &'a AbortSignal,
        max_age_ms: u32,
    ) -> Pin<Box<dyn Future<Output = Outcome> + 'a>> {
        self.call(Ask { max_age_ms, ..Ask::get(route) }, signal)
    }

    /// Sends a request and reads its answer.
    ///
    /// Boxed, so that the code exists once: a plain `async fn` would be inlined wherever it is awaited.
    pub fn call<'a>(&'a self, ask: Ask<'a>, signal: &'a AbortSignal) -> Pin<Box<dyn Future<Output = Outcome> + 'a>> {
        Box::pin(async move {
            let late = AbortSignal::timeout_with_u32(ask.patience_ms);
            let either = AbortSignal::any(&Array::of2(signal, &late));
            let mut session = None;
            let reply = match self.send(ask, &either).await {
                Some(response) => outcome(response, &mut session).await,
                None => Err(Problem::no_jupyter()),
            };
            // A body that did not arrive in time is late, too.
            let reply = reply.map_err(|problem| if late.aborted() { Problem::late() } else { problem });
            Outcome { reply, session }
        })
    }

    /// Fetches a file as a `Blob`.
    ///
    /// # Errors
    /// When it is refused, or there is no answer.
    pub async fn download(&self, ask: Ask<'_>, signal: &AbortSignal) -> Result<JsValue, Problem> {
        let response = self.send(ask, signal).await.ok_or_else(Problem::no_jupyter)?;
        if !response.ok() {
            return Err(outcome(response, &mut None).await.err().unwrap_or_else(Problem::unreadable));
        }
        let blob = response.blob().map_err(|_| Problem::unreadable())?;
        JsFuture::from(blob).await.map_err(|_| Problem::no_sidecar())
    }

    /// None if there was no answer.
    async fn send(&self, ask: Ask<'_>, signal: &AbortSignal) -> Option<Response> {
        let Ask { method, route, body, max_age_ms, .. } = ask;
        let url = [&self.url, route].concat();
        let headers = Headers::from_raw(self.headers.as_ref()?.call0(&JsValue::NULL).ok()?.dyn_into().ok()?);
        let init = RequestInit::new();
        init.set_method(method);
        if let Some(body) = body {
            headers.set("Content-Type", "application/json");
            init.set_body(&body.into());
        }
        // The browser keeps the ETag, sends If-None-Match, and returns its copy after a 304, because either the answer
        // or we say `no-cache`. With the latter, the browser overwrites our `max-age` with 0.
        match max_age_ms / 1000 {
            0 => init.set_cache(RequestCache::NoCache),
            seconds => headers.set("Cache-Control", &["max-age=", &seconds.to_string()].concat()),
        }
        init.set_headers(&headers.into_raw());
        // Jupyter redirects to its login page. Followed, that is cross-origin under JupyterHub and looks like a network
        // failure.
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(Some(signal));
        // gloo-net's request would describe failures in kilobytes of code, and nobody would see the text.
        JsFuture::from(web_sys::window()?.fetch_with_str_and_init(&url, &init)).await.ok()?.dyn_into().ok()
    }
}

/// Reads fields of an answer; the same answer may be read as several types.
pub fn decode<T: DeserializeOwned>(json: JsValue) -> Result<T, Problem> {
    read::read(json).map_err(|_| Problem::unreadable())
}

/// Also sets `session` to the session that was answered.
async fn outcome(response: Response, session: &mut Option<u32>) -> Result<Reply, Problem> {
    if response.type_() == ResponseType::Opaqueredirect {
        return Err(Problem::signed_out_or_stopped());
    }
    let status = response.status();
    let headers = Headers::from_raw(response.headers());
    let header = |name| headers.get(name);
    let number = |name| header(name).and_then(|text| text.parse().ok()).unwrap_or_default();
    let json = match json(&response).await? {
        Some(json) => json,
        // Done, and there is nothing to say.
        None if status == 204 => JsValue::UNDEFINED,
        None => return Err(not_ours(status)),
    };
    if response.ok() {
        let age_s: u32 = number("Age");
        *session = Some(number("X-Spark-Monitor-Session"));
        return Ok(Reply {
            json,
            etag: header("ETag"),
            age_ms: age_s.saturating_mul(1000),
            ages: header("X-Spark-Monitor-Ages"),
            request_id: header("X-Request-Id"),
        });
    }
    match decode::<ErrorBody>(json) {
        Ok(body) => {
            *session = Some(number("X-Spark-Monitor-Session"));
            Err(body.into())
        }
        Err(_) => Err(not_ours(status)),
    }
}

/// The body, if its content type is JSON.
async fn json(response: &Response) -> Result<Option<JsValue>, Problem> {
    let content_type = Headers::from_raw(response.headers()).get("Content-Type").unwrap_or_default();
    if !content_type.starts_with("application/json") {
        return Ok(None);
    }
    let promise = response.json().map_err(|_| Problem::unreadable())?;
    JsFuture::from(promise).await.map(Some).map_err(|_| Problem::no_sidecar())
}

/// An answer that is not the sidecar's: Jupyter's login page (200 after a redirect that the browser followed), its
/// refusal, JupyterHub's notice that the server is not running (424), or one from any proxy on the way.
fn not_ours(status: u16) -> Problem {
    match status {
        200..=399 | 401 | 403 | 424 => Problem::signed_out_or_stopped(),
        _ => Problem::no_sidecar(),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::not_ours;
    use crate::problem::ProblemKind;

    #[test]
    fn only_a_login_page_and_a_refusal_mean_signed_out_or_stopped() {
        for status in [200, 401, 403, 424] {
            assert_eq!(not_ours(status).kind, ProblemKind::SignedOutOrStopped, "{status}");
        }
        for status in [400, 404, 405, 408, 413, 429, 431, 500, 502, 504] {
            assert_eq!(not_ours(status).kind, ProblemKind::Unreachable, "{status}");
        }
    }
}
