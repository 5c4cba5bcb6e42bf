//! Facts: what is currently known of Spark. A fact is typed, cached and has an age; it knows no HTTP request, no
//! sentence and no component, so that all users of facts (panel, collector, findings, export) see the same.
//!
//! [`Applications`] lists the applications and selects one; [`Drivers`] calls its driver.

mod app_id;
pub mod applications;
pub mod attention;
pub mod cached;
pub mod cell_query;
pub mod clock;
pub mod cluster;
mod cluster_manager;
pub mod cluster_state;
pub mod connect_request;
mod drivers;
mod environment;
mod error;
pub mod executors;
pub mod findings;
mod history_server;
mod identity;
mod limits;
mod masters;
mod observed;
mod plans;
pub mod queries;
pub mod redact;
pub mod samples;
mod selection;
mod site;
pub mod stages;
mod storage;
mod tasks;
mod text;
mod url_template;
mod whose;

pub use app_id::is_app_id;
pub use applications::Applications;
pub use cluster_manager::ClusterManager;
pub use cluster_state::ClusterState;
pub use drivers::{DriverCall, Drivers, is_starting};
pub use environment::AppEnvironment;
pub use error::Error;
pub use executors::AppExecutors;
pub use findings::AppFindings;
pub use history_server::{EndedApp, EndedAppDetail, HistoryServer};
pub use identity::{Identity, IdentityMode, Token, TokenKey, TokenKeys};
pub use limits::Limits;
pub use masters::Masters;
pub use observed::{Age, Failure, Good, Moment, Observed};
pub use plans::AppPlans;
#[cfg(feature = "fuzz")]
pub use plans::of_row as plan_of_row;
pub use queries::AppQueries;
pub use samples::Samples;
pub use selection::{Chosen, OfApp, Selection};
pub use site::Spark;
pub use stages::AppStages;
pub use storage::AppStorage;
pub use tasks::Tasks;
pub use url_template::UrlTemplate;
pub use whose::{DriverKey, Whose};
