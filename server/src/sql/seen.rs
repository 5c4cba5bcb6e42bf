//! What the catalogue showed of one session, kept for a minute.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use wire::sql::SqlCatalog;

/// How long an answer is kept. A command of the same session drops it.
const LIFETIME: Duration = Duration::from_secs(60);
/// Answers that are kept.
const MOST: usize = 200;
/// All of them together, as JSON. One with 10,000 names has about a quarter of this.
const MOST_BYTES: usize = 4 << 20;

/// What is looked at: nothing for the catalogues, a catalogue for its databases, and so on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(crate) struct Place {
    #[serde(default, rename = "session")]
    pub session_id: String,
    pub catalog: Option<String>,
    pub database: Option<String>,
    pub table: Option<String>,
    /// Whether Spark is asked even if the answer is still known.
    #[serde(default)]
    pub fresh: bool,
}

/// See the module's sentence.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    answers: BTreeMap<Place, Kept>,
    /// Grows when a command may have changed the catalogue.
    changes: u64,
}

#[derive(Debug)]
struct Kept {
    at: Instant,
    bytes: usize,
    found: SqlCatalog,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the catalogue showed there less than a minute ago.
    pub fn known(&self, place: &Place) -> Option<SqlCatalog> {
        let key = Place { fresh: false, ..place.clone() };
        self.lock().answers.get(&key).filter(|kept| kept.at.elapsed() < LIFETIME).map(|kept| kept.found.clone())
    }

    /// How often the catalogue may have changed.
    pub fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Keeps what the catalogue showed, unless it is too large or may have changed since Spark was asked.
    pub fn keep(&self, place: Place, found: &SqlCatalog, changes: u64) {
        let place = Place { fresh: false, ..place };
        let bytes = bytes(&place, found);
        let mut known = self.lock();
        known.answers.retain(|other, kept| kept.at.elapsed() < LIFETIME && *other != place);
        let all: usize = known.answers.values().map(|kept| kept.bytes).sum();
        let fits = known.answers.len() < MOST && all.saturating_add(bytes) <= MOST_BYTES;
        if fits && known.changes == changes {
            known.answers.insert(place, Kept { at: Instant::now(), bytes, found: found.clone() });
        }
    }

    /// A command may have changed the catalogue.
    pub fn forget(&self) {
        let mut known = self.lock();
        known.answers.clear();
        known.changes = known.changes.saturating_add(1);
    }
}

/// The size of an answer with its place, as JSON.
fn bytes(place: &Place, found: &SqlCatalog) -> usize {
    serde_json::to_vec(&(place, found)).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use wire::sql::{SqlError, SqlName, SqlNames, SqlTable};

    use super::*;

    fn place(catalog: &str) -> Place {
        Place {
            session_id: String::new(),
            catalog: Some(catalog.to_owned()),
            database: None,
            table: None,
            fresh: false,
        }
    }

    fn found(names: usize) -> SqlCatalog {
        let name = SqlName { name: "d".to_owned(), sql: "d".to_owned(), is_temporary: false };
        SqlCatalog::Names(SqlNames { names: vec![name; names], current: None, more: false })
    }

    #[test]
    fn what_was_asked_before_a_change_is_not_kept_after_it() {
        let seen = Seen::default();
        let before = seen.changes();
        seen.forget();
        seen.keep(place("a"), &found(1), before);
        assert_eq!(seen.known(&place("a")), None);
        seen.keep(place("a"), &found(1), seen.changes());
        assert_eq!(seen.known(&Place { fresh: true, ..place("a") }), Some(found(1)));
    }

    #[test]
    fn only_so_many_answers_are_kept() {
        let seen = Seen::default();
        for number in 0..MOST + 1 {
            seen.keep(place(&number.to_string()), &found(1), 0);
        }
        assert_eq!(seen.lock().answers.len(), MOST);
    }

    #[test]
    fn answers_are_kept_up_to_some_bytes_whatever_they_are() {
        let text = || "x".repeat(MOST_BYTES / 2);
        let table = SqlCatalog::Table(SqlTable { comment: Some(text()), ..SqlTable::default() });
        let failed = SqlCatalog::Failed(SqlError { message: text(), ..SqlError::default() });
        for large in [table, failed] {
            let seen = Seen::default();
            for catalog in ["a", "A", "b"] {
                seen.keep(place(catalog), &large, 0);
            }
            assert_eq!(seen.known(&place("a")), Some(large));
            assert!(seen.known(&place("A")).is_none() && seen.known(&place("b")).is_none());
            seen.keep(place("b"), &found(10_000), 0);
            assert_eq!(seen.known(&place("b")), Some(found(10_000)));
            seen.keep(place(&text()), &found(1), 0);
            assert_eq!(seen.lock().answers.len(), 2, "its place is large");
        }
    }
}
