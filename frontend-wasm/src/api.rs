//! One question to the sidecar, through Jupyter.

use gloo_net::http::{Request, Response};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestRedirect, ResponseType};
use wire::ErrorBody;

use crate::problem::Problem;
use crate::read;

/// A good answer, not yet decoded.
pub struct Reply {
    pub json: JsValue,
    /// Names the body: the same tag is the same body.
    pub etag: Option<String>,
    /// How long ago the sidecar heard it from its upstream; milliseconds.
    pub age_ms: u32,
}

/// Fetches one answer that is no older than `max_age_ms`, or as fresh as the sidecar has it; 0 is the latter.
pub async fn ask(url: &str, signal: &AbortSignal, max_age_ms: u32) -> Result<Reply, Problem> {
    // The browser keeps the ETag, asks with If-None-Match, and hands us its copy after a 304: because the answer says
    // `no-cache`, or because we do. In the latter mode it writes `max-age=0` over what we say.
    let request = match max_age_ms / 1000 {
        0 => Request::get(url).cache(RequestCache::NoCache),
        seconds => Request::get(url).header("Cache-Control", &["max-age=", &seconds.to_string()].concat()),
    };
    let response = request
        .credentials(RequestCredentials::SameOrigin)
        // Jupyter redirects to its login page. Followed, that is cross-origin under JupyterHub and looks like a dead network.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(signal))
        .header("Accept", "application/json")
        .build()
        .map_err(|_| Problem::no_jupyter())?
        .send()
        .await
        .map_err(|_| Problem::no_jupyter())?;
    outcome(response).await
}

/// Reads fields out of an answer; the same answer may be read as more than one type.
pub fn decode<T: DeserializeOwned>(json: JsValue) -> Result<T, Problem> {
    read::read(json).map_err(|_| Problem::unreadable())
}

async fn outcome(response: Response) -> Result<Reply, Problem> {
    if response.type_() == ResponseType::Opaqueredirect {
        return Err(Problem::signed_out());
    }
    let (ok, status, headers) = (response.ok(), response.status(), response.headers());
    let Some(json) = json(response).await? else {
        return Err(not_ours(status));
    };
    if ok {
        let age_s: u32 = headers.get("Age").and_then(|age| age.parse().ok()).unwrap_or_default();
        return Ok(Reply { json, etag: headers.get("ETag"), age_ms: age_s.saturating_mul(1000) });
    }
    match decode::<ErrorBody>(json) {
        Ok(body) => Err(body.into()),
        Err(_) => Err(not_ours(status)),
    }
}

/// The body, when it says that it is JSON.
async fn json(response: Response) -> Result<Option<JsValue>, Problem> {
    let content_type = response.headers().get("Content-Type").unwrap_or_default();
    if !content_type.starts_with("application/json") {
        return Ok(None);
    }
    let response = web_sys::Response::from(response);
    let promise = response.json().map_err(|_| Problem::unreadable())?;
    JsFuture::from(promise).await.map(Some).map_err(|_| Problem::no_sidecar())
}

/// An answer that the sidecar did not write: Jupyter's login page (200 after a redirect that the browser followed), its
/// refusal, or whatever stands between the browser and the sidecar.
fn not_ours(status: u16) -> Problem {
    match status {
        200..=399 | 401 | 403 => Problem::signed_out(),
        _ => Problem::no_sidecar(),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::not_ours;
    use crate::problem::ProblemKind;

    #[test]
    fn only_a_login_page_and_a_refusal_mean_signed_out() {
        for status in [200, 401, 403] {
            assert_eq!(not_ours(status).kind, ProblemKind::SignedOut, "{status}");
        }
        for status in [400, 404, 405, 408, 413, 429, 431, 500, 502, 504] {
            assert_eq!(not_ours(status).kind, ProblemKind::Unreachable, "{status}");
        }
    }
}
