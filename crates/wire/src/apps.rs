//! `panel/apps`: the applications that a panel can show.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    Running,
    /// The master has no free cores for it.
    Waiting,
    /// Finished, failed or killed; the master does not distinguish these reliably.
    Finished,
    Unknown,
}

/// Whether the application's own REST API could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DriverState {
    /// It answers.
    Ready,
    /// The master lists the application, but its driver does not answer yet.
    Starting,
    /// The driver was not asked for this answer.
    NotAsked,
}

/// One application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct App {
    pub app_id: String,
    pub name: String,
    pub state: ApplicationState,
    /// Cores the application holds now; null for a driver without a master.
    pub cores: Option<u32>,
    /// When the application started; milliseconds since 1970.
    pub started_at_ms: i64,
    pub driver: DriverState,
    /// Spark's own page of it, as the person's browser reaches it; only where `SPARK_MONITOR_LINKS` is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// The applications: running ones first, then waiting ones, each newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Apps {
    /// The default application, shown when the request names none; null when there is none.
    pub app: Option<App>,
    pub apps: Vec<App>,
    /// Number of applications left out of `apps`.
    pub apps_not_shown: u32,
    /// Number of ended applications that the master still lists.
    pub finished: u32,
}
