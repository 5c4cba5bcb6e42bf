//! The open Spark sessions of all callers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use connect_client::Session;
use monitor::{Whose, clock};
use tokio::{
    sync::{OnceCell, Semaphore},
    time::Instant,
};
use uuid::Uuid;
use wire::sql::SqlSession;

use super::{places::Places, seen::Seen};

/// One open session.
#[derive(Debug)]
pub(super) struct OpenSession {
    pub owner: Whose,
    pub session: Session,
    pub copy_of: Option<String>,
    pub opened_at_ms: i64,
    /// Places for statements that run at once.
    pub places: Arc<Semaphore>,
    /// Places of all sessions of the owner.
    pub places_of_owner: Arc<Places>,
    /// The driver's application, once a statement had to know it.
    pub app_id: OnceCell<Option<String>>,
    /// Places for looks at the catalogue.
    pub lookups: Semaphore,
    pub seen: Seen,
    used: Mutex<Instant>,
}

/// Looks at the catalogue that run at once in one session.
const LOOKUPS: usize = 2;
impl OpenSession {
    pub fn new(
        owner: Whose,
        session: Session,
        copy_of: Option<String>,
        places: usize,
        places_of_owner: Arc<Places>,
    ) -> Self {
        Self {
            owner,
            session,
            copy_of,
            opened_at_ms: clock::now_ms(),
            places: Arc::new(Semaphore::new(places)),
            places_of_owner,
            app_id: OnceCell::new(),
            lookups: Semaphore::new(LOOKUPS),
            seen: Seen::default(),
            used: Mutex::new(Instant::now()),
        }
    }

    pub fn touch(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub fn used(&self) -> Instant {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn shown(&self) -> SqlSession {
        SqlSession {
            session_id: self.session.session_id().to_owned(),
            copy_of: self.copy_of.clone(),
            opened_at_ms: self.opened_at_ms,
        }
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

    /// Whether it is open for somebody else.
    pub fn is_of_another(&self, owner: &Whose, session_id: Uuid) -> bool {
        self.all().get(&session_id.to_string()).is_some_and(|open| open.owner != *owner)
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
