//! A work-around for parsers that drop a statement's arguments: since Spark 4.1, those of some extensions, as Delta's.

use crate::{Arguments, ConnectError, Session};

/// Binds arguments when a statement is analysed, not while it is parsed.
const BIND_LATER: &str = "spark.sql.legacy.parameterSubstitution.constantsOnly";

impl Arguments {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Named(arguments) => arguments.is_empty(),
            Self::Positional(arguments) => arguments.is_empty(),
        }
    }
}

/// Whether Spark misses an argument. Nothing has run then.
pub(crate) fn misses_argument(error: &ConnectError) -> bool {
    matches!(error, ConnectError::Spark(error) if error.error_class.as_deref() == Some("UNBOUND_SQL_PARAMETER"))
}

impl Session {
    /// Lets Spark bind arguments later, in a session of our own. False if that cannot be, or if Spark does so already.
    pub(crate) async fn bind_later(&self) -> bool {
        let is_default = async || matches!(self.config_option(BIND_LATER).await, Ok(Some(value)) if value == "false");
        self.is_own() && is_default().await && self.set_config(BIND_LATER, "true").await.is_ok()
    }

    /// Undoes that: the argument was missing indeed.
    pub(crate) async fn bind_early(&self) {
        let _ = self.unset_config(BIND_LATER).await;
    }
}
