//! The parameter `?app=<app_id>`.

use axum::{extract::FromRequestParts, http::request::Parts};
use monitor::is_app_id;

use crate::http::ApiError;

/// The requested application; without one, the newest is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedApp(Result<Option<String>, Malformed>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

impl AskedApp {
    /// # Errors
    /// 400 when the id is malformed or given twice. The handler calls this, because a missing configuration has
    /// precedence.
    pub fn checked(&self) -> Result<Option<&str>, ApiError> {
        self.0.as_ref().map(Option::as_deref).map_err(|_| ApiError::bad_app_id())
    }

    /// Reads the parameter from a request's query.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let mut values = pairs.filter(|(name, _)| name == "app").map(|(_, value)| value);
        let (first, second) = (values.next(), values.next());
        Self(match (first, second) {
            (_, Some(_)) => Err(Malformed),
            (None, None) => Ok(None),
            (Some(value), None) if value.is_empty() => Ok(None),
            (Some(value), None) if is_app_id(&value) => Ok(Some(value.into_owned())),
            (Some(_), None) => Err(Malformed),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AskedApp {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_clean_id_or_none() {
        let id = |query| AskedApp::parse(query).0;
        assert_eq!(id(""), Ok(None));
        assert_eq!(id("app="), Ok(None));
        assert_eq!(id("x=1"), Ok(None));
        assert_eq!(id("app=app-2026_1"), Ok(Some("app-2026_1".into())));
        for bad in ["app=a&app=b", "app=..%2F", "app=a/b", "app=%00", "app=%C3%A4", &format!("app={}", "a".repeat(129))]
        {
            assert_eq!(id(bad), Err(Malformed), "{bad}");
        }
    }
}
