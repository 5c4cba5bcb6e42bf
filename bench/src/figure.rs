//! One line of the table.

use serde::Serialize;

/// A measured value, its baseline, and whether it is within its limit; printed as a JSON line.
#[derive(Debug, Serialize)]
pub struct Figure {
    pub area: &'static str,
    pub what: String,
    pub measured: String,
    pub baseline: String,
    /// `None` for a figure that is only reported.
    pub holds: Option<bool>,
    /// The limit.
    pub limit: String,
}

impl Figure {
    #[must_use]
    pub fn reported(area: &'static str, what: impl Into<String>, measured: String) -> Self {
        Self { area, what: what.into(), measured, baseline: "-".into(), holds: None, limit: "reported".into() }
    }

    /// Adds the baseline.
    #[must_use]
    pub fn against(self, baseline: impl Into<String>) -> Self {
        Self { baseline: baseline.into(), ..self }
    }

    #[must_use]
    pub fn judged(self, holds: bool, limit: impl Into<String>) -> Self {
        Self { holds: Some(holds), limit: limit.into(), ..self }
    }

    /// # Errors
    /// Never, as all fields are plain.
    pub fn print(&self) -> anyhow::Result<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }
}

/// The median of an odd number of values.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A size in MiB with one decimal.
#[must_use]
pub fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
