//! What the catalogue showed of one session, kept for a minute.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use tokio::time::Instant;
use wire::sql::SqlCatalog;

/// How long an answer is kept. A command of the same session drops it.
const LIFETIME: Duration = Duration::from_secs(60);
/// Answers that are kept.
const MOST: usize = 200;
/// Names, columns and partitions in all of them.
const MOST_NAMES: usize = 20_000;

/// What is looked at: nothing for the catalogues, a catalogue for its databases, and so on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
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
    answers: BTreeMap<Place, (Instant, SqlCatalog)>,
    /// Grows when a command may have changed the catalogue.
    changes: u64,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the catalogue showed there less than a minute ago.
    pub fn known(&self, place: &Place) -> Option<SqlCatalog> {
        let key = Place { fresh: false, ..place.clone() };
        self.lock().answers.get(&key).filter(|(at, _)| at.elapsed() < LIFETIME).map(|(_, found)| found.clone())
    }

    /// How often the catalogue may have changed.
    pub fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Keeps what the catalogue showed, unless it may have changed since Spark was asked.
    pub fn keep(&self, place: Place, found: SqlCatalog, changes: u64) {
        let mut known = self.lock();
        let place = Place { fresh: false, ..place };
        known.answers.retain(|other, (at, _)| at.elapsed() < LIFETIME && *other != place);
        let names: usize = known.answers.values().map(|(_, kept)| size(kept)).sum();
        let fits = known.answers.len() < MOST && names.saturating_add(size(&found)) <= MOST_NAMES;
        if fits && known.changes == changes {
            known.answers.insert(place, (Instant::now(), found));
        }
    }

    /// A command may have changed the catalogue.
    pub fn forget(&self) {
        let mut known = self.lock();
        known.answers.clear();
        known.changes = known.changes.saturating_add(1);
    }
}

/// The size of an answer, in names.
fn size(found: &SqlCatalog) -> usize {
    match found {
        SqlCatalog::Names(found) => found.names.len(),
        SqlCatalog::Table(table) => {
            table.columns.len().saturating_add(table.partitions.len()).saturating_add(table.properties.len())
        }
        SqlCatalog::Failed(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use wire::sql::{SqlName, SqlNames};

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
        seen.keep(place("a"), found(1), before);
        assert_eq!(seen.known(&place("a")), None);
        seen.keep(place("a"), found(1), seen.changes());
        assert_eq!(seen.known(&Place { fresh: true, ..place("a") }), Some(found(1)));
    }

    #[test]
    fn many_answers_and_long_ones_are_not_all_kept() {
        let seen = Seen::default();
        seen.keep(place("a"), found(MOST_NAMES), 0);
        seen.keep(place("b"), found(1), 0);
        assert!(seen.known(&place("a")).is_some() && seen.known(&place("b")).is_none());
        seen.keep(place("a"), found(1), 0);
        for number in 0..MOST {
            seen.keep(place(&number.to_string()), found(1), 0);
        }
        assert_eq!(seen.lock().answers.len(), MOST);
    }
}
