//! Asks local servers whether they are ready.

use std::{net::TcpListener, time::Duration};

use anyhow::Result;
use serde_json::Value;

/// The JSON at `url`; `None` if there is none (yet).
pub fn json(url: &str) -> Option<Value> {
    serde_json::from_str(&text(url)?).ok()
}

/// The body at `url`, if the status is 200.
pub fn text(url: &str) -> Option<String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(3))).build().into();
    agent.get(url).call().ok()?.body_mut().read_to_string().ok()
}

/// Different loopback ports that are free right now.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut listeners = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        *port = listener.local_addr()?.port();
        listeners.push(listener);
    }
    Ok(ports)
}
