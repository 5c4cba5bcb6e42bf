//! The right to run something, among limited places: of a session, of its owner, and of all.

use std::sync::Arc;

use monitor::Whose;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::per_owner::PerOwner;

/// Statements of one owner that are analysed at once, before they may run.
const CHECKS: usize = 4;
/// Results that are sent at once.
const DOWNLOADS: usize = 8;

/// The places of one owner, or of all.
#[derive(Debug)]
pub(super) struct Places {
    pub running: Arc<Semaphore>,
    pub checks: Arc<Semaphore>,
    pub downloads: Arc<Semaphore>,
}

/// Several places; they are free again when this is dropped.
pub(super) struct Place(#[expect(dead_code, reason = "only held")] Vec<OwnedSemaphorePermit>);

impl Places {
    fn new(running: usize, downloads: usize) -> Self {
        let places = |most| Arc::new(Semaphore::new(most));
        Self { running: places(running), checks: places(CHECKS), downloads: places(downloads) }
    }
}

/// The places of all, and of each owner who has a session or a statement.
#[derive(Debug)]
pub(super) struct AllPlaces {
    all: Places,
    /// Places of one owner: statements, and downloads.
    of_one: (usize, usize),
    owners: PerOwner<Places>,
}

impl AllPlaces {
    /// `running` statements run at once. Where several people share the sidecar, nobody takes more than half.
    pub fn new(running: usize, is_shared: bool) -> Self {
        let part = |places: usize| if is_shared { places.div_ceil(2) } else { places };
        Self {
            all: Places::new(running, DOWNLOADS),
            of_one: (part(running), part(DOWNLOADS)),
            owners: PerOwner::default(),
        }
    }

    /// The owner's, the same as long as somebody holds them.
    pub fn of(&self, owner: &Whose) -> Arc<Places> {
        self.owners.of(owner, || Places::new(self.of_one.0, self.of_one.1))
    }

    /// Waits for the right to run: first in the session, so that one cannot take the places of all.
    pub async fn to_run(&self, of_session: &Arc<Semaphore>, of_owner: &Places) -> Place {
        let mut held = Vec::with_capacity(3);
        for places in [of_session, &of_owner.running, &self.all.running] {
            // None is ever closed.
            held.extend(Arc::clone(places).acquire_owned().await.ok());
        }
        Place(held)
    }

    /// The right to send a result, if there is a place.
    pub fn to_download(&self, of_owner: &Places) -> Option<Place> {
        let places = [&of_owner.downloads, &self.all.downloads];
        let held = places.into_iter().map(|places| Arc::clone(places).try_acquire_owned().ok());
        held.collect::<Option<Vec<_>>>().map(Place)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn take(places: &AllPlaces, session: &Arc<Semaphore>, owner: &Places) -> Option<Place> {
        places.to_run(session, owner).now_or_never()
    }

    #[test]
    fn neither_one_session_nor_one_person_takes_all_places() {
        let places = AllPlaces::new(6, true);
        let (ann, bob) = (Places::new(3, 4), Places::new(3, 4));
        let session = || Arc::new(Semaphore::new(2));
        let (first, second, other) = (session(), session(), session());
        let held = [take(&places, &first, &ann), take(&places, &first, &ann)];
        assert!(take(&places, &first, &ann).is_none(), "the session has two");
        let third = take(&places, &second, &ann);
        assert!(held.iter().all(Option::is_some) && third.is_some());
        assert!(take(&places, &second, &ann).is_none(), "the person has three");
        assert!(take(&places, &other, &bob).is_some());
        drop(third);
        assert!(take(&places, &second, &ann).is_some());
    }

    #[test]
    fn where_people_share_a_sidecar_one_of_them_has_half() {
        for (is_shared, most) in [(true, 4), (false, 8)] {
            let places = AllPlaces::new(8, is_shared);
            let of_one = places.of(&Whose::EVERYBODY);
            assert_eq!(of_one.running.available_permits(), most);
            let held: Vec<_> = std::iter::from_fn(|| places.to_download(&of_one)).collect();
            assert_eq!(held.len(), most);
            let again = places.of(&Whose::EVERYBODY);
            assert!(Arc::ptr_eq(&of_one, &again), "a second session has the same");
        }
    }
}
