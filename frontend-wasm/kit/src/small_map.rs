//! A map for a few entries, which it looks through. The standard library's maps need ten times as much WebAssembly.

use std::borrow::Borrow;

/// Entries in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmallMap<K, V>(Vec<(K, V)>);

// `derive` would require the same traits of `K` and `V`.
impl<K, V> Default for SmallMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Eq, V> SmallMap<K, V> {
    pub fn get<Q: ?Sized + Eq>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.iter().find(|(known, _)| known.borrow() == key).map(|(_, value)| value)
    }

    /// Replaces the value of a known key.
    pub fn insert(&mut self, key: K, value: V) {
        self.remove(&key);
        self.0.push((key, value));
    }

    pub fn remove(&mut self, key: &K) {
        self.0.retain(|(known, _)| known != key);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.0.iter()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::SmallMap;

    #[test]
    fn a_key_has_the_value_it_was_given_last() {
        let mut map = SmallMap::default();
        map.insert("a".to_owned(), 1);
        map.insert("b".to_owned(), 2);
        map.insert("a".to_owned(), 3);
        assert_eq!((map.get("a"), map.get("b"), map.iter().count()), (Some(&3), Some(&2), 2));
        map.remove(&"b".to_owned());
        assert_eq!(map.get("b"), None);
    }
}
