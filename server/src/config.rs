//! All settings: one struct of flags and variables, parsed once and passed down.

mod cli;
mod connect_user;
mod error;
mod export;
mod export_settings;
mod history;
mod history_settings;
mod limits;
mod listen;
mod reference;
mod resolve;
mod secret;
mod settings;
#[cfg(feature = "sql")]
mod sql;
#[cfg(feature = "sql")]
mod sql_limits;
mod start_code;
mod summary;

pub use cli::{Cli, Command, listen_argument, settings_from};
pub use connect_user::ConnectUser;
pub use error::ConfigError;
pub use export::ExportSite;
pub use history::{HistoryPlaces, HistorySite, OwnQueries};
pub use limits::Limits;
pub use listen::Listen;
pub use reference::reference;
pub use resolve::{Config, Site};
pub use secret::Secrets;
#[cfg(feature = "sql")]
pub use secret::connect_token;
pub use settings::Settings;
#[cfg(feature = "sql")]
pub use sql::SqlSite;
#[cfg(feature = "sql")]
pub use sql_limits::SqlLimits;
pub use start_code::StartCode;
