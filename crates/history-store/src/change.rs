//! What can be written.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use crate::StoreError;

/// Named numbers, in units that their names tell.
pub type Values = BTreeMap<String, f64>;

/// Which system something belongs to: a person's own Spark has their name as its owner.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SystemKey {
    pub owner: String,
    pub name: String,
    pub kind: String,
}

/// All components of one system at one moment.
#[derive(Clone, Debug)]
pub struct Tick {
    pub system: SystemKey,
    /// Milliseconds since 1970; times of one system lie on a grid.
    pub at_ms: i64,
    /// How long until the next tick, milliseconds.
    pub step_ms: i64,
    /// When it arrived, milliseconds since 1970.
    pub received_ms: i64,
    /// Who saw it.
    pub source: String,
    pub components: Vec<Component>,
    pub spans: Vec<SpanSeen>,
}

/// One component with its numbers.
#[derive(Clone, Debug)]
pub struct Component {
    pub kind: String,
    pub name: String,
    /// What rarely changes, as JSON; empty to leave it as it is.
    pub facts: String,
    pub values: Values,
}

/// That a component is in a state now. The same state soon afterwards extends the span.
#[derive(Clone, Debug)]
pub struct SpanSeen {
    pub kind: String,
    pub name: String,
    pub state: String,
    pub values: Values,
    /// When it happened, if it happens once and may be seen later and again.
    pub once_at_ms: Option<i64>,
}

/// Queries that ask the same, with different literals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Of the rule that made the hash: hashes of different rules are not comparable.
    pub version: i16,
    pub hash: String,
    /// Which part of the query the shape was made from.
    pub made_from: String,
    /// Without literals, at most 200 characters.
    pub label: String,
}

/// One query that has ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    pub app_id: String,
    pub query_id: String,
    pub plan_hash: String,
    pub submitted_ms: i64,
    pub duration_ms: i64,
    /// From its submission to its first task.
    pub waited_ms: i64,
    pub state: String,
    pub error_class: Option<String>,
    /// Task slots of the application.
    pub slots: i64,
    pub tasks: i64,
    pub run_ms: i64,
    pub cpu_ms: i64,
    pub gc_ms: i64,
    pub read_bytes: i64,
    pub shuffle_bytes: i64,
    pub spilled_bytes: i64,
    pub written_bytes: i64,
    /// Its texts, if they are kept.
    pub texts: Option<Texts>,
}

/// Texts of a run; empty ones are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    pub statement: String,
    /// Why it failed.
    pub message: String,
}

/// One thing to write.
#[derive(Debug)]
pub enum Change {
    Tick(Tick),
    Run {
        system: SystemKey,
        shape: Shape,
        run: Box<Run>,
    },
    /// Computes means that are due and removes what is too old.
    Tend {
        now_ms: i64,
    },
    /// Removes everything of an owner and of nobody, or of everybody; answers when it is gone from the disk. Runs of
    /// before are not written again.
    Forget {
        owner: Option<String>,
        now_ms: i64,
        done: oneshot::Sender<Result<(), StoreError>>,
    },
}
