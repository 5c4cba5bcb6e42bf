//! Deliveries to real repositories: by the real git, over `file://` and over HTTP with a password, and through the APIs of
//! git hosts.

mod api;
mod api_host;
mod delivery;
mod faults;
mod host;
mod http_host;
mod merge_requests;
mod proxy;
mod races;
mod repository;
mod secrets;
