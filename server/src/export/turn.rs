//! A turn to convert: it takes a core, so only a few do it at once.

use std::{sync::Arc, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use monitor::Whose;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{Exports, errors};
use crate::{
    http::{ApiError, Caller},
    per_owner::PerOwner,
};

/// Notebooks that are read and converted at once. Others wait, and their bodies with them.
const AT_ONCE: usize = 2;
/// The same of one person, where several share the sidecar.
const OF_ONE: usize = 1;

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who may convert now.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    owners: PerOwner<Semaphore>,
    of_one: usize,
}

impl Turns {
    pub fn new(is_shared: bool) -> Self {
        let of_one = if is_shared { OF_ONE } else { AT_ONCE };
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), owners: PerOwner::default(), of_one }
    }

    /// The semaphore of one owner.
    fn of(&self, owner: &Whose) -> Arc<Semaphore> {
        self.owners.of(owner, || Semaphore::new(self.of_one))
    }

    /// Waits: first for one of the owner's, who cannot take the turns of all.
    async fn next(&self, of_owner: &Arc<Semaphore>) -> Option<Turn> {
        let own = Arc::clone(of_owner).acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _places: [own, all] })
    }
}

/// Whoever leaves while waiting gives it back; a conversion keeps it to its end.
#[derive(Debug)]
pub(crate) struct Turn {
    _places: [OwnedSemaphorePermit; 2],
}

impl FromRequestParts<Arc<Exports>> for Turn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, exports: &Arc<Exports>) -> Result<Self, ApiError> {
        let Caller(whose) = Caller::from_request_parts(parts, exports).await?;
        let turn = timeout(PATIENCE, exports.turns.next(&exports.turns.of(&whose))).await;
        turn.ok().flatten().ok_or_else(errors::busy)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn where_people_share_a_sidecar_one_of_them_leaves_a_turn_to_the_others() {
        let next = |turns: &Turns, owner: &Arc<Semaphore>| turns.next(owner).now_or_never().flatten();
        let turns = Turns::new(true);
        let (ann, bob) = (turns.of(&Whose::EVERYBODY), Arc::new(Semaphore::new(OF_ONE)));
        let first = next(&turns, &ann);
        assert!(first.is_some() && next(&turns, &ann).is_none());
        assert!(next(&turns, &bob).is_some());
        drop(first);
        assert!(next(&turns, &ann).is_some());
        let alone = Turns::new(false);
        let only = alone.of(&Whose::EVERYBODY);
        let both = [next(&alone, &only), next(&alone, &only)];
        assert!(both.iter().all(Option::is_some));
    }
}
