//! The services we call, and the only way to call them: a GET with a deadline and a size limit that takes nothing from
//! the client's request.

pub mod auth2;
mod body;
pub mod bounds;
pub mod client;
mod clock;
pub mod cluster_manager;
mod connections;
pub mod descriptors;
pub mod discovery;
pub mod driver;
pub mod driver_hosts;
pub mod driver_path;
pub mod environment_rows;
mod error;
#[cfg(feature = "fuzz")]
pub mod fuzzed;
mod hop;
pub mod kube_user;
pub mod master;
pub mod master_page;
mod places;
pub mod plan_rows;
pub mod query_rows;
mod redacted;
pub mod rows;
mod secret_header;
pub mod shape;
pub mod storage_rows;
mod string_cutter;
mod tls;
mod unwanted;
pub mod url_path;
pub mod user;
mod weight;

pub use client::{Client, Dated, Timeouts};
pub use clock::settled;
pub use connections::Connections;
pub use error::{Upstream, UpstreamError, UpstreamErrorKind, chain};
pub use hop::Hop;
pub use places::{Caller, PlaceLimits, Places};
pub use secret_header::secret_header;
pub use tls::client_config;
pub use weight::Weight;
