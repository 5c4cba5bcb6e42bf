//! `doctor`: each hop on the way from the sidecar to the driver, with a verdict and what to do.

use serde::{Deserialize, Serialize};

use crate::Sentences;

/// A place on the way. What lies before the sidecar is known to the browser alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HopName {
    Sidecar,
    Identity,
    ClusterManager,
    Master,
    Driver,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HopVerdict {
    Ok,
    /// It works, or will in a moment, but not as it should.
    Warning,
    Failed,
    /// Not configured, or a hop before it failed.
    Skipped,
}

/// The whole way in one word; the command line's exit code is its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// 0
    Well,
    /// 1: something does not work, the rest does.
    Degraded,
    /// 2: nothing can be shown.
    Broken,
}

/// What one hop answered just now. No host, no token: it may be shown to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hop {
    pub name: HopName,
    pub verdict: HopVerdict,
    /// How long it took; null when it was not asked.
    pub duration_ms: Option<u32>,
    /// What was found, as a sentence.
    pub found: String,
    /// The same for a translator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found_sentences: Sentences,
    /// What to do about it; null when nothing is to be done.
    pub fix: Option<String>,
    /// The same for a translator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_sentences: Sentences,
}

/// The connection report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Doctor {
    pub health: Health,
    /// Version of the sidecar.
    pub version: String,
    pub hops: Vec<Hop>,
}
