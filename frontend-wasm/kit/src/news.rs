//! The result of one poll of a view.

use wasm_bindgen::JsValue;
use wire::Meta;

use crate::problem::Problem;

/// The result of one poll.
#[derive(Clone, Debug)]
pub struct News {
    /// When it arrived; milliseconds since 1970 by the browser's clock.
    pub at_ms: i64,
    pub told: Told,
    /// The number of the session that the sidecar answered, 0 without one; none if the sidecar did not answer.
    pub session: Option<u32>,
}

#[derive(Clone, Debug)]
pub enum Told {
    /// An answer: its metadata and its whole body.
    Answer {
        meta: Meta,
        json: JsValue,
        age_ms: u32,
    },
    /// The last answer is still current.
    Same {
        age_ms: u32,
    },
    Failed(Problem),
}

impl Told {
    /// How long ago the sidecar got this answer; milliseconds.
    pub fn age_ms(&self) -> u32 {
        match self {
            Self::Answer { age_ms, .. } | Self::Same { age_ms } => *age_ms,
            Self::Failed(_) => 0,
        }
    }
}

/// Whether the sidecar has answered a different session than before.
pub fn is_another(before: Option<u32>, now: Option<u32>) -> bool {
    before.is_some() && now.is_some() && before != now
}
