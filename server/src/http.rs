//! What all routes share: what is done around them, errors, who asks, and is the sidecar there at all.

mod asked_app;
mod error;
pub(crate) mod health;
pub(crate) mod middleware;
pub(crate) mod passthrough;
mod session;

pub(crate) use asked_app::AskedApp;
pub use error::ApiError;
pub use session::Session;
pub(crate) use session::Sessions;
#[cfg(fuzzing)]
pub(crate) use session::token_of;
