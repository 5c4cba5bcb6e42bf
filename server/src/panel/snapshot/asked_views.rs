//! The parameters `views` and `query` of `snapshot`.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::http::ApiError;

/// The names of the views, apart from the query's own.
pub(super) const NAMES: [&str; 7] = ["cluster", "apps", "executors", "stages", "queries", "findings", "history"];
/// Longest id of a query, bytes.
const LONGEST_QUERY_ID: usize = 128;

/// The requested views; all when neither they nor a query are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AskedViews(Result<Wanted, Malformed>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    names: Vec<&'static str>,
    /// A query with its stages.
    pub query_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

impl AskedViews {
    /// # Errors
    /// 400 when a name is unknown or a parameter is given twice.
    pub(super) fn checked(&self) -> Result<&Wanted, ApiError> {
        self.0.as_ref().map_err(|Malformed| ApiError::bad_views())
    }

    fn parse(query: &str) -> Self {
        Self(wanted(query))
    }
}

impl Wanted {
    pub fn wants(&self, name: &str) -> bool {
        self.names.contains(&name) || (name == "query" && self.query_id.is_some())
    }
}

fn wanted(query: &str) -> Result<Wanted, Malformed> {
    let only = |name: &str| {
        let mut values = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Malformed),
            (first, None) => Ok(first.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())),
        }
    };
    let named = |asked: &str| NAMES.into_iter().find(|name| *name == asked).ok_or(Malformed);
    let query_id = only("query")?;
    let names = match only("views")? {
        None if query_id.is_some() => Vec::new(),
        None => NAMES.to_vec(),
        Some(list) => list.split(',').filter(|name| !name.is_empty()).map(named).collect::<Result<_, _>>()?,
    };
    if query_id.as_ref().is_some_and(|id| id.len() > LONGEST_QUERY_ID) {
        return Err(Malformed);
    }
    Ok(Wanted { names, query_id })
}

impl<S: Send + Sync> FromRequestParts<S> for AskedViews {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_or_none_for_all() {
        let names = |query| AskedViews::parse(query).0.map(|wanted| wanted.names);
        assert_eq!(names("views=stages,cluster,"), Ok(vec!["stages", "cluster"]));
        assert_eq!([names(""), names("views=&app=app-1")], [Ok(NAMES.to_vec()), Ok(NAMES.to_vec())]);
        for bad in ["views=chip", "views=stages,chip", "views=stages&views=apps", "query=a&query=b"] {
            assert_eq!(names(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn a_query_is_one_more_view() {
        let query = |query: &str| AskedViews::parse(query).0.map(|wanted| wanted.query_id);
        assert_eq!(AskedViews::parse("query=sql-1").0.map(|wanted| wanted.names), Ok(Vec::new()));
        assert_eq!(query("views=stages&query=sql-1"), Ok(Some("sql-1".to_owned())));
        assert_eq!(query("query="), Ok(None));
        assert_eq!(query(&format!("query={}", "a".repeat(129))), Err(Malformed));
    }
}
