//! The settings and versions of one application, `environment` and the application's own entry
//! (`ApplicationEnvironmentInfo` and `ApplicationInfo` in Spark): only the fields that we use.

use serde::Deserialize;

use super::{
    driver::NAME,
    shape::{first, text},
};

/// Settings kept of one application; applications rarely have more than a hundred. If there are as many, the list is
/// probably cut.
pub const SETTINGS: usize = 2_000;
/// Longest value that is kept, bytes; lists of JVM options and of packages are long.
const VALUE: usize = 4 << 10;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvironmentRow {
    pub runtime: RuntimeRow,
    /// Secrets are replaced by Spark, as far as `spark.redaction.regex` names them.
    #[serde(deserialize_with = "first::<_, _, SETTINGS>")]
    pub spark_properties: Vec<SettingRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuntimeRow {
    /// `17.0.12 (Debian)`.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub java_version: String,
    /// `version 2.13.18`.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub scala_version: String,
}

/// A name and its value.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SettingRow(
    #[serde(deserialize_with = "text::<_, NAME>")] pub String,
    #[serde(deserialize_with = "text::<_, VALUE>")] pub String,
);

/// The entry of one application, for its version alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct VersionedAppRow {
    /// Only the newest attempt.
    #[serde(deserialize_with = "first::<_, _, 1>")]
    pub attempts: Vec<VersionedAttemptRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VersionedAttemptRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub app_spark_version: String,
}

#[cfg(test)]
mod tests {
    use super::EnvironmentRow;

    #[test]
    fn other_lists_of_the_answer_are_not_kept_and_missing_ones_are_empty() {
        let row: EnvironmentRow = serde_json::from_str(
            r#"{"runtime": {"javaVersion": "17.0.1 (x)", "javaHome": "/j"}, "sparkProperties": [["a", "1"], ["b", ""]],
                "systemProperties": [["p", "secret"]]}"#,
        )
        .unwrap();
        let settings: Vec<_> = row.spark_properties.iter().map(|row| (row.0.as_str(), row.1.as_str())).collect();
        assert_eq!((row.runtime.java_version.as_str(), settings), ("17.0.1 (x)", vec![("a", "1"), ("b", "")]));
        assert!(serde_json::from_str::<EnvironmentRow>("{}").unwrap().spark_properties.is_empty());
    }
}
