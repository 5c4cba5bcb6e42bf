//! A fact with its age: its value, when it was seen, why there is nothing newer, and when it expires.

use std::sync::Arc;

use tokio::time::Instant;
use upstream::UpstreamError;

/// A value with its age. Facts combine with [`Self::map`] and [`Self::zip`].
#[derive(Clone, Debug)]
pub struct Observed<V> {
    pub value: V,
    pub age: Age,
}

/// The age of a fact with several parts: the oldest moment, the first failure, the earliest expiry.
#[derive(Clone, Debug)]
pub struct Age {
    /// When the oldest part arrived; none for a value that was only remembered.
    pub oldest: Option<Moment>,
    /// Why there is nothing newer.
    pub failure: Option<Failure>,
    /// Until then the same parts would give the same fact.
    pub good_until: Instant,
}

/// A moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub arrived: Instant,
    /// The same in milliseconds since 1970.
    pub at_ms: i64,
}

/// A value and when it arrived.
#[derive(Debug)]
pub struct Good<V> {
    pub value: Arc<V>,
    /// Lifetime counts from here, not from the request.
    pub arrived: Instant,
    /// Until then nothing newer is available.
    pub good_until: Instant,
    /// Milliseconds since 1970.
    pub observed_at_ms: i64,
}

impl<V> Clone for Good<V> {
    fn clone(&self) -> Self {
        let Self { ref value, arrived, good_until, observed_at_ms } = *self;
        Self { value: Arc::clone(value), arrived, good_until, observed_at_ms }
    }
}

/// A failure, and when the upstream began to fail.
#[derive(Clone, Debug)]
pub struct Failure {
    pub error: Arc<UpstreamError>,
    pub arrived: Instant,
    pub since_ms: i64,
}

impl<V> From<Good<V>> for Observed<Arc<V>> {
    fn from(good: Good<V>) -> Self {
        let oldest = Some(Moment { arrived: good.arrived, at_ms: good.observed_at_ms });
        Self { value: good.value, age: Age { oldest, failure: None, good_until: good.good_until } }
    }
}

impl<V> Observed<Arc<V>> {
    /// The last good value, and why there is nothing newer.
    pub(crate) fn last(good: Good<V>, failure: Failure) -> Self {
        let mut observed = Self::from(good).passing();
        observed.age.failure = Some(failure);
        observed
    }
}

impl<V> Observed<V> {
    /// A value that a failure implies: true since the failure began, until there is an answer.
    pub fn since(failure: &Failure, value: V) -> Self {
        let oldest = Some(Moment { arrived: failure.arrived, at_ms: failure.since_ms });
        Self { value, age: Age { oldest, failure: None, good_until: failure.arrived } }
    }

    /// A remembered value, for which no upstream was called.
    pub fn remembered(value: V) -> Self {
        Self { value, age: Age { oldest: None, failure: None, good_until: Instant::now() } }
    }

    /// Changes the value and keeps the age.
    pub fn map<U>(self, change: impl FnOnce(V) -> U) -> Observed<U> {
        Observed { value: change(self.value), age: self.age }
    }

    /// Changes the value, if possible, and keeps the age.
    ///
    /// # Errors
    /// The error of `change`.
    pub fn try_map<U, E>(self, change: impl FnOnce(V) -> Result<U, E>) -> Result<Observed<U>, E> {
        Ok(Observed { value: change(self.value)?, age: self.age })
    }

    /// The same fact, borrowed.
    pub fn as_ref(&self) -> Observed<&V> {
        Observed { value: &self.value, age: self.age.clone() }
    }

    /// Both facts as one, with the age of both.
    pub fn zip<U>(self, other: Observed<U>) -> Observed<(V, U)> {
        Observed { value: (self.value, other.value), age: self.age.and(other.age) }
    }

    /// Marks a fact as found by means of another. While its own source answers, the other's age does not count.
    #[must_use]
    pub fn found_by(mut self, other: &Age) -> Self {
        self.age.good_until = self.age.good_until.min(other.good_until);
        if self.age.failure.is_some() {
            self.age.failure = other.failure.clone().or(self.age.failure);
        }
        self
    }

    /// Also expires when `other` does.
    #[must_use]
    pub fn expiring_with(mut self, other: &Age) -> Self {
        self.age.good_until = self.age.good_until.min(other.good_until);
        self
    }

    /// Expires now, because a part of it is already outdated at the next request.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.age.good_until = self.age.good_until.min(Instant::now());
        self
    }

    /// When the oldest part was seen, milliseconds since 1970.
    pub fn observed_at_ms(&self) -> i64 {
        self.age.oldest.map_or_else(crate::clock::now_ms, |moment| moment.at_ms)
    }
}

impl Age {
    /// The age of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let oldest = match (self.oldest, other.oldest) {
            (Some(one), Some(two)) => Some(if two.arrived < one.arrived { two } else { one }),
            (one, two) => one.or(two),
        };
        let good_until = self.good_until.min(other.good_until);
        Self { oldest, failure: self.failure.or(other.failure), good_until }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use upstream::Upstream;

    use super::*;

    fn part(begin: Instant, arrived_s: u64, lifetime_s: u64) -> Observed<Arc<u64>> {
        let arrived = begin + Duration::from_secs(arrived_s);
        let good_until = arrived + Duration::from_secs(lifetime_s);
        let observed_at_ms = 1000 * i64::try_from(arrived_s).unwrap();
        Good { value: Arc::new(arrived_s), arrived, good_until, observed_at_ms }.into()
    }

    fn failed(begin: Instant, after: u64) -> Observed<Arc<u64>> {
        let error = Arc::new(UpstreamError::timeout(Upstream::Driver, Duration::from_secs(after)));
        let mut part = part(begin, after, 60);
        part.age.failure = Some(Failure { error, arrived: begin, since_ms: i64::try_from(after).unwrap() });
        part
    }

    fn since_ms(age: &Age) -> Option<i64> {
        age.failure.as_ref().map(|failure| failure.since_ms)
    }

    #[test]
    fn a_fact_is_as_old_as_its_oldest_part_and_good_as_long_as_its_shortest() {
        let begin = Instant::now();
        for parts in [[part(begin, 1, 30), part(begin, 3, 4)], [part(begin, 3, 4), part(begin, 1, 30)]] {
            let [one, two] = parts;
            let both = one.zip(two).map(|(one, two)| *one + *two);
            assert_eq!((both.value, both.observed_at_ms()), (4, 1000));
            assert_eq!(both.age.good_until, begin + Duration::from_secs(7));
        }
    }

    #[test]
    fn the_first_failure_is_the_reason() {
        let begin = Instant::now();
        assert_eq!(since_ms(&failed(begin, 1).zip(failed(begin, 2)).age), Some(1));
        assert_eq!(since_ms(&part(begin, 1, 30).zip(failed(begin, 2)).age), Some(2));
    }

    #[test]
    fn what_a_driver_says_is_not_old_because_the_list_that_led_to_it_is() {
        let begin = Instant::now();
        let list = failed(begin, 1).age;
        let answers = part(begin, 5, 30).found_by(&list);
        assert_eq!((since_ms(&answers.age), answers.observed_at_ms()), (None, 5000));
        assert_eq!(since_ms(&failed(begin, 2).found_by(&list).age), Some(1), "both are old: the list was first");
    }
}
