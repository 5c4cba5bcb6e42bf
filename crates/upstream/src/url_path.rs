//! URLs of upstream routes: a configured base followed by escaped path segments.

use url::Url;

/// `base` with `segments` appended to its path. The base may end with a slash or not.
#[must_use]
pub fn join(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Only URLs such as `mailto:` have no segments, and those are refused at start.
    if let Ok(mut path) = url.path_segments_mut() {
        // The parser drops these characters, and what is left could be `..`.
        let kept = segments.iter().map(|segment| segment.replace(['\t', '\n', '\r'], ""));
        path.pop_if_empty().extend(kept);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_with_or_without_a_slash_gives_the_same_address() {
        for base in ["http://a:1/services/auth", "http://a:1/services/auth/"] {
            let url = join(&Url::parse(base).unwrap(), &["api", "V2", "me"]);
            assert_eq!(url.as_str(), "http://a:1/services/auth/api/V2/me");
        }
        assert_eq!(join(&Url::parse("http://a").unwrap(), &["json", ""]).as_str(), "http://a/json/");
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let url = join(&Url::parse("http://a/x").unwrap(), &["../b", "c?d#e", "%2e%2e"]);
        assert_eq!(url.as_str(), "http://a/x/..%2Fb/c%3Fd%23e/%252e%252e");
        let url = join(&Url::parse("http://a/x").unwrap(), &["b", "..", "\r..", ".\n.", "c"]);
        assert_eq!(url.as_str(), "http://a/x/b/c");
    }
}
