//! One request for a route or, with `snapshot`, for several views.
//!
//! Views that poll at about the same time share a request. The driver's views always do, so that all they show is from
//! one moment.

use std::rc::{Rc, Weak};

use wire::ErrorBody;

use crate::api::{self, Api, Outcome, Reply};
use crate::poll::{Poller, Pollers};
use crate::problem::Problem;
use crate::read::field;
use crate::request::Request;

/// Views that need no driver; the empty name is that of a route of its own.
const OF_CLUSTER: [&str; 4] = ["", "cluster", "apps", "history"];

/// Sends a request for the views that wait for it, and for those that would soon poll anyway.
pub async fn fetch(pollers: Pollers, waiting: Weak<Request>, api: Api) {
    let Some(request) = waiting.upgrade() else {
        return;
    };
    pollers.sent(&request);
    let (aboard, max_age_ms) = gather(&pollers, &request);
    let views: Vec<_> = aboard.iter().map(|poller| poller.view()).collect();
    let signal = request.signal();
    // From here on only the pollers keep it alive.
    drop(request);
    let Outcome { reply, session } = api.ask(&route(&views), &signal, max_age_ms).await;
    let Some(request) = waiting.upgrade() else {
        return;
    };
    for (poller, (view, _)) in aboard.iter().zip(views) {
        let reply = reply.clone().and_then(|reply| part(&reply, view));
        poller.land(&request, Outcome { reply, session });
    }
}

/// All views of the request, and the oldest answer that each of them accepts.
fn gather(pollers: &Pollers, request: &Rc<Request>) -> (Vec<Rc<Poller>>, u32) {
    let mut all = pollers.all();
    let is_own = |poller: &Poller| poller.view().0.is_empty();
    let is_alone = all.iter().any(|poller| is_own(poller) && poller.max_age_ms(request).is_some());
    all.retain(|poller| is_own(poller) == is_alone);
    let max_age_ms = all.iter().filter_map(|poller| poller.max_age_ms(request)).min().unwrap_or_default();
    let joins = |poller: &Poller| poller.max_age_ms(request).is_some() || poller.is_due_soon();
    let is_of_driver = |poller: &Poller| !OF_CLUSTER.contains(&poller.view().0);
    let asks_driver = all.iter().any(|poller| is_of_driver(poller) && joins(poller));
    all.retain(|poller| {
        if !is_alone && (poller.is_due_soon() || (asks_driver && is_of_driver(poller) && poller.comes_along())) {
            poller.board(request, max_age_ms);
        }
        poller.max_age_ms(request).is_some()
    });
    (all, max_age_ms)
}

/// The route for views with their parameters, or a route of its own. A query's parameters contain those of the others.
fn route<Parameters: AsRef<str>>(views: &[(&str, Parameters)]) -> String {
    if let [("", route)] = views {
        return route.as_ref().to_owned();
    }
    let mut route = "snapshot?views=".to_owned();
    let mut longest = "";
    for (view, parameters) in views {
        if *view != "query" {
            route.push_str(view);
            route.push(',');
        }
        if parameters.as_ref().len() > longest.len() {
            longest = parameters.as_ref();
        }
    }
    route.push_str(longest);
    route
}

/// One view of the answer; the whole answer of a route of its own.
fn part(reply: &Reply, view: &str) -> Result<Reply, Problem> {
    if view.is_empty() {
        return Ok(reply.clone());
    }
    let json = field(&reply.json, view);
    let failed = field(&json, "failed");
    if !failed.is_undefined() {
        let mut problem = Problem::from(api::decode::<ErrorBody>(failed)?);
        problem.request_id.clone_from(&reply.request_id);
        return Err(problem);
    }
    let good = field(&json, "good");
    let age_ms = age_ms(reply.ages.as_deref().unwrap_or_default(), view);
    Ok(Reply { json: field(&good, "answer"), etag: field(&good, "etag").as_string(), age_ms, ..Reply::default() })
}

/// The age of one view, from `cluster=4,queries=0`.
fn age_ms(ages: &str, view: &str) -> u32 {
    let age = ages.split(',').find_map(|age| age.strip_prefix(view)?.strip_prefix('='));
    age.and_then(|seconds| seconds.parse::<u32>().ok()).unwrap_or_default().saturating_mul(1000)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{age_ms, route};

    #[test]
    fn a_request_names_its_views_and_each_parameter_once() {
        assert_eq!(route(&[("", "panel/chip")]), "panel/chip");
        let (cluster, stages, query) = (("cluster", ""), ("stages", "&app=a"), ("query", "&query=sql-1&app=a"));
        assert_eq!(route(&[cluster, stages]), "snapshot?views=cluster,stages,&app=a");
        assert_eq!(route(&[query, stages]), "snapshot?views=stages,&query=sql-1&app=a");
        assert_eq!(route(&[query]), "snapshot?views=&query=sql-1&app=a");
    }

    #[test]
    fn each_view_has_its_age() {
        let ages = "query=7,queries=12,stages=0";
        assert_eq!(["query", "queries", "stages", "cluster"].map(|view| age_ms(ages, view)), [7_000, 12_000, 0, 0]);
    }
}
