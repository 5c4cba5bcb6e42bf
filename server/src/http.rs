//! What all routes share: middleware, errors, sessions and health.

mod asked_app;
mod caller;
mod error;
pub(crate) mod health;
mod json_body;
pub(crate) mod middleware;
mod parameters;
pub(crate) mod passthrough;
pub(crate) mod same_site;
mod session;

pub(crate) use asked_app::AskedApp;
pub(crate) use caller::{Caller, HasSessions};
pub use error::ApiError;
pub(crate) use json_body::JsonBody;
pub(crate) use parameters::Parameters;
pub use session::Session;
pub(crate) use session::Sessions;
#[cfg(feature = "fuzz")]
pub(crate) use session::token_of;
