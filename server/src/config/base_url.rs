//! Checks the addresses that are set.

use monitor::UrlTemplate;
use url::{Host, Url};

use super::error::ConfigError;

/// An address with placeholders.
///
/// # Errors
/// When it cannot be used.
pub(super) fn template(
    variable: &'static str,
    text: &str,
    namespace: Option<&str>,
) -> Result<UrlTemplate, ConfigError> {
    UrlTemplate::parse(text, namespace).map_err(|reason| ConfigError::Url { variable, reason })
}

/// An address without placeholders.
///
/// # Errors
/// When it cannot be used.
pub(super) fn base_url(variable: &'static str, text: &str) -> Result<Url, ConfigError> {
    let template = template(variable, text, None)?;
    if template.needs_user() || template.needs_app_id() {
        return Err(ConfigError::Url { variable, reason: "must not hold a placeholder" });
    }
    template.fill(None, None).ok_or(ConfigError::Url { variable, reason: "is no valid URL" })
}

/// Whether an address is on this machine.
pub(super) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
