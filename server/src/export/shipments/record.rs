//! What is kept of one job on its way, so that its timeline survives the sidecar.

use serde::{Deserialize, Serialize};
use wire::{Sentences, export::ShipmentPlace};

use super::follow::Follow;
use crate::words::{Said, errors::Explained};

/// A job on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub id: String,
    /// The name of whoever shipped it; empty where users are not told apart.
    pub owner: String,
    /// The notebook's path.
    pub path: String,
    pub dag_id: String,
    pub started_at_ms: i64,
    /// What runs it.
    #[serde(default)]
    pub place: ShipmentPlace,
    pub delivery: Delivery,
    /// None before it is delivered, and where nothing is configured that runs it.
    pub follow: Option<Follow>,
}

/// How far the delivery is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Delivery {
    /// It is under way; if the sidecar has been restarted since, nobody knows how it ended.
    Now,
    Done {
        at_ms: i64,
        /// None in a folder of workflows.
        commit: Option<String>,
        url: Option<String>,
        /// False if all was there already.
        is_new: bool,
        /// How it gets from its own branch to the one that Airflow reads; none if it is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        merge_request: Option<MergeRequest>,
    },
    Failed {
        at_ms: i64,
        why: Told,
    },
}

/// A branch that somebody merges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MergeRequest {
    pub branch: String,
    /// None if it is not open.
    pub number: Option<u64>,
    /// Its page, or the one on which it is opened.
    pub url: Option<String>,
    /// Why the host did not open it.
    pub why: Option<Told>,
}

impl Delivery {
    pub fn merge_request(&self) -> Option<&MergeRequest> {
        match self {
            Self::Done { merge_request, .. } => merge_request.as_ref(),
            Self::Now | Self::Failed { .. } => None,
        }
    }
}

/// A sentence and what to do, as they are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub text: String,
    pub sentences: Sentences,
    pub hint: String,
    pub hint_sentences: Sentences,
}

impl From<&Explained> for Told {
    fn from(Explained { error, hint }: &Explained) -> Self {
        Self {
            text: error.to_string(),
            sentences: error.sentences(),
            hint: hint.to_string(),
            hint_sentences: hint.sentences(),
        }
    }
}

impl Told {
    pub fn new(text: &Said, hint: Option<&Said>) -> Self {
        Self {
            text: text.to_string(),
            sentences: text.sentences(),
            hint: hint.map(ToString::to_string).unwrap_or_default(),
            hint_sentences: hint.map(Said::sentences).unwrap_or_default(),
        }
    }
}

impl Record {
    /// Whether it waits for somebody to merge it, which may take days.
    pub fn awaits_merge(&self) -> bool {
        self.follow.as_ref().and_then(Follow::in_airflow).is_some_and(|follow| follow.awaits_merge())
    }

    /// Whether nothing more happens, unless a person acts.
    pub fn has_ended(&self) -> bool {
        match (&self.delivery, &self.follow) {
            (Delivery::Now, _) => false,
            (Delivery::Failed { .. }, _) | (Delivery::Done { .. }, None) => true,
            (Delivery::Done { .. }, Some(follow)) => follow.is_over(),
        }
    }
}
