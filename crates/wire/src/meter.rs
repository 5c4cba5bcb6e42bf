//! A used part of a whole, with its warning level.

use serde::{Deserialize, Serialize};

/// How much attention a value needs. The panel always shows a word beside the colour.
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
    /// True for the level that needs no attention; it is left out of answers.
    #[must_use]
    pub fn is_green(&self) -> bool {
        *self == Self::Green
    }
}

/// The shares at which amber and red begin; a user may choose other values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    pub amber_above_percent: u32,
    pub red_above_percent: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { amber_above_percent: 70, red_above_percent: 90 }
    }
}

impl Thresholds {
    /// The level of a used share. A share exactly at a threshold still has the lower level.
    #[must_use]
    pub fn level(self, used: u64, total: u64) -> Level {
        // Integers are compared, so that rounding cannot turn exactly 70 % amber.
        let above = |percent: u32| u128::from(used) * 100 > u128::from(total) * u128::from(percent);
        if above(self.red_above_percent) {
            Level::Red
        } else if above(self.amber_above_percent) {
            Level::Amber
        } else {
            Level::Green
        }
    }
}

/// A bar: `used` of `total`, in the unit that the field's name gives.
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
        Self { used, total, level: Thresholds::default().level(used, total) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Thresholds};

    #[test]
    fn exactly_70_percent_is_green_and_exactly_90_is_amber() {
        let level = |used| Thresholds::default().level(used, 1_000);
        assert_eq!([level(0), level(700)], [Level::Green; 2]);
        assert_eq!([level(701), level(900)], [Level::Amber; 2]);
        assert_eq!([level(901), level(1_000), level(2_000)], [Level::Red; 3]);
    }

    #[test]
    fn nothing_of_nothing_is_green() {
        assert_eq!(Thresholds::default().level(0, 0), Level::Green);
        assert_eq!(Thresholds::default().level(u64::MAX, u64::MAX), Level::Red);
    }

    #[test]
    fn a_person_may_choose_other_thresholds_and_red_wins() {
        let chosen = Thresholds { amber_above_percent: 95, red_above_percent: 50 };
        assert_eq!([chosen.level(50, 100), chosen.level(51, 100)], [Level::Green, Level::Red]);
    }
}
