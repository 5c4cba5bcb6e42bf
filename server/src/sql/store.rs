//! All statements, within limits.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use monitor::Whose;
use uuid::Uuid;

use super::{
    open::OpenSession,
    places::{AllPlaces, Place, Places},
    statement::Statement,
};

/// Statements of one caller that are known at once; those that have ended make room.
pub(super) const MOST_OF_ONE: usize = 64;

/// Every statement whose state or result can be asked for.
#[derive(Debug)]
pub(super) struct Statements {
    all: Mutex<BTreeMap<Uuid, Arc<Statement>>>,
    places: AllPlaces,
}

impl Statements {
    pub fn new(running: usize, is_shared: bool) -> Self {
        Self { all: Mutex::default(), places: AllPlaces::new(running, is_shared) }
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
            forget(all.remove(&oldest));
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
        let removed = self.all().remove(id);
        forget(removed);
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

    /// The places of an owner's sessions.
    pub fn places_of(&self, owner: &Whose) -> Arc<Places> {
        self.places.of(owner)
    }

    /// Waits for the right to run.
    pub async fn place(&self, session: &OpenSession) -> Place {
        self.places.to_run(&session.places, &session.places_of_owner).await
    }

    /// The right to send a result, if there is a place.
    pub fn download(&self, session: &OpenSession) -> Option<Place> {
        self.places.to_download(&session.places_of_owner)
    }

    /// Drops results until the rest fits, those included that still arrive: of whoever has most, the one that was asked
    /// for longest ago. Returns the largest that arrives, if those that arrive are alone too large.
    pub fn make_room(&self, most_bytes: u64) -> Option<Arc<Statement>> {
        let (mut ended, arriving): (Vec<_>, Vec<_>) = self
            .list()
            .into_iter()
            .map(|statement| (statement.kept_bytes(), statement))
            .partition(|(_, statement)| statement.state().is_over());
        let sum = |of: &[(u64, Arc<Statement>)]| of.iter().map(|(bytes, _)| bytes).sum::<u64>();
        let left = most_bytes.checked_sub(sum(&arriving));
        let Some(left) = left else {
            return arriving.into_iter().max_by_key(|(bytes, _)| *bytes).map(|(_, statement)| statement);
        };
        while sum(&ended) > left {
            let of =
                |owner: &Whose| ended.iter().filter(|(_, it)| it.owner == *owner).map(|(bytes, _)| bytes).sum::<u64>();
            let most = ended.iter().map(|(_, it)| of(&it.owner)).max().unwrap_or_default();
            let of_most = ended.iter().enumerate().filter(|(_, (bytes, it))| *bytes > 0 && of(&it.owner) == most);
            let Some((oldest, _)) = of_most.min_by_key(|(_, (_, it))| it.seen()) else { break };
            ended.swap_remove(oldest).1.forget_rows();
        }
        None
    }
}

/// A download may still hold what nobody can ask for any more, and it would be counted nowhere.
fn forget(removed: Option<Arc<Statement>>) {
    if let Some(statement) = removed {
        statement.forget_rows();
    }
}
