//! Fetches several views with one request to `snapshot`.
//!
//! Views that poll at about the same time share a request. The driver's views always do, so that all they show is from
//! one moment.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use wasm_bindgen_futures::spawn_local;
use wire::ErrorBody;

use crate::api::{self, Api, Outcome, Reply};
use crate::poll::Pollers;
use crate::problem::Problem;
use crate::read::field;
use crate::request::Request;

/// A view that is fetched together with others.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub snapshots: Snapshots,
    /// The view's name in the answer.
    pub name: &'static str,
    /// The parameter that names it; empty if it stands in the list of views.
    pub parameter: String,
    /// The parameter for the application; empty for the newest.
    pub app: String,
    pub is_of_driver: bool,
}

/// The requests of one panel: the one that has not been sent yet.
#[derive(Clone, Debug, Default)]
pub struct Snapshots(Rc<RefCell<Weak<Request>>>);

impl PartialEq for Snapshots {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Snapshots {
    /// The request for views that are polled in this turn of the event loop.
    pub fn request(&self, api: Api, pollers: Pollers) -> Option<Rc<Request>> {
        let waiting = self.0.borrow().upgrade();
        waiting.or_else(|| {
            let request = Request::start()?;
            self.0.replace(Rc::downgrade(&request));
            spawn_local(self.clone().send(Rc::downgrade(&request), api, pollers));
            Some(request)
        })
    }

    async fn send(self, waiting: Weak<Request>, api: Api, pollers: Pollers) {
        // Whoever polls from now on needs another request.
        self.0.take();
        let Some(request) = waiting.upgrade() else {
            return;
        };
        let (aboard, max_age_ms) = pollers.gather(&self, &request);
        let signal = request.signal();
        // From here on only the views keep it alive.
        drop(request);
        let views: Vec<&View> = aboard.iter().map(|(_, view)| view).collect();
        let outcome = api.ask(&route(&views), &signal, max_age_ms).await;
        let Some(request) = waiting.upgrade() else {
            return;
        };
        for (poller, view) in aboard {
            let reply = outcome.reply.clone().and_then(|reply| part(&reply, view.name));
            poller.land(&request, Outcome { reply, session: outcome.session });
        }
    }
}

fn route(views: &[&View]) -> String {
    let mut names = Vec::new();
    let mut parameters: Vec<String> = Vec::new();
    for view in views {
        if view.parameter.is_empty() {
            names.push(view.name);
        }
        for parameter in [&view.parameter, &view.app] {
            if !parameter.is_empty() && !parameters.contains(parameter) {
                parameters.push(parameter.clone());
            }
        }
    }
    if !names.is_empty() {
        parameters.insert(0, ["views=", &names.join(",")].concat());
    }
    ["snapshot?", &parameters.join("&")].concat()
}

/// One view of the answer.
fn part(reply: &Reply, name: &str) -> Result<Reply, Problem> {
    let view = field(&reply.json, name);
    let failed = field(&view, "failed");
    if !failed.is_undefined() {
        let body: ErrorBody = api::decode(failed)?;
        let request_id = reply.request_id.clone().unwrap_or_default();
        return Err(ErrorBody { request_id, ..body }.into());
    }
    let good = field(&view, "good");
    Ok(Reply {
        json: field(&good, "answer"),
        etag: field(&good, "etag").as_string(),
        age_ms: age_ms(reply.ages.as_deref().unwrap_or_default(), name),
        ages: None,
        request_id: None,
    })
}

/// The age of one view, from `cluster=4, queries=0`.
fn age_ms(ages: &str, name: &str) -> u32 {
    let age = ages.split(", ").find_map(|age| age.strip_prefix(name)?.strip_prefix('='));
    age.and_then(|seconds| seconds.parse::<u32>().ok()).unwrap_or_default().saturating_mul(1000)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Snapshots, View, age_ms, route};

    fn view(name: &'static str, parameter: &str, app: &str) -> View {
        let (parameter, app) = (parameter.to_owned(), app.to_owned());
        View { snapshots: Snapshots::default(), name, parameter, app, is_of_driver: true }
    }

    #[test]
    fn a_request_names_its_views_and_each_parameter_once() {
        let (cluster, stages) = (view("cluster", "", ""), view("stages", "", "app=app-1"));
        let query = view("query", "query=sql-1", "app=app-1");
        assert_eq!(route(&[&cluster, &stages]), "snapshot?views=cluster,stages&app=app-1");
        assert_eq!(route(&[&query, &stages]), "snapshot?views=stages&query=sql-1&app=app-1");
        assert_eq!(route(&[&query]), "snapshot?query=sql-1&app=app-1");
    }

    #[test]
    fn each_view_has_its_age() {
        let ages = "query=7, queries=12, stages=0";
        assert_eq!(["query", "queries", "stages", "cluster"].map(|name| age_ms(ages, name)), [7_000, 12_000, 0, 0]);
    }
}
