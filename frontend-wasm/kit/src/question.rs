//! A request that can be compared, and tasks that send one.

use std::pin::Pin;

use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};

use crate::api::{self, Api, Ask};
use crate::problem::Problem;

/// Spark may have to start a session first: the sidecar gives these routes 30 s. Milliseconds.
pub const PATIENCE_MS: u32 = 35_000;

/// A request that can be compared, so that an effect starts it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub method: &'static str,
    pub route: String,
    pub body: Option<String>,
    /// Another number asks the same once more.
    pub number: u32,
}

impl Question {
    pub fn get(route: String) -> Self {
        Self { method: "GET", route, body: None, number: 0 }
    }

    /// `body` is JSON.
    pub fn post(route: &str, body: String) -> Self {
        Self { method: "POST", route: route.to_owned(), body: Some(body), number: 0 }
    }

    pub fn delete(route: String) -> Self {
        Self { method: "DELETE", route, body: None, number: 0 }
    }

    /// Asks, and decodes the answer.
    pub async fn ask<T: DeserializeOwned>(&self, api: &Api, signal: &AbortSignal) -> Result<T, Problem> {
        api::decode(self.ask_json(api, signal).await?)
    }

    /// Asks. Boxed, so that the code exists once.
    pub fn ask_json<'a>(
        &'a self,
        api: &'a Api,
        signal: &'a AbortSignal,
    ) -> Pin<Box<dyn Future<Output = Result<JsValue, Problem>> + 'a>> {
        let Self { method, route, body, .. } = self;
        let ask = Ask { method, route, body: body.as_deref(), max_age_ms: 0, patience_ms: PATIENCE_MS };
        Box::pin(async move { Ok(api.call(ask, signal).await.reply?.json) })
    }

    /// Asks, and goes on when its tab is closed: what the request changes must not be in doubt.
    pub async fn alone(&self, api: &Api) -> Result<JsValue, Problem> {
        let controller = AbortController::new().map_err(|_| Problem::unreadable())?;
        self.ask_json(api, &controller.signal()).await
    }
}

/// Starts a task. Boxed, because each future would bring its own copy of what runs it.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    spawn_local(task);
}

/// A text as part of a URL. On the host there is no browser to ask.
pub fn escaped(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { js_sys::encode_uri_component(text).into() } else { text.to_owned() }
}
