//! `doctor`: each hop on the way from the sidecar to the driver, with a verdict and what to do.

use serde::{Deserialize, Serialize};

use crate::Sentences;

/// A hop. Only the browser knows the hops before the sidecar.
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
    /// The hop works, or soon will, but something is not as it should be.
    Warning,
    Failed,
    /// Not configured, or a hop before it failed.
    Skipped,
}

/// The overall result in one word; its number is the exit code of the `doctor` command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// 0
    Well,
    /// 1: something does not work, but the rest does.
    Degraded,
    /// 2: nothing can be shown.
    Broken,
}

/// What one hop answered just now. It contains no host and no token, so anyone may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hop {
    pub name: HopName,
    pub verdict: HopVerdict,
    /// How long the hop took to answer; null when it was not asked.
    pub duration_ms: Option<u32>,
    /// What was found, as a sentence.
    pub found: String,
    /// `found`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found_sentences: Sentences,
    /// What to do about it; null when there is nothing to do.
    pub fix: Option<String>,
    /// `fix`, in a form that can be translated.
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
