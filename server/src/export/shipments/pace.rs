//! How many jobs one person ships.

use std::{collections::VecDeque, sync::Mutex};

/// Jobs in a minute, and in an hour.
const MOST: [(usize, i64); 2] = [(10, 60_000), (60, 3_600_000)];

/// When the last jobs were shipped; milliseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<VecDeque<i64>>);

impl Pace {
    /// Counts one more.
    ///
    /// # Errors
    /// When there were too many: the seconds until the next may be shipped. Then it is not counted.
    pub fn count(&self, now_ms: i64) -> Result<(), u32> {
        let mut times = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        has_room(&times, now_ms)?;
        times.push_back(now_ms);
        let [_, (most, _)] = MOST;
        if times.len() > most {
            times.pop_front();
        }
        Ok(())
    }

    /// Whether one more may be shipped now. Nothing is counted.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub fn check(&self, now_ms: i64) -> Result<(), u32> {
        has_room(&self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner), now_ms)
    }
}

fn has_room(times: &VecDeque<i64>, now_ms: i64) -> Result<(), u32> {
    for (most, span_ms) in MOST {
        // The one after which there is room again.
        let oldest = times.len().checked_sub(most).and_then(|at| times.get(at)).copied();
        if let Some(wait_ms) = oldest.map(|oldest| oldest + span_ms - now_ms).filter(|wait_ms| *wait_ms > 0) {
            return Err(u32::try_from(wait_ms / 1000 + 1).unwrap_or(u32::MAX));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_a_minute_and_sixty_an_hour_and_what_is_refused_does_not_count() {
        let pace = Pace::default();
        assert!((0..10).all(|at| pace.count(at).is_ok()));
        assert_eq!(pace.count(30_000), Err(31));
        assert_eq!(pace.count(59_999), Err(1));
        assert!((1..=5).all(|minute| (0..10).all(|at| pace.count(minute * 60_001 + at).is_ok())));
        assert_eq!(pace.count(6 * 60_010), Err(3_240));
        assert!(pace.count(3_600_001).is_ok());
    }
}
