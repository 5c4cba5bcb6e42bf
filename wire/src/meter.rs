//! A used part of a whole, with the colour it deserves.

use serde::{Deserialize, Serialize};

/// How much attention a value deserves; a word always stands beside its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    #[default]
    Green,
    Amber,
    Red,
}

impl Level {
    /// True for the level that needs no attention, which is not sent.
    #[must_use]
    pub fn is_green(&self) -> bool {
        *self == Self::Green
    }

    /// The level of a used share: green up to exactly 70 %, amber up to exactly 90 %, red above.
    #[must_use]
    pub fn of_share(used: u64, total: u64) -> Self {
        // Compared in integers, so that exactly 70 % stays green whatever the rounding.
        let (used, total) = (u128::from(used) * 10, u128::from(total));
        if used <= total * 7 {
            Self::Green
        } else if used <= total * 9 {
            Self::Amber
        } else {
            Self::Red
        }
    }
}

/// A bar: `used` of `total`, in the unit its field's name says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meter {
    pub used: u64,
    pub total: u64,
    pub level: Level,
}

impl Meter {
    #[must_use]
    pub fn new(used: u64, total: u64) -> Self {
        Self { used, total, level: Level::of_share(used, total) }
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn exactly_70_percent_is_green_and_exactly_90_is_amber() {
        let level = |used| Level::of_share(used, 1_000);
        assert_eq!([level(0), level(700)], [Level::Green; 2]);
        assert_eq!([level(701), level(900)], [Level::Amber; 2]);
        assert_eq!([level(901), level(1_000), level(2_000)], [Level::Red; 3]);
    }

    #[test]
    fn nothing_of_nothing_is_green() {
        assert_eq!(Level::of_share(0, 0), Level::Green);
        assert_eq!(Level::of_share(u64::MAX, u64::MAX), Level::Red);
    }
}
