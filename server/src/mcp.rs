//! The Model Context Protocol: an agent asks what a person sees in the panel, and has code checked.
//!
//! A tool asks the sidecar's own routes and nothing else, so it sees what its person sees and may do what a route lets
//! an agent do. `agent.rs` speaks the protocol, `tools.rs` says which route answers what, `answer.rs` makes an answer
//! short and marks it as foreign text. It is mounted as a route here; the command `mcp` serves the same on standard
//! input and output.

mod agent;
mod answer;
mod mounted;
mod prompts;
mod tools;

use std::{sync::Arc, time::Duration};

use axum::{Router, middleware::map_request, routing::post_service};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

pub(crate) use agent::Agent;
pub(crate) use tools::{Asked, Failure, Sidecar};

use self::mounted::Mounted;
use crate::http::{ApiError, middleware::AreaBounds, same_site::same_site};

/// Code comes in JSON in JSON.
pub(crate) const BOUNDS: AreaBounds = AreaBounds::new("/mcp", 1 << 20, Duration::from_secs(60));

/// The route `mcp`, whose tools ask `routes`.
pub(crate) fn routes(routes: Router) -> Router {
    // Whoever reaches Jupyter may have any address, so the host says nothing; `same_site` refuses other sites' pages.
    // One answer for each request: Jupyter's proxy holds back streams.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts();
    let routes = routes.fallback(|| async { ApiError::not_found() });
    let agent = move || Ok(Agent::new(Mounted(routes.clone())));
    let service = StreamableHttpService::new(agent, Arc::new(NeverSessionManager::default()), config);
    // Clients that ask for a stream by GET take 405 for "there is none".
    Router::new().route("/mcp", post_service(service)).route_layer(map_request(same_site))
}
