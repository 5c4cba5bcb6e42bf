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
/// Pages that are remembered of one driver, so that one user takes no other's places.
const PAGES_OF_DRIVER: usize = 8;

/// See the module's sentence.
#[derive(Debug, Default)]
pub(super) struct LookedAt(Mutex<VecDeque<(DriverKey, String, Instant)>>);

impl LookedAt {
    /// Notes that a page has asked.
    pub fn note(&self, key: &DriverKey, query_id: &str, now: Instant) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |of: &DriverKey, id: &str| of == key && id == query_id;
        pages.retain(|(of, id, at)| now.duration_since(*at) < LEFT && !is_same(of, id));
        let of_driver = pages.iter().filter(|(of, ..)| of == key).count();
        let oldest = if of_driver < PAGES_OF_DRIVER { None } else { pages.iter().position(|(of, ..)| of == key) };
        if let Some(oldest) = oldest {
            pages.remove(oldest);
        }
        if pages.len() >= PAGES {
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
        assert_eq!(pages.of(&key("a"), begin).len(), PAGES_OF_DRIVER);
        assert!(pages.of(&key("a"), begin).contains("sql-0"), "the one that asks again stays");
        for app in 0..1_000 {
            pages.note(&key(&format!("app-{app}")), "sql-0", begin);
        }
        assert_eq!(pages.0.lock().unwrap().len(), PAGES);
    }

    #[test]
    fn many_pages_of_one_driver_take_no_place_of_another() {
        let (pages, begin) = (LookedAt::default(), Instant::now());
        pages.note(&key("b"), "sql-1", begin);
        for page in 10..70 {
            pages.note(&key("a"), &format!("sql-{page}"), begin);
        }
        let open = |app_id| pages.of(&key(app_id), begin).into_iter().collect::<Vec<_>>();
        assert_eq!(open("b"), ["sql-1"]);
        assert_eq!(open("a"), (62..70).map(|page| format!("sql-{page}")).collect::<Vec<_>>());
    }
}
