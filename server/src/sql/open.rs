//! The open Spark sessions of all callers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use connect_client::Session;
use monitor::Whose;
use tokio::{
    sync::{OnceCell, Semaphore},
    time::Instant,
};
use wire::sql::{SqlCatalog, SqlSession};

use super::catalog::{LIFETIME, Place};

/// One open session.
#[derive(Debug)]
pub(super) struct OpenSession {
    pub owner: Whose,
    pub session: Session,
    pub copy_of: Option<String>,
    pub opened_at_ms: i64,
    /// Places for statements that run at once.
    pub places: Semaphore,
    /// Places for statements of all sessions of the owner.
    pub places_of_owner: Arc<Semaphore>,
    /// The driver's application, once a statement had to know it.
    pub app_id: OnceCell<Option<String>>,
    /// Places for questions that run nothing: looks at the catalogue, and what a statement is.
    pub lookups: Semaphore,
    seen: Mutex<Seen>,
    used: Mutex<Instant>,
}

/// What the catalogue showed.
#[derive(Debug, Default)]
struct Seen {
    answers: BTreeMap<Place, (Instant, SqlCatalog)>,
    /// Grows when a command may have changed the catalogue.
    changes: u64,
}

/// Questions that are asked at once in one session.
const LOOKUPS: usize = 2;
/// Answers of the catalogue that a session keeps.
const MOST_SEEN: usize = 200;
/// Names, columns and partitions in all of them.
const MOST_NAMES_SEEN: usize = 20_000;

impl OpenSession {
    pub fn new(
        owner: Whose,
        session: Session,
        copy_of: Option<String>,
        places: usize,
        places_of_owner: Arc<Semaphore>,
    ) -> Self {
        Self {
            owner,
            session,
            copy_of,
            opened_at_ms: super::statement::now_ms(),
            places: Semaphore::new(places),
            places_of_owner,
            app_id: OnceCell::new(),
            lookups: Semaphore::new(LOOKUPS),
            seen: Mutex::default(),
            used: Mutex::new(Instant::now()),
        }
    }

    pub fn touch(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub fn used(&self) -> Instant {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the catalogue showed there less than a minute ago.
    pub fn known(&self, place: &Place) -> Option<SqlCatalog> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let key = Place { fresh: false, ..place.clone() };
        seen.answers.get(&key).filter(|(at, _)| at.elapsed() < LIFETIME).map(|(_, found)| found.clone())
    }

    /// How often the catalogue may have changed.
    pub fn changes(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).changes
    }

    /// Keeps what the catalogue showed, unless it may have changed since Spark was asked.
    pub fn keep(&self, place: Place, found: SqlCatalog, changes: u64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Place { fresh: false, ..place };
        seen.answers.retain(|other, (at, _)| at.elapsed() < LIFETIME && *other != place);
        let names: usize = seen.answers.values().map(|(_, kept)| names(kept)).sum();
        let fits = seen.answers.len() < MOST_SEEN && names.saturating_add(self::names(&found)) <= MOST_NAMES_SEEN;
        if fits && seen.changes == changes {
            seen.answers.insert(place, (Instant::now(), found));
        }
    }

    /// A command may have changed the catalogue.
    pub fn forget_seen(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.answers.clear();
        seen.changes = seen.changes.saturating_add(1);
    }

    pub fn shown(&self) -> SqlSession {
        SqlSession {
            session_id: self.session.session_id().to_owned(),
            copy_of: self.copy_of.clone(),
            opened_at_ms: self.opened_at_ms,
        }
    }
}

/// The size of an answer, in names.
fn names(found: &SqlCatalog) -> usize {
    match found {
        SqlCatalog::Names(found) => found.names.len(),
        SqlCatalog::Table(table) => {
            table.columns.len().saturating_add(table.partitions.len()).saturating_add(table.properties.len())
        }
        SqlCatalog::Failed(_) => 1,
    }
}

/// All of them, by Spark's id.
#[derive(Debug, Default)]
pub(super) struct OpenSessions {
    all: Mutex<BTreeMap<String, Arc<OpenSession>>>,
    /// Whether a task looks after them.
    watched: AtomicBool,
}

