//! All settings: one struct of flags and variables, parsed once and passed down.

mod airflow;
mod airflow_settings;
mod assist;
mod assist_settings;
mod base_url;
mod cli;
mod connect_user;
mod error;
mod export;
mod export_settings;
mod git;
mod git_api;
mod git_settings;
mod git_url;
mod history;
mod history_settings;
mod limits;
mod listen;
mod reference;
mod resolve;
mod run_settings;
mod runs;
mod secret;
mod settings;
#[cfg(feature = "sql")]
mod sql;
#[cfg(feature = "sql")]
mod sql_limits;
mod standalone;
mod standalone_settings;
mod start_code;
mod summary;

pub use airflow::{AirflowApi, AirflowLogin, AirflowSite};
pub use assist::AssistSite;
pub use cli::{Cli, Command, listen_argument, settings_from};
pub use connect_user::ConnectUser;
pub use error::ConfigError;
pub use export::ExportSite;
pub(crate) use git::is_folder_name;
pub use git::{GitAccount, GitSite};
pub use git_api::{GitApi, GitApiKind};
pub use git_url::{GitProtocol, GitUrl};
pub use history::{HistoryPlaces, HistorySite, OwnQueries};
pub use limits::Limits;
pub use listen::Listen;
pub use reference::reference;
pub use resolve::{Config, Site};
pub use runs::{NoRuns, RunsSite};
pub use secret::Secrets;
pub(crate) use secret::VARIABLES as SECRET_VARIABLES;
#[cfg(feature = "sql")]
pub use secret::{connect_token, mcp_secrets};
pub use settings::Settings;
#[cfg(feature = "sql")]
pub use sql::SqlSite;
#[cfg(feature = "sql")]
pub use sql_limits::SqlLimits;
pub use standalone::StandaloneSite;
pub use start_code::StartCode;
