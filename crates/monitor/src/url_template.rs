//! A URL with the placeholders `{user}`, `{username}`, `{namespace}` and `{app_id}`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use upstream::user::User;

/// All bytes of a name except these (RFC 3986, 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A configured URL, checked at start-up with sample values, so that filling it in later cannot fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlTemplate {
    text: String,
}

impl UrlTemplate {
    /// Checks `text` and fills in the namespace, which does not change.
    ///
    /// # Errors
    /// What is wrong, to follow the setting's name: not http(s), credentials or a query, an unknown placeholder, or
    /// `{namespace}` without a namespace.
    pub fn parse(text: &str, namespace: Option<&str>) -> Result<Self, &'static str> {
        let text = match namespace {
            Some(namespace) => text.trim().replace("{namespace}", namespace),
            None if text.contains("{namespace}") => {
                return Err("holds {namespace}, but BERDL_JUPYTERHUB_NAMESPACE is not set");
            }
            None => text.trim().to_owned(),
        };
        let template = Self { text };
        let sample = |name| template.filled(Some(("user", name)), Some("app"));
        let url = sample("a").ok_or("is no valid URL")?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("must begin with http:// or https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not hold a query or a fragment");
        }
        if url.as_str().contains("%7B") || url.as_str().contains('{') {
            return Err("holds an unknown {placeholder}");
        }
        // Host names have no upper case and few characters, so different names could become the same there.
        if sample("b").is_none_or(|other| other.authority() != url.authority()) {
            return Err("may hold {username} in its path only");
        }
        Ok(template)
    }

    /// The URL with its placeholders, for people.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn needs_user(&self) -> bool {
        self.needs_kube_name() || self.text.contains("{username}")
    }

    /// Whether it contains `{user}`, the name after the Kubernetes rule.
    #[must_use]
    pub fn needs_kube_name(&self) -> bool {
        self.text.contains("{user}")
    }

    #[must_use]
    pub fn needs_app_id(&self) -> bool {
        self.text.contains("{app_id}")
    }

    /// The URL for one user and application; none if the result is not a URL.
    #[must_use]
    pub fn fill(&self, user: Option<&User>, app_id: Option<&str>) -> Option<Url> {
        self.filled(user.map(|user| (user.kube_name(), user.name())), app_id)
    }

    fn filled(&self, names: Option<(&str, &str)>, app_id: Option<&str>) -> Option<Url> {
        let mut text = self.text.clone();
        if let Some((kube_name, name)) = names {
            text = text.replace("{user}", kube_name);
            text = text.replace("{username}", &utf8_percent_encode(name, ESCAPED).to_string());
        }
        if let Some(app_id) = app_id {
            text = text.replace("{app_id}", app_id);
        }
        Url::parse(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str, namespace: Option<&str>) -> &'static str {
        UrlTemplate::parse(text, namespace).unwrap_err()
    }

    #[test]
    fn placeholders_are_filled_in_host_and_path() {
        let template = UrlTemplate::parse("http://m-{user}.{namespace}:8090/x/{app_id}", Some("ns")).unwrap();
        assert!(template.needs_user() && template.needs_app_id());
        let ann = User::new("Ann").unwrap();
        assert_eq!(template.fill(Some(&ann), Some("app-1")).unwrap().as_str(), "http://m-ann.ns:8090/x/app-1");
    }

    #[test]
    fn a_username_stands_in_the_path_as_it_is() {
        let template = UrlTemplate::parse("http://m/{username}/of/{user}", None).unwrap();
        let filled = |name: &str| template.fill(User::new(name).as_ref(), None).unwrap().to_string();
        assert_eq!(filled("x_"), "http://m/x_/of/x");
        assert_eq!(filled("A.b~"), "http://m/A.b~/of/a.b");
        assert_eq!(filled("a/../ü\n?#%{app_id}"), "http://m/a%2F..%2F%C3%BC%0A%3F%23%25%7Bapp_id%7D/of/a-..-app-id");
        for host in ["http://m-{username}/", "http://{username}", "http://m:{username}/", "http://{username}@m/"] {
            assert!(UrlTemplate::parse(host, None).is_err(), "{host}");
        }
        assert_eq!(reason("http://m-{username}/", None), "may hold {username} in its path only");
    }

    #[test]
    fn addresses_that_cannot_work_are_refused_with_the_reason() {
        assert_eq!(reason("spark://m:7077", None), "must begin with http:// or https://");
        assert_eq!(reason("m:8090", None), "must begin with http:// or https://");
        assert_eq!(reason("http://a:b@m", None), "must not hold a user name or password");
        assert_eq!(reason("http://m/?a=1", None), "must not hold a query or a fragment");
        assert_eq!(reason("http://m/{usr}", None), "holds an unknown {placeholder}");
        assert_eq!(
            reason("http://m.{namespace}", None),
            "holds {namespace}, but BERDL_JUPYTERHUB_NAMESPACE is not set"
        );
        assert_eq!(reason("nonsense", None), "is no valid URL");
    }
}
