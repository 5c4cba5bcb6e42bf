//! Where Airflow is, and how the monitor signs in there.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;

use super::{base_url::base_url, error::ConfigError, secret::Secrets, settings::Settings};

/// What Airflow can do for this site's jobs.
#[derive(Clone, Debug)]
pub struct AirflowSite {
    /// Airflow's name of its connection to Spark, which the workflow uses.
    pub connection: String,
    /// The API by which jobs are followed; none if they are not.
    pub api: Option<AirflowApi>,
    /// A folder of workflows that Airflow reads; none if jobs are not put there.
    pub dag_folder: Option<PathBuf>,
}

/// Airflow's API.
#[derive(Clone, Debug)]
pub struct AirflowApi {
    pub url: Url,
    pub login: AirflowLogin,
    /// How long Airflow may take to see a shipped job.
    pub visibility: Duration,
}

/// How the monitor signs in. Secrets are not printed.
#[derive(Clone, Debug)]
pub enum AirflowLogin {
    /// With a token that the site made.
    Token(SecretString),
    /// With a token that Airflow gives for this.
    Password { user: String, password: SecretString },
}

impl Default for AirflowSite {
    /// No Airflow, as in a demonstration.
    fn default() -> Self {
        Self { connection: "spark_default".to_owned(), api: None, dag_folder: None }
    }
}

impl AirflowSite {
    /// The site as it is set.
    ///
    /// # Errors
    /// When the address is none, or there is nothing to sign in with.
    pub fn of(settings: &Settings, secrets: &Secrets) -> Result<Self, ConfigError> {
        const URL: &str = "SPARK_MONITOR_EXPORT_AIRFLOW_URL";
        const FOLDER: &str = "SPARK_MONITOR_EXPORT_DAG_FOLDER";
        let asked = &settings.airflow;
        let connection = asked.spark_monitor_export_airflow_connection.trim();
        // Airflow's own rule for such names.
        if connection.is_empty() || !connection.chars().all(|c| c.is_alphanumeric() || "_-./#:()@".contains(c)) {
            return Err(ConfigError::AirflowConnection);
        }
        let dag_folder = asked.spark_monitor_export_dag_folder.clone();
        if dag_folder.as_ref().is_some_and(|folder| !folder.is_absolute()) {
            return Err(ConfigError::Url { variable: FOLDER, reason: "must be an absolute path" });
        }
        let api = match asked.spark_monitor_export_airflow_url.as_deref() {
            None => None,
            Some(url) => Some(AirflowApi {
                url: base_url(URL, url)?,
                login: login(settings, secrets)?,
                visibility: asked.spark_monitor_export_airflow_visibility,
            }),
        };
        Ok(Self { connection: connection.to_owned(), api, dag_folder })
    }
}

fn login(settings: &Settings, secrets: &Secrets) -> Result<AirflowLogin, ConfigError> {
    if let Some(token) = &secrets.airflow_token {
        return Ok(AirflowLogin::Token(token.clone()));
    }
    let user = settings.airflow.spark_monitor_export_airflow_user.as_deref().map(str::trim);
    match (user.filter(|user| !user.is_empty()), &secrets.airflow_password) {
        (Some(user), Some(password)) => {
            Ok(AirflowLogin::Password { user: user.to_owned(), password: password.clone() })
        }
        _ => Err(ConfigError::AirflowLogin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    fn site(args: &[&str], secrets: &Secrets) -> Result<AirflowSite, String> {
        AirflowSite::of(&settings_from(args).unwrap(), secrets).map_err(|error| error.to_string())
    }

    const URL: [&str; 2] = ["--spark-monitor-export-airflow-url", "https://airflow.example/base"];
    const USER: [&str; 2] = ["--spark-monitor-export-airflow-user", "ann"];

    #[test]
    fn without_an_address_nothing_is_followed() {
        let site = site(&[], &Secrets::default()).unwrap();
        assert!(site.api.is_none() && site.dag_folder.is_none());
        assert_eq!(site.connection, AirflowSite::default().connection);
    }

    #[test]
    fn an_address_needs_a_token_or_a_user_with_a_password() {
        let token = Secrets { airflow_token: Some("T0KEN".into()), ..Secrets::default() };
        let password = Secrets { airflow_password: Some("PASSW0RD".into()), ..Secrets::default() };
        let user = [URL, USER].concat();
        for (args, secrets) in [(&URL[..], &Secrets::default()), (&URL, &password), (&user, &Secrets::default())] {
            assert!(site(args, secrets).unwrap_err().contains("SPARK_MONITOR_EXPORT_AIRFLOW_TOKEN"));
        }
        let api = site(&user, &password).unwrap().api.unwrap();
        assert_eq!(api.visibility, Duration::from_secs(360));
        assert_eq!(api.url.as_str(), "https://airflow.example/base");
        assert!(matches!(&api.login, AirflowLogin::Password { user, .. } if user == "ann"));
        assert!(!format!("{api:?}").contains("PASSW0RD"), "{api:?}");
        let api = site(&URL, &token).unwrap().api.unwrap();
        assert!(matches!(api.login, AirflowLogin::Token(_)) && !format!("{api:?}").contains("T0KEN"));
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let token = Secrets { airflow_token: Some("t".into()), ..Secrets::default() };
        let refused = |args: &[&str]| site(args, &token).unwrap_err();
        assert!(refused(&["--spark-monitor-export-airflow-url", "ftp://h"]).contains("AIRFLOW_URL must begin with"));
        assert!(refused(&["--spark-monitor-export-airflow-url", "http://{user}"]).contains("placeholder"));
        assert!(refused(&["--spark-monitor-export-dag-folder", "dags"]).contains("an absolute path"));
        assert!(refused(&["--spark-monitor-export-airflow-connection", "a b"]).contains("AIRFLOW_CONNECTION"));
        for seconds in ["9", "86401", "soon"] {
            assert!(settings_from(&["--spark-monitor-export-airflow-visibility", seconds]).is_err(), "{seconds}");
        }
    }
}
