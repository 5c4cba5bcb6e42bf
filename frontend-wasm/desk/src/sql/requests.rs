//! The tab's requests to the sidecar.

use std::pin::Pin;

use gloo_timers::callback::Timeout;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};
use wire::sql::SqlQuery;

use kit::api::{self, Api, Ask};
use kit::problem::Problem;

/// Spark may have to start a session first: the sidecar gives these routes 30 s. Milliseconds.
const PATIENCE_MS: u32 = 35_000;

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
}

/// Starts a task. Boxed, because each future would bring its own copy of what runs it.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    spawn_local(task);
}

/// Removes a statement and its result from the sidecar, and stops it if it runs.
pub fn delete_query(api: &Api, id: &str) {
    delete(api, ["sql/queries/", id].concat());
}

/// Ends a session, with its statements.
pub fn delete_session(api: &Api, session_id: &str) {
    delete(api, ["sql/sessions/", session_id].concat());
}

/// What is drawn lets go of it first, so that no request for it is refused. Nobody waits for the answer.
fn delete(api: &Api, route: String) {
    let api = api.clone();
    Timeout::new(0, move || {
        spawn(async move {
            if let Ok(controller) = AbortController::new() {
                let question = Question { method: "DELETE", route, body: None, number: 0 };
                let _ = question.ask_json(&api, &controller.signal()).await;
            }
        });
    })
    .forget();
}

/// A text as part of a URL. On the host there is no browser to ask.
pub fn escaped(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { js_sys::encode_uri_component(text).into() } else { text.to_owned() }
}

/// The route of a statement.
pub fn route_of(query: &SqlQuery) -> String {
    ["sql/queries/", &query.id].concat()
}

/// The route of rows of a statement's result.
pub fn rows_route(query_id: &str, offset: usize, limit: usize) -> String {
    ["sql/queries/", query_id, "/rows?offset=", &offset.to_string(), "&limit=", &limit.to_string()].concat()
}

/// The route of a whole cell.
pub fn cell_route(query_id: &str, row: usize, column: usize) -> String {
    ["sql/queries/", query_id, "/cell?row=", &row.to_string(), "&column=", &column.to_string()].concat()
}

/// The route of what is inside a path, or of a table. A fresh answer is Spark's, any other may be known for a while.
pub fn catalog_route(session_id: &str, path: &[String], is_fresh: bool) -> String {
    let mut route = ["sql/catalog?session=", session_id].concat();
    for (parameter, name) in ["&catalog=", "&database=", "&table="].iter().zip(path) {
        route.push_str(parameter);
        route.push_str(&escaped(name));
    }
    if is_fresh {
        route.push_str("&fresh=true");
    }
    route
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::catalog_route;

    #[test]
    fn only_what_is_refreshed_is_asked_of_spark_again() {
        let path = ["lake".to_owned(), "sales".to_owned()];
        let known = "sql/catalog?session=s-1&catalog=lake&database=sales";
        assert_eq!(catalog_route("s-1", &path, false), known);
        assert_eq!(catalog_route("s-1", &path, true), [known, "&fresh=true"].concat());
        assert_eq!(catalog_route("s-1", &[], true), "sql/catalog?session=s-1&fresh=true");
    }
}
