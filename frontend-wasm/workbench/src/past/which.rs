//! Which of a person's queries are listed.

use wire::past::{PastShape, RunState};

use kit::i18n::PastMessage;

/// Which queries are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    All,
    Slower,
    Failed,
}

impl Which {
    pub const ALL: [(Self, PastMessage<'static>); 3] = [
        (Self::All, PastMessage::ShowAll),
        (Self::Slower, PastMessage::ShowSlower),
        (Self::Failed, PastMessage::ShowFailed),
    ];

    pub fn has(self, shape: &PastShape) -> bool {
        let newest = shape.newest.as_ref();
        match self {
            Self::All => true,
            Self::Slower => newest.is_some_and(|run| run.slower.is_some()),
            Self::Failed => newest.is_some_and(|run| matches!(run.state, RunState::Failed | RunState::Lost)),
        }
    }

    /// What is said if there is none.
    pub fn none(self, is_search: bool) -> PastMessage<'static> {
        match self {
            _ if is_search => PastMessage::NoQueryFound,
            Self::All => PastMessage::NoQueryYet,
            Self::Slower => PastMessage::NoQuerySlower,
            Self::Failed => PastMessage::NoQueryFailed,
        }
    }
}
