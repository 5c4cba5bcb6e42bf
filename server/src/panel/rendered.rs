//! Bodies as they were answered last, so that what has not changed is neither made nor sent again.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Weak},
};

use axum::http::HeaderValue;
use bytes::Bytes;
use moka::{policy::EvictionPolicy, sync::Cache};

use crate::{cache, session::TokenKey};

/// Who asked, and for what.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RenderedKey {
    pub asker: Option<TokenKey>,
    pub path_and_query: Box<str>,
}

/// Something a body was made of, by its identity: weak, so that it is not kept, but no other can take its address.
pub(super) type Part = Weak<dyn Any + Send + Sync>;

/// One body.
pub(super) struct Rendered {
    pub made_of: Vec<Part>,
    pub observed_at_ms: i64,
    pub json: Bytes,
    pub etag: HeaderValue,
}

impl Rendered {
    /// The very same values make the same body. One that is made of none tells the time.
    pub fn is_made_of(&self, parts: &[Part]) -> bool {
        !parts.is_empty()
            && self.made_of.len() == parts.len()
            && self.made_of.iter().zip(parts).all(|(made_of, part)| made_of.ptr_eq(part))
    }
}

/// The last body of each asker and route.
pub(crate) struct Renderings(Cache<RenderedKey, Arc<Rendered>>);

impl Renderings {
    /// Keeps at most so many bytes.
    pub fn new(bytes: u64) -> Self {
        let weight = |key: &RenderedKey, rendered: &Arc<Rendered>| {
            let bytes =
                size_of::<RenderedKey>() + size_of::<Rendered>() + key.path_and_query.len() + rendered.json.len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let lru = EvictionPolicy::lru();
        Self(
            Cache::builder().max_capacity(bytes).weigher(weight).eviction_policy(lru).time_to_idle(cache::IDLE).build(),
        )
    }

    pub(super) fn get(&self, key: &RenderedKey) -> Option<Arc<Rendered>> {
        self.0.get(key)
    }

    pub(super) fn keep(&self, key: &RenderedKey, rendered: &Arc<Rendered>) {
        self.0.insert(key.clone(), Arc::clone(rendered));
    }
}

impl fmt::Debug for Renderings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renderings")
    }
}
