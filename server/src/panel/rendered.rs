//! Remembers the last answers: one that is still valid is repeated, and an unchanged body is not sent again.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use headers::ETag;
use moka::{policy::EvictionPolicy, sync::Cache};
use monitor::{TokenKey, Whose, cached::IDLE};
use tokio::time::Instant;

/// The client and the requested route.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RenderedKey {
    pub asker: Option<TokenKey>,
    /// Part of the key, because a token may pass to another user. `None` when it could not be resolved.
    pub whose: Option<Whose>,
    pub path_and_query: Box<str>,
}

/// One answer.
pub(super) struct Rendered {
    /// When the oldest part of the answer arrived.
    pub arrived: Instant,
    /// Until then, no newer data is available.
    pub good_until: Instant,
    pub body: Body,
}

#[derive(Clone)]
pub(super) struct Body {
    pub observed_at_ms: i64,
    pub json: Bytes,
    /// The `ETag`, as text and as a header.
    pub tag: Arc<str>,
    pub etag: ETag,
}

impl Body {
    /// A body with its tag; none if the tag is no header, which cannot happen.
    pub fn new(observed_at_ms: i64, json: Vec<u8>) -> Option<Self> {
        let tag = format!("\"{}\"", blake3::hash(&json).to_hex().get(..32).unwrap_or_default());
        Some(Self { observed_at_ms, json: json.into(), etag: tag.parse().ok()?, tag: tag.into() })
    }
}

/// The last answer for each client and route.
pub(crate) struct Renderings(Cache<RenderedKey, Arc<Rendered>>);

impl Renderings {
    /// Keeps at most `bytes` of answers.
    pub fn new(bytes: u64) -> Self {
        let weight = |key: &RenderedKey, rendered: &Arc<Rendered>| {
            let bytes =
                size_of::<RenderedKey>() + size_of::<Rendered>() + key.path_and_query.len() + rendered.body.json.len();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let lru = EvictionPolicy::lru();
        Self(Cache::builder().max_capacity(bytes).weigher(weight).eviction_policy(lru).time_to_idle(IDLE).build())
    }

    pub(super) fn get(&self, key: &RenderedKey) -> Option<Arc<Rendered>> {
        self.0.get(key)
    }

    pub(super) fn keep(&self, key: RenderedKey, rendered: Arc<Rendered>) {
        self.0.insert(key, rendered);
    }
}

impl fmt::Debug for Renderings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renderings")
    }
}