impl OpenSessions {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<OpenSession>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the caller must start the task that looks after them.
    pub fn begin_watch(&self) -> bool {
        !self.watched.swap(true, Ordering::AcqRel)
    }

    /// Whether that task may end.
    pub fn end_watch_if_empty(&self) -> bool {
        // Under the lock, so that no session is added in between.
        let all = self.all();
        let empty = all.is_empty();
        if empty {
            self.watched.store(false, Ordering::Release);
        }
        empty
    }

    /// Keeps a session, unless its owner has `most` already. None then.
    pub fn add(&self, session: OpenSession, most: usize) -> Option<Arc<OpenSession>> {
        let mut all = self.all();
        if all.values().filter(|open| open.owner == session.owner).count() >= most {
            return None;
        }
        let session = Arc::new(session);
        all.insert(session.session.session_id().to_owned(), Arc::clone(&session));
        Some(session)
    }

    /// The places of an owner's sessions together.
    pub fn places_of(&self, owner: &Whose, places: usize) -> Arc<Semaphore> {
        let known = self.all().values().find(|open| open.owner == *owner).map(|open| Arc::clone(&open.places_of_owner));
        known.unwrap_or_else(|| Arc::new(Semaphore::new(places)))
    }

    /// Whether it is open for somebody else.
    pub fn is_of_another(&self, owner: &Whose, session_id: &str) -> bool {
        self.all().get(session_id).is_some_and(|open| open.owner != *owner)
    }

    /// The caller's session. Somebody else's is as unknown as one that does not exist.
    pub fn get(&self, owner: &Whose, session_id: &str) -> Option<Arc<OpenSession>> {
        let session = self.all().get(session_id).filter(|open| open.owner == *owner).cloned()?;
        session.touch();
        Some(session)
    }

    pub fn remove(&self, session_id: &str) -> Option<Arc<OpenSession>> {
        self.all().remove(session_id)
    }

    pub fn list(&self) -> Vec<Arc<OpenSession>> {
        self.all().values().cloned().collect()
    }

    pub fn of(&self, owner: &Whose) -> Vec<SqlSession> {
        let mut sessions: Vec<_> =
            self.all().values().filter(|open| open.owner == *owner).map(|open| open.shown()).collect();
        sessions.sort_by_key(|session| session.opened_at_ms);
        sessions
    }
}

#[cfg(test)]
mod tests {
    use connect_client::{Client, TrustedRoots};
    use wire::sql::{SqlName, SqlNames};

    use super::*;

    fn session() -> OpenSession {
        let client = Client::new("sc://127.0.0.1:1".parse().unwrap(), &TrustedRoots::default()).unwrap();
        OpenSession::new(Whose::EVERYBODY, Session::new(client, "ann"), None, 1, Arc::new(Semaphore::new(1)))
    }

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
        SqlCatalog::Names(SqlNames { names: vec![name; names], current: None, not_shown: 0 })
    }

    #[tokio::test]
    async fn what_was_asked_before_a_change_is_not_kept_after_it() {
        let session = session();
        let before = session.changes();
        session.forget_seen();
        session.keep(place("a"), found(1), before);
        assert_eq!(session.known(&place("a")), None);
        session.keep(place("a"), found(1), session.changes());
        assert_eq!(session.known(&Place { fresh: true, ..place("a") }), Some(found(1)));
    }

    #[tokio::test]
    async fn many_answers_and_long_ones_are_not_all_kept() {
        let session = session();
        session.keep(place("a"), found(MOST_NAMES_SEEN), 0);
        session.keep(place("b"), found(1), 0);
        assert!(session.known(&place("a")).is_some() && session.known(&place("b")).is_none());
        session.keep(place("a"), found(1), 0);
        for number in 0..MOST_SEEN {
            session.keep(place(&number.to_string()), found(1), 0);
        }
        assert_eq!(session.seen.lock().unwrap().answers.len(), MOST_SEEN);
    }
}
