//! A standalone cluster, whose master starts submitted jobs on its workers: what of its REST submission server is used.
//!
//! The protocol is in `core/src/main/scala/org/apache/spark/deploy/rest/` of Spark, and in its page "Spark Standalone
//! Mode", "REST API". Its answers here were recorded from Spark 4.3.0.

pub(crate) mod answers;
mod calls;
#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod double;
pub(crate) mod drive;
#[cfg(test)]
mod drive_tests;
pub(crate) mod error;
pub(crate) mod follow;
#[cfg(test)]
mod follow_tests;
pub(crate) mod report;
pub(crate) mod request;
pub(crate) mod state;

pub(crate) use calls::Submissions;
