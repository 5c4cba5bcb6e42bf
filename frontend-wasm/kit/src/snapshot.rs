//! The route and the answer of `snapshot`, which fetches several views at once.

use wire::ErrorBody;

use crate::api::{self, Reply};
use crate::problem::Problem;
use crate::read::field;

/// Views that need no driver.
const OF_CLUSTER: [&str; 3] = ["cluster", "apps", "history"];

pub fn is_of_driver(view: &str) -> bool {
    !OF_CLUSTER.contains(&view)
}

/// The route for views with their parameters. A query's parameters contain those of the others.
pub fn route<Parameters: AsRef<str>>(views: &[(&str, Parameters)]) -> String {
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

/// One view of the answer.
pub fn part(reply: &Reply, view: &str) -> Result<Reply, Problem> {
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
