//! Why a fact about Spark is not available. The sentences for people are in the server.

use std::sync::Arc;

use upstream::UpstreamError;

use crate::Failure;

/// See the module's sentence.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("no cluster manager is set")]
    NoClusterManager,
    #[error("a driver is set, but no master")]
    NoMaster,
    #[error("nobody is set who lists applications")]
    NoLister,
    #[error("the request names no session")]
    NoSession,
    /// The Kubernetes rule would turn this name into another user's.
    #[error("the user's name is no Kubernetes name")]
    ChangedName(String),
    #[error("no such application")]
    UnknownApp,
    #[error("the application has ended")]
    AppFinished,
    #[error("{0}")]
    Upstream(Arc<UpstreamError>),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Upstream(failure.error)
    }
}

impl From<UpstreamError> for Error {
    fn from(error: UpstreamError) -> Self {
        Self::Upstream(Arc::new(error))
    }
}
