//! Settings and versions of the selected application, without secrets.

use std::time::Duration;

use upstream::{
    UpstreamError, Weight,
    driver_path::DriverPath,
    environment_rows::{EnvironmentRow, SETTINGS, SettingRow, VersionedAppRow},
};
use wire::{Environment, Setting};

use crate::{
    DriverCall, DriverKey, Error, Limits, Observed, Tasks,
    cached::Cached,
    redact,
    selection::{self, OfApp, Selection},
    text,
};

/// An application's settings are those of its start.
const LIFETIME: Duration = Duration::from_secs(600);
/// What Spark writes before Scala's version.
const SCALA: &str = "version ";

/// See the module's sentence.
#[derive(Debug)]
pub struct AppEnvironment {
    seen: Cached<DriverKey, Seen>,
}

/// What is kept of an application. Secrets are left out before anything is remembered.
#[derive(Debug)]
struct Seen {
    spark_version: Option<String>,
    java_version: Option<String>,
    scala_version: Option<String>,
    settings: Vec<Setting>,
    is_cut: bool,
}

impl AppEnvironment {
    #[must_use]
    pub fn new(limits: &Limits, tasks: &Tasks) -> Self {
        Self { seen: Cached::new(limits.driver_cache("environment", LIFETIME), tasks.clone()) }
    }

    /// The settings in the order of their names, and the versions.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn of_app(&self, selection: &Observed<Selection>) -> Result<Observed<Environment>, Error> {
        let seen = selection::ask(selection, async |call| {
            let (key, max_age) = (call.key.clone(), call.max_age);
            self.seen.last_good(&key, max_age, |_| ask(call)).await
        });
        Ok(seen.await?.map(|OfApp { app, known }| match known {
            None => Environment { app, ..Environment::default() },
            Some(seen) => Environment {
                app,
                spark_version: seen.spark_version.clone(),
                java_version: seen.java_version.clone(),
                scala_version: seen.scala_version.clone(),
                settings: seen.settings.clone(),
                is_cut: seen.is_cut,
            },
        }))
    }
}

/// One request after the other, so that they take one of the driver's places.
async fn ask(call: DriverCall) -> Result<Seen, UpstreamError> {
    let row = call.json::<EnvironmentRow>(DriverPath::Environment).await?;
    let app = call.json::<VersionedAppRow>(DriverPath::Application).await;
    // Without its version, the settings still say what they say.
    Ok(Seen::of(&row, &app.unwrap_or_default()))
}

impl Seen {
    fn of(row: &EnvironmentRow, app: &VersionedAppRow) -> Self {
        let version = |text: &str| Some(text::name(text)).filter(|version| !version.is_empty());
        let scala = &row.runtime.scala_version;
        let mut settings: Vec<Setting> = row.spark_properties.iter().map(setting).collect();
        settings.sort_by(|one, other| one.name.cmp(&other.name));
        Self {
            spark_version: app.attempts.first().and_then(|attempt| version(&attempt.app_spark_version)),
            java_version: version(&row.runtime.java_version),
            scala_version: version(scala.strip_prefix(SCALA).unwrap_or(scala)),
            settings,
            is_cut: row.spark_properties.len() >= SETTINGS,
        }
    }
}

fn setting(SettingRow(name, value): &SettingRow) -> Setting {
    // Characters that nobody sees could hide a secret from the rules.
    let (name, value) = (text::lines(name), text::lines(value));
    Setting { value: redact::setting(&name, &value), name: redact::redacted(&name) }
}

impl Weight for Seen {
    fn weight_bytes(&self) -> usize {
        let versions = [&self.spark_version, &self.java_version, &self.scala_version];
        let settings = self.settings.iter().map(|one| one.name.weight_bytes() + one.value.weight_bytes());
        let rows = self.settings.capacity().saturating_mul(size_of::<Setting>());
        versions.into_iter().map(Weight::weight_bytes).chain(settings).fold(rows, usize::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_in_order_and_without_secrets() {
        let row = serde_json::json!({
            "runtime": {"javaVersion": "21.0.1 (Debian)", "scalaVersion": "version 2.13.18"},
            "sparkProperties": [
                ["spark.master", "local[1]"],
                ["spark.app.name", "etl\u{202e}"],
                ["spark.jdbc.url", "jdbc:x://ann:hunter2@h/db"],
                ["spark.my.pass\u{200b}word", "hunter2"],
            ],
        });
        let app = serde_json::json!({"id": "app-1", "attempts": [{"appSparkVersion": "4.3.0"}]});
        let (row, app) = (serde_json::from_value(row).unwrap(), serde_json::from_value(app).unwrap());
        let seen = Seen::of(&row, &app);
        let settings: Vec<_> = seen.settings.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
        assert_eq!(
            settings,
            [
                ("spark.app.name", Some("etl")),
                ("spark.jdbc.url", Some("jdbc:x://…@h/db")),
                ("spark.master", Some("local[1]")),
                ("spark.my.password", None),
            ]
        );
        let versions = [seen.spark_version, seen.java_version, seen.scala_version].map(Option::unwrap);
        assert_eq!(versions, ["4.3.0", "21.0.1 (Debian)", "2.13.18"]);
        assert!(!seen.is_cut);
    }

    #[test]
    fn what_spark_does_not_tell_is_left_out() {
        let seen = Seen::of(&EnvironmentRow::default(), &VersionedAppRow::default());
        assert_eq!((seen.spark_version, seen.java_version, seen.scala_version), (None, None, None));
    }
}
