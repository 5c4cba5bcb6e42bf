//! What the sidecar remembers of a person's Spark, and how to remove it.

use web_sys::AbortSignal;
use wire::past::Collector;

use kit::api::{self, Api, Ask};
use kit::problem::Problem;
use kit::read;

/// To remove it, the sidecar writes its file once more.
const PATIENCE_MS: u32 = 40_000;

/// How far the removal is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Removal {
    #[default]
    None,
    /// The person is asked whether they mean it.
    Asked,
    Runs,
    Done,
    Failed(Problem),
}

/// Whether anything is. Where nothing is, there are no routes to ask.
pub async fn remembers(api: &Api, signal: &AbortSignal) -> Result<bool, Problem> {
    let areas = api.ask("areas", signal, 0).await.reply?.json;
    // Reading the modes of all areas, too, would be code that nobody needs.
    let history = read::field(&areas, "history");
    Ok(!history.is_null() && !history.is_undefined())
}

/// What is remembered.
pub async fn fetch(api: &Api, signal: &AbortSignal) -> Result<Collector, Problem> {
    api::decode(api.ask("history/collector", signal, 0).await.reply?.json)
}

/// Removes all of it.
pub async fn remove(api: &Api, signal: &AbortSignal) -> Result<(), Problem> {
    let ask = Ask { method: "DELETE", patience_ms: PATIENCE_MS, ..Ask::get("history") };
    api.call(ask, signal).await.reply.map(|_| ())
}
