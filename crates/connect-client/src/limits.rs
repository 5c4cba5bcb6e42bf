//! How much of a result is read, and what is said when there is more.

use std::fmt;

use serde::Serialize;

/// The most that is read of one result.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub max_rows: u64,
    /// Bytes of Arrow data.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 10,000 rows and 64 MiB, as in the older client.
    fn default() -> Self {
        Self { max_rows: 10_000, max_bytes: 64 << 20 }
    }
}

/// Which limit a result exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitType {
    Rows,
    Bytes,
}

/// The result is larger than allowed; reading stopped and the query was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("The result has more than the maximum of {}{}. {}", Amount(self.limit_type, self.limit_value), Got(self), self.remediation)]
pub struct LimitExceeded {
    pub limit_type: LimitType,
    pub limit_value: u64,
    /// How much had arrived when reading stopped; `None` if that says nothing about the whole result.
    pub actual_value: Option<u64>,
    pub remediation: &'static str,
}

impl LimitExceeded {
    pub(crate) fn rows(limit_value: u64) -> Self {
        Self {
            limit_type: LimitType::Rows,
            limit_value,
            actual_value: None,
            remediation: "Add a LIMIT or a filter, aggregate, or allow more rows.",
        }
    }

    pub(crate) fn bytes(limit_value: u64, actual_value: Option<u64>) -> Self {
        Self {
            limit_type: LimitType::Bytes,
            limit_value,
            actual_value,
            remediation: "Select fewer or smaller columns, add a LIMIT, or allow more bytes.",
        }
    }
}

struct Amount(LimitType, u64);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
        let Self(limit_type, value) = *self;
        if limit_type == LimitType::Rows {
            return write!(f, "{value} rows");
        }
        match UNITS.iter().find(|(unit, _)| value >= *unit && value % *unit == 0) {
            Some((unit, name)) => write!(f, "{} {name}", value / unit),
            None => write!(f, "{value} bytes"),
        }
    }
}

struct Got<'a>(&'a LimitExceeded);

impl fmt::Display for Got<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.actual_value.map_or(Ok(()), |actual| write!(f, " (got {actual})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_limit_in_units_that_people_use() {
        for (limit, text) in [
            (LimitExceeded::rows(10_000), "10000 rows."),
            (LimitExceeded::bytes(67_108_864, None), "64 MB."),
            (LimitExceeded::bytes(1024, Some(1500)), "1 KB (got 1500)."),
            (LimitExceeded::bytes(500, None), "500 bytes."),
        ] {
            let said = limit.to_string();
            assert!(said.starts_with(&format!("The result has more than the maximum of {text}")), "{said}");
        }
    }
}
