//! Refuses requests that write and come from another site's page.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
};

use crate::http::ApiError;

/// A browser says whether the page has our origin, or at least which origin it has; other programs say neither. Jupyter
/// has checked the request before, so this is a second lock.
///
/// # Errors
/// 403 `csrf`.
pub(crate) async fn same_site(request: Request) -> Result<Request, ApiError> {
    let (method, headers) = (request.method(), request.headers());
    // A form of another site cannot send JSON, nor the method DELETE.
    let is_form = method != Method::DELETE && !is_json(headers);
    if is_form || !is_same_site(headers) { Err(ApiError::csrf()) } else { Ok(request) }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or_default());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text(header::HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_and_programs_without_a_page_may_write() {
        for (headers, allowed) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://proxy"), ("host", "inner")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "")], false),
            (&[("origin", "http://hub:8888"), ("host", "hub:8888")], true),
            (&[("origin", "http://evil"), ("host", "hub:8888")], false),
            (&[("origin", "null"), ("host", "hub")], false),
            (&[("origin", "http://hub")], false),
        ] {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, *value)).collect();
            let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(is_same_site(&map), allowed, "{headers:?}");
        }
    }
}
