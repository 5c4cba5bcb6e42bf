//! Deliveries to real repositories, by the real git, over `file://` and over HTTP with a password.

mod delivery;
mod faults;
mod host;
mod http_host;
mod races;
mod repository;
mod secrets;
