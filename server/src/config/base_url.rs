//! Checks the addresses that are set.

use monitor::UrlTemplate;
use url::Url;

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
