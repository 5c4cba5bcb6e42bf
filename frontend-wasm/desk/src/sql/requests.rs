//! The tab's requests to the sidecar.

use gloo_timers::callback::Timeout;
use wire::sql::SqlQuery;

use kit::api::Api;
use kit::question::{Question, escaped, spawn};

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
            let _ = Question::delete(route).alone(&api).await;
        });
    })
    .forget();
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
