//! One value per owner, dropped when nobody holds it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use monitor::Whose;

/// The values of owners.
#[derive(Debug)]
pub(crate) struct PerOwner<T>(Mutex<HashMap<Whose, Weak<T>>>);

impl<T> Default for PerOwner<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> PerOwner<T> {
    /// The owner's value, the same as long as somebody holds it.
    pub fn of(&self, owner: &Whose, make: impl FnOnce() -> T) -> Arc<T> {
        let mut owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = owners.get(owner).and_then(Weak::upgrade) {
            return known;
        }
        owners.retain(|_, held| held.strong_count() > 0);
        let made = Arc::new(make());
        owners.insert(owner.clone(), Arc::downgrade(&made));
        made
    }
}
