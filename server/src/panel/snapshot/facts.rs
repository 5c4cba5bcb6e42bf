//! The parts of the app that a snapshot is made of.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use monitor::{AppExecutors, AppFindings, AppQueries, AppStages, Applications, Samples};

pub(crate) struct Facts {
    pub applications: Arc<Applications>,
    pub executors: Arc<AppExecutors>,
    pub stages: Arc<AppStages>,
    pub queries: Arc<AppQueries>,
    pub findings: Arc<AppFindings>,
    pub samples: Arc<Samples>,
}

impl<S> FromRequestParts<S> for Facts
where
    S: Send + Sync,
    Arc<Applications>: FromRef<S>,
    Arc<AppExecutors>: FromRef<S>,
    Arc<AppStages>: FromRef<S>,
    Arc<AppQueries>: FromRef<S>,
    Arc<AppFindings>: FromRef<S>,
    Arc<Samples>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &S) -> Result<Self, Infallible> {
        Ok(Self {
            applications: FromRef::from_ref(app),
            executors: FromRef::from_ref(app),
            stages: FromRef::from_ref(app),
            queries: FromRef::from_ref(app),
            findings: FromRef::from_ref(app),
            samples: FromRef::from_ref(app),
        })
    }
}
