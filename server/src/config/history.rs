//! What is remembered, where, and how much.

use std::{path::PathBuf, time::Duration};

use monitor::{Spark, UrlTemplate};
use url::Url;

use super::{
    base_url::{base_url, is_here, template},
    connect_user::ConnectUser,
    error::ConfigError,
    settings::Settings,
};

/// Where the history is kept.
#[derive(Clone, Debug)]
pub struct HistoryPlaces {
    pub memory_only: bool,
    /// None if there is no home.
    pub state_folder: Option<PathBuf>,
    pub runtime_folder: PathBuf,
    pub most_bytes: u64,
}

/// The history of this sidecar.
#[derive(Clone, Debug)]
pub struct HistorySite {
    pub places: HistoryPlaces,
    pub sample: Duration,
    pub own: OwnQueries,
    /// Whether texts are stored, without what looks like a secret.
    pub keeps_texts: bool,
    pub server: Option<HistoryServerSite>,
}

/// Spark's history server.
#[derive(Clone, Debug)]
pub struct HistoryServerSite {
    pub url: UrlTemplate,
    /// Whether all its applications are the person's own, or only those that they have started.
    pub is_own: bool,
}

/// Which queries are a person's own. Others' are not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnQueries {
    /// Each person has a Spark of their own, or it runs on this machine.
    All,
    /// Those of sessions that Spark takes for theirs.
    OfUser(ConnectUser),
}

impl HistorySite {
    /// The site as it is set; none if nothing is remembered.
    ///
    /// # Errors
    /// When the mode is unknown.
    pub fn of(
        settings: &Settings,
        spark: &Spark,
        is_mock: bool,
        user: ConnectUser,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(places) = HistoryPlaces::of(settings)? else { return Ok(None) };
        // A demonstration's data is nobody's.
        if is_mock {
            return Ok(None);
        }
        let keeps_texts = match settings.history.spark_monitor_history_text.trim() {
            "off" => false,
            "redacted" => true,
            _ => return Err(ConfigError::HistoryText),
        };
        let server = HistoryServerSite::of(settings)?;
        let (masters, driver) = (spark.masters(), spark.driver());
        // The driver of a shared master is anybody's, whatever the address of one's own.
        let is_each_ones = match masters {
            [] => driver.is_some_and(UrlTemplate::needs_user),
            masters => masters.iter().all(UrlTemplate::needs_user),
        };
        let is_own = is_each_ones
            || masters.iter().chain(driver).all(|url| Url::parse(url.as_str()).is_ok_and(|url| is_here(&url)));
        Ok(Some(Self {
            places,
            sample: settings.history.spark_monitor_history_sample_ms,
            own: if is_own { OwnQueries::All } else { OwnQueries::OfUser(user) },
            keeps_texts,
            server,
        }))
    }
}

impl HistoryServerSite {
    fn of(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        const URL: &str = "SPARK_MONITOR_HISTORY_SERVER_URL";
        let text = settings.history.spark_monitor_history_server_url.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let url = base_url(URL, text)?;
        Ok(Some(Self { is_own: is_here(&url), url: template(URL, text, None)? }))
    }
}

impl HistoryPlaces {
    /// The places as they are set; none if nothing is remembered.
    ///
    /// # Errors
    /// When the mode is unknown.
    pub fn of(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let memory_only = match settings.history.spark_monitor_history.trim() {
            "on" => false,
            "memory" => true,
            "off" => return Ok(None),
            _ => return Err(ConfigError::HistoryMode),
        };
        Ok(Some(Self { memory_only, ..Self::whatever_the_mode(settings) }))
    }

    /// The places of a file, which may be left from another mode.
    #[must_use]
    pub fn whatever_the_mode(settings: &Settings) -> Self {
        let asked = &settings.history;
        let user_id = rustix::process::geteuid().as_raw();
        let in_tmp = || std::env::temp_dir().join(format!("berdl-spark-monitor-{user_id}"));
        let runtime = asked.xdg_runtime_dir.as_ref().filter(|folder| folder.is_absolute());
        Self {
            memory_only: false,
            state_folder: settings.state_folder(),
            runtime_folder: runtime.map_or_else(in_tmp, |folder| folder.join("berdl-spark-monitor")),
            most_bytes: asked.spark_monitor_history_max_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Secrets, settings_from};

    fn site(args: &[&str]) -> Result<Option<HistorySite>, String> {
        let config = Config::resolve(&settings_from(args).unwrap(), Secrets::default());
        config.map(|config| config.site.history).map_err(|error| error.to_string())
    }

    #[test]
    fn it_is_on_unless_switched_off_or_a_demonstration() {
        const MASTER: [&str; 2] = ["--spark-master-ui-url", "http://localhost:8080"];
        let with = |more: &[&'static str]| site(&[&MASTER[..], more].concat());
        let on = with(&["--xdg-state-home", "/s"]).unwrap().unwrap();
        assert_eq!(
            (on.places.memory_only, on.places.most_bytes, on.sample),
            (false, 64 << 20, Duration::from_secs(60))
        );
        assert_eq!(on.places.state_folder, Some("/s/berdl-spark-monitor".into()));
        assert!(with(&["--spark-monitor-history", "memory"]).unwrap().unwrap().places.memory_only);
        assert!(with(&["--spark-monitor-history", "off"]).unwrap().is_none());
        assert!(with(&["--spark-monitor-history", "yes"]).unwrap_err().contains("on, memory or off"));
        assert!(!on.keeps_texts && with(&["--spark-monitor-history-text", "redacted"]).unwrap().unwrap().keeps_texts);
        assert!(with(&["--spark-monitor-history-text", "on"]).unwrap_err().contains("off or redacted"));
        assert!(site(&["--spark-monitor-mock-mode"]).unwrap().is_none());
        let server = |url| with(&["--spark-monitor-history-server-url", url]);
        let is_own = |url| server(url).unwrap().unwrap().server.unwrap().is_own;
        assert_eq!((is_own("http://127.0.0.1:18080"), is_own("http://history:18080")), (true, false));
        assert!(server("history:18080").unwrap_err().starts_with("SPARK_MONITOR_HISTORY_SERVER_URL must begin"));
    }

    #[test]
    fn all_queries_are_own_where_each_has_a_spark_and_only_own_sessions_where_it_is_shared() {
        let own = |url: &str| {
            let site =
                site(&["--spark-master-ui-url", url, "--spark-monitor-identity", "auth2", "--spark-user", "ann"]);
            site.unwrap().unwrap().own
        };
        for url in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:1", "http://m-{user}:8080"] {
            assert_eq!(own(url), OwnQueries::All, "{url}");
        }
        let of_user = OwnQueries::OfUser(ConnectUser { fixed: None, otherwise: "ann".to_owned() });
        assert_eq!(own("http://spark.example:8080"), of_user);
        let shared = ["--spark-master-ui-url", "http://spark.example:8080", "--spark-monitor-identity", "auth2"];
        let of_me = ["--spark-user", "ann", "--spark-app-ui-url", "http://driver-{user}:4040"];
        let site = site(&[&shared[..], &of_me].concat()).unwrap().unwrap();
        assert_eq!(site.own, of_user, "the newest driver of a shared master may be another's");
    }
}
