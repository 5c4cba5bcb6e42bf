//! The queries whose pages are open now: their stages are examined even if no rule needs that.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::DriverKey;

/// A page that has not asked for so long is closed or hidden.
const LEFT: Duration = Duration::from_secs(60);
/// Pages that are remembered, of all drivers together.
const PAGES: usize = 50;

/// See the module's sentence.
#[derive(Debug, Default)]
pub(super) struct LookedAt(Mutex<VecDeque<(DriverKey, String, Instant)>>);

impl LookedAt {
    /// Notes that a page has asked.
    pub fn note(&self, key: &DriverKey, query_id: &str, now: Instant) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |of: &DriverKey, id: &str| of == key && id == query_id;
        pages.retain(|(of, id, at)| now.duration_since(*at) < LEFT && !is_same(of, id));
        while pages.len() >= PAGES {
            pages.pop_front();
        }
        pages.push_back((key.clone(), query_id.to_owned(), now));
    }

    /// The queries of one driver whose pages are open.
    pub fn of(&self, key: &DriverKey, now: Instant) -> BTreeSet<String> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = pages.iter().filter(|(of, _, at)| of == key && now.duration_since(*at) < LEFT);
        open.map(|(_, id, _)| id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Whose;

    fn key(app_id: &str) -> DriverKey {
        DriverKey { whose: Whose::EVERYBODY, app_id: app_id.to_owned() }
    }

    #[test]
    fn a_page_counts_for_a_minute_after_it_has_asked_and_for_its_own_driver() {
        let (pages, begin) = (LookedAt::default(), Instant::now());
        let after = |seconds| begin + Duration::from_secs(seconds);
        pages.note(&key("a"), "sql-1", begin);
        pages.note(&key("a"), "sql-2", after(30));
        let open = |app_id, seconds| pages.of(&key(app_id), after(seconds)).into_iter().collect::<Vec<_>>();
        assert_eq!(open("a", 59), ["sql-1", "sql-2"]);
        assert_eq!(open("a", 60), ["sql-2"]);
        assert!(open("b", 30).is_empty());
    }

    #[test]
    fn any_number_of_pages_takes_little_memory() {
        let (pages, begin) = (LookedAt::default(), Instant::now());
        for page in 0..1_000 {
            pages.note(&key("a"), &format!("sql-{page}"), begin);
            pages.note(&key("a"), "sql-0", begin);
        }
        assert_eq!(pages.of(&key("a"), begin).len(), PAGES);
        assert!(pages.of(&key("a"), begin).contains("sql-0"), "the one that asks again stays");
    }
}
