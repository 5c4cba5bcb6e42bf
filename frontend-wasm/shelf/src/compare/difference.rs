//! How a number differs from another one.

use kit::i18n::{CompareMessage, tr};
use kit::language;

/// Times closer than this are taken for the same; milliseconds.
const NOISE_MS: u64 = 100;
/// Times and bytes are about the same if they differ by less than one in so many.
const NOISE_SHARE: u64 = 10;

/// From so many times on, a difference is written without tenths.
const LARGE: u64 = 100;

/// What a number counts, which decides when a difference means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Milliseconds,
    Bytes,
    Count,
}

/// The second one, compared with the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    Unknown,
    Same,
    AboutSame,
    OnlyFirst,
    OnlySecond,
    /// Different in a way that is no number.
    Other,
    More {
        percent: u64,
    },
    Less {
        percent: u64,
    },
    Times {
        tenths: u64,
    },
}

impl Difference {
    /// Between numbers; none is not known.
    pub fn between(first: Option<u64>, second: Option<u64>, unit: Unit) -> Self {
        let (Some(first), Some(second)) = (first, second) else { return Self::Unknown };
        let apart = first.abs_diff(second);
        let is_noise = match unit {
            Unit::Count => false,
            Unit::Bytes => apart.saturating_mul(NOISE_SHARE) < first.max(second),
            Unit::Milliseconds => apart < NOISE_MS || apart.saturating_mul(NOISE_SHARE) < first.max(second),
        };
        // Never 0%, where a count differs by one of many.
        let percent = |of: u64| (apart as f64 * 100.0 / of.max(1) as f64).max(1.0) as u64;
        match (first, second) {
            _ if apart == 0 => Self::Same,
            _ if is_noise => Self::AboutSame,
            (0, _) => Self::OnlySecond,
            (_, 0) => Self::OnlyFirst,
            _ if second < first => Self::Less { percent: percent(first) },
            _ if second / 2 < first => Self::More { percent: percent(first) },
            _ => Self::Times { tenths: second.saturating_mul(10).saturating_add(first / 2) / first },
        }
    }

    /// Between words; none is not known.
    pub fn of_words(first: Option<&str>, second: Option<&str>) -> Self {
        match (first, second) {
            (Some(first), Some(second)) if first == second => Self::Same,
            (Some(_), Some(_)) => Self::Other,
            _ => Self::Unknown,
        }
    }

    pub fn is_same(self) -> bool {
        matches!(self, Self::Same | Self::AboutSame)
    }

    /// What differs comes first, what is not known last.
    pub fn rank(self) -> u8 {
        match self {
            Self::Unknown => 2,
            Self::Same | Self::AboutSame => 1,
            _ => 0,
        }
    }

    pub fn words(self) -> String {
        tr(match self {
            Self::Unknown => CompareMessage::NotKnown,
            Self::Same => CompareMessage::Same,
            Self::AboutSame => CompareMessage::AboutSame,
            Self::OnlyFirst => CompareMessage::OnlyFirst,
            Self::OnlySecond => CompareMessage::OnlySecond,
            Self::Other => CompareMessage::Other,
            Self::More { percent } => CompareMessage::More { percent },
            Self::Less { percent } => CompareMessage::Less { percent },
            Self::Times { tenths } => return times(tenths),
        })
    }
}

/// Of a large number nobody needs the tenths.
fn times(tenths: u64) -> String {
    let times = if tenths < LARGE * 10 { language::tenths(tenths) } else { language::number(tenths / 10) };
    tr(CompareMessage::Times { times: &times })
}

#[cfg(test)]
mod tests {
    use super::{Difference, Unit};

    fn words(first: u64, second: u64, unit: Unit) -> String {
        Difference::between(Some(first), Some(second), unit).words()
    }

    #[test]
    fn the_second_is_said_to_be_more_or_less_than_the_first() {
        assert_eq!(words(1_000, 1_500, Unit::Milliseconds), "50% more");
        assert_eq!(words(1_000, 2_000, Unit::Milliseconds), "2.0 times as much");
        assert_eq!(words(1_000, 32_000, Unit::Bytes), "32.0 times as much");
        assert_eq!(words(1_000, 123_456, Unit::Bytes), "123 times as much");
        assert_eq!(words(4_000, 1_000, Unit::Bytes), "75% less");
        assert_eq!(words(0, 5_000, Unit::Bytes), "only the second");
        assert_eq!(words(5_000, 0, Unit::Bytes), "only the first");
        assert_eq!(words(0, 0, Unit::Bytes), "the same");
    }

    #[test]
    fn a_tenth_of_time_or_bytes_is_no_difference_but_one_task_is() {
        assert_eq!(words(10_000, 10_999, Unit::Milliseconds), "about the same");
        assert_eq!(words(10_000, 11_112, Unit::Milliseconds), "11% more");
        assert_eq!(words(10, 109, Unit::Milliseconds), "about the same");
        assert_eq!(words(10, 111, Unit::Milliseconds), "11.1 times as much");
        assert_eq!(words(1_000, 1_001, Unit::Count), "1% more");
    }

    #[test]
    fn the_largest_numbers_are_no_problem() {
        assert_eq!(words(u64::MAX, u64::MAX, Unit::Bytes), "the same");
        assert_eq!(words(u64::MAX, 1, Unit::Count), "100% less");
        assert!(words(1, u64::MAX, Unit::Bytes).ends_with("times as much"));
    }

    #[test]
    fn what_is_not_known_of_one_is_not_compared() {
        assert_eq!(Difference::between(Some(1), None, Unit::Count).words(), "not known");
        assert_eq!(Difference::of_words(None, Some("failed")), Difference::Unknown);
        assert_eq!(Difference::of_words(Some("failed"), Some("succeeded")), Difference::Other);
    }
}
