//! A job that is followed to its end, wherever it runs.

use serde::{Deserialize, Serialize};

use crate::export::{airflow, airflow::state::Act, standalone};

/// What is known of a job that was delivered. Each has fields that the other does not have, and is kept as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Follow {
    Airflow(Box<airflow::follow::Follow>),
    Standalone(Box<standalone::follow::Follow>),
}

impl Follow {
    /// Takes what a person does.
    pub fn act(&mut self, act: Act, now_ms: i64) {
        match self {
            Self::Airflow(follow) => follow.act(act, now_ms),
            Self::Standalone(follow) => follow.act(act, now_ms),
        }
    }

    /// Whether nothing more happens, unless a person acts.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Airflow(follow) => follow.is_over(),
            Self::Standalone(follow) => follow.is_over(),
        }
    }

    /// What is known of a job in Airflow.
    pub fn in_airflow(&self) -> Option<&airflow::follow::Follow> {
        match self {
            Self::Airflow(follow) => Some(follow),
            Self::Standalone(_) => None,
        }
    }
}

impl From<airflow::follow::Follow> for Follow {
    fn from(follow: airflow::follow::Follow) -> Self {
        Self::Airflow(Box::new(follow))
    }
}

impl From<standalone::follow::Follow> for Follow {
    fn from(follow: standalone::follow::Follow) -> Self {
        Self::Standalone(Box::new(follow))
    }
}
