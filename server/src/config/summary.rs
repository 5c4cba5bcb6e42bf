//! What is logged at start: ignored settings, how users are identified, and where Spark is.

use monitor::{IdentityMode, UrlTemplate};

use super::resolve::Config;

impl Config {
    /// Logs the warnings, and one line with the settings that decide whose cluster is shown.
    pub fn log_summary(&self) {
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        let site = &self.site;
        let (identity, login_service) = match site.identity {
            IdentityMode::Auth2 => ("auth2", site.auth2.as_str()),
            IdentityMode::JupyterHub(_) => ("jupyterhub", "none"),
            IdentityMode::None => ("none", "none"),
        };
        let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        let masters = or_none(site.spark.masters().iter().map(UrlTemplate::as_str).collect::<Vec<_>>().join(", "));
        let driver = or_none(site.spark.driver().map(UrlTemplate::as_str).unwrap_or_default().to_owned());
        let cluster_manager = or_none(site.cluster_manager.as_ref().map(ToString::to_string).unwrap_or_default());
        let jobs_go_to = site.git.as_ref().map_or("nowhere", |git| git.url.as_str());
        let demonstration = site.mock;
        tracing::info!(
            identity,
            login_service,
            masters,
            driver,
            cluster_manager,
            jobs_go_to,
            demonstration,
            "Watching Spark"
        );
    }
}
