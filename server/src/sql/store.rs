//! All statements, within limits.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use monitor::Whose;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;
use wire::sql::SqlState;

use super::{open::OpenSession, statement::Statement};

/// Statements of one caller that are known at once; those that have ended make room.
pub(super) const MOST_OF_ONE: usize = 64;

/// Every statement whose state or result can be asked for.
#[derive(Debug)]
pub(super) struct Statements {
    all: Mutex<BTreeMap<Uuid, Arc<Statement>>>,
    places: Semaphore,
}

/// The right to run.
pub(super) struct Place<'a> {
    _of_session: Option<SemaphorePermit<'a>>,
    _of_all: Option<SemaphorePermit<'a>>,
}

impl Statements {
    pub fn new(running: usize) -> Self {
        Self { all: Mutex::default(), places: Semaphore::new(running) }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<Uuid, Arc<Statement>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a statement; false if its owner has too many that have not ended.
    pub fn add(&self, statement: &Arc<Statement>) -> bool {
        let mut all = self.all();
        let mine = all.values().filter(|other| other.owner == statement.owner);
        let (over, active): (Vec<_>, Vec<_>) = mine.partition(|other| other.state().is_over());
        if active.len() >= MOST_OF_ONE {
            return false;
        }
        if over.len().saturating_add(active.len()) >= MOST_OF_ONE
            && let Some(oldest) = over.iter().min_by_key(|other| other.seen()).map(|other| other.id)
        {
            all.remove(&oldest);
        }
        all.insert(statement.id, Arc::clone(statement));
        true
    }

    /// The caller's statement. Somebody else's is as unknown as one that does not exist.
    pub fn get(&self, owner: &Whose, id: &str) -> Option<Arc<Statement>> {
        let id: Uuid = id.parse().ok()?;
        let statement = self.all().get(&id).filter(|statement| statement.owner == *owner).cloned()?;
        statement.touch();
        statement.session.touch();
        Some(statement)
    }

    pub fn remove(&self, id: &Uuid) {
        self.all().remove(id);
    }

    pub fn has(&self, id: &Uuid) -> bool {
        self.all().contains_key(id)
    }

    pub fn of(&self, owner: &Whose) -> Vec<Arc<Statement>> {
        self.all().values().filter(|statement| statement.owner == *owner).cloned().collect()
    }

    pub fn list(&self) -> Vec<Arc<Statement>> {
        self.all().values().cloned().collect()
    }

    /// Waits for the right to run: first in the session, so that one session cannot take the places of all.
    pub async fn place<'a>(&'a self, session: &'a OpenSession) -> Place<'a> {
        // Neither is ever closed.
        let of_session = session.places.acquire().await.ok();
        Place { _of_session: of_session, _of_all: self.places.acquire().await.ok() }
    }

    /// Drops the results that were asked for longest ago, until the rest fits.
    pub fn make_room(&self, most_bytes: u64) {
        let mut ended: Vec<_> =
            self.list().into_iter().filter(|statement| statement.state() == SqlState::Finished).collect();
        ended.sort_by_key(|statement| statement.seen());
        let sizes: Vec<u64> = ended.iter().map(|statement| statement.kept_bytes()).collect();
        let mut kept: u64 = sizes.iter().sum();
        for (statement, bytes) in ended.iter().zip(sizes) {
            if kept <= most_bytes {
                break;
            }
            statement.forget_rows();
            kept = kept.saturating_sub(bytes);
        }
    }
}
