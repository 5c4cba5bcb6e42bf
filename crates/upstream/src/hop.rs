//! The ways to a driver.

/// How the driver was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    Configured,
    ReverseProxy,
    Link,
}
