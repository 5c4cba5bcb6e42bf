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
    _of_owner: Option<SemaphorePermit<'a>>,
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

    /// Waits for the right to run: first in the session, then among those of its owner, so that neither one session nor
    /// one person can take the places of all.
    pub async fn place<'a>(&'a self, session: &'a OpenSession) -> Place<'a> {
        // None is ever closed.
        let of_session = session.places.acquire().await.ok();
        let of_owner = session.places_of_owner.acquire().await.ok();
        Place { _of_session: of_session, _of_owner: of_owner, _of_all: self.places.acquire().await.ok() }
    }

    /// Drops the results that were asked for longest ago until the rest fits, those included that still arrive. False
    /// if these alone are too large.
    pub fn make_room(&self, most_bytes: u64) -> bool {
        let mut all = self.list();
        all.sort_by_key(|statement| statement.seen());
        let sizes: Vec<u64> = all.iter().map(|statement| statement.kept_bytes()).collect();
        let mut kept: u64 = sizes.iter().sum();
        for (statement, bytes) in all.iter().zip(sizes) {
            if kept <= most_bytes {
                break;
            }
            if statement.state() == SqlState::Finished {
                statement.forget_rows();
                kept = kept.saturating_sub(bytes);
            }
        }
        kept <= most_bytes
    }
}

#[cfg(test)]
mod tests {
    use connect_client::{Client, Session, TrustedRoots};
    use futures_util::FutureExt;

    use super::*;

    fn session(places_of_owner: &Arc<Semaphore>) -> OpenSession {
        let address = "sc://127.0.0.1:1".parse().unwrap();
        let client = Client::new(address, &TrustedRoots::default()).unwrap();
        OpenSession::new(Whose::EVERYBODY, Session::new(client, "ann"), None, 2, Arc::clone(places_of_owner))
    }

    #[tokio::test]
    async fn neither_one_session_nor_one_person_takes_all_places() {
        let statements = Statements::new(6);
        let (of_ann, of_bob) = (Arc::new(Semaphore::new(3)), Arc::new(Semaphore::new(3)));
        let (first, second, other) = (session(&of_ann), session(&of_ann), session(&of_bob));
        let take = |session| statements.place(session).now_or_never();
        let held = [take(&first), take(&first)];
        assert!(take(&first).is_none(), "the session has two");
        let third = take(&second);
        assert!(held.iter().all(Option::is_some) && third.is_some());
        assert!(take(&second).is_none(), "the person has three");
        assert!(take(&other).is_some());
        drop(third);
        assert!(take(&second).is_some());
    }
}
