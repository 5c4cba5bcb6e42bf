//! What one poll of a view brought.

use wasm_bindgen::JsValue;
use wire::Meta;

use crate::problem::Problem;

/// What one poll brought.
#[derive(Clone, Debug)]
pub struct News {
    /// When it came; milliseconds since 1970 by the browser's clock.
    pub at_ms: i64,
    pub told: Told,
    /// The number of the session that the sidecar answered, 0 without one; none when it was not the sidecar that answered.
    pub session: Option<u32>,
}

#[derive(Clone, Debug)]
pub enum Told {
    /// An answer: what it says about itself, and all of it.
    Answer {
        meta: Meta,
        json: JsValue,
        age_ms: u32,
    },
    /// The last answer still holds.
    Same {
        age_ms: u32,
    },
    Failed(Problem),
}

impl Told {
    /// How long ago the sidecar heard what it answers; milliseconds.
    pub fn age_ms(&self) -> u32 {
        match self {
            Self::Answer { age_ms, .. } | Self::Same { age_ms } => *age_ms,
            Self::Failed(_) => 0,
        }
    }
}

/// The sidecar has answered another session than before.
pub fn is_another(before: Option<u32>, now: Option<u32>) -> bool {
    before.is_some() && now.is_some() && before != now
}
