//! `panel/environment`: the settings and versions of an application.

use serde::{Deserialize, Serialize};

use crate::App;

/// What the driver tells of the application that it runs. Settings that a session changed later (`spark.conf.set`) are
/// not among them, because Spark's REST API does not tell them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Environment {
    /// Null when no application runs.
    pub app: Option<App>,
    /// For example `4.3.0`; null if the driver does not tell it.
    pub spark_version: Option<String>,
    /// For example `21.0.9 (Debian)`.
    pub java_version: Option<String>,
    /// For example `2.13.18`.
    pub scala_version: Option<String>,
    /// In the order of their names.
    pub settings: Vec<Setting>,
    /// Whether `settings` lacks some, because there are too many.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Setting {
    pub name: String,
    /// `…` stands for what looks like a secret in it; null if Spark or the monitor takes all of it for one.
    pub value: Option<String>,
}
