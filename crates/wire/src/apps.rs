//! `panel/apps`: the applications a panel can look at.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    Running,
    /// The master has no free cores for it.
    Waiting,
    /// Ended: finished, failed or killed; the master does not tell them apart reliably.
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
    /// The master lists the application, its driver does not answer yet.
    Starting,
    /// Nobody has asked it in this answer.
    NotAsked,
}

/// One application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct App {
    pub app_id: String,
    pub name: String,
    pub state: ApplicationState,
    /// Cores it holds now; null for a driver without a master.
    pub cores: Option<u32>,
    /// When it was started; milliseconds since 1970.
    pub started_at_ms: i64,
    pub driver: DriverState,
}

/// The applications, newest first: running, then waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Apps {
    /// The one that is shown when none is asked for; null when there is none.
    pub app: Option<App>,
    pub apps: Vec<App>,
    /// How many more there are than `apps` shows.
    pub apps_not_shown: u32,
    /// How many the master remembers as ended.
    pub finished: u32,
}
