//! The address to listen on.

use std::path::PathBuf;

use super::error::ConfigError;

/// Where the sidecar listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    Unix(PathBuf),
    /// `HOST:PORT`.
    Tcp(String),
}

impl std::str::FromStr for Listen {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        if let Some(path) = text.strip_prefix("unix:").filter(|path| !path.is_empty()) {
            return Ok(Self::Unix(path.into()));
        }
        let (host, port) = text.rsplit_once(':').ok_or(ConfigError::Listen)?;
        if host.is_empty() || host == "unix" || port.parse::<u16>().is_err() {
            return Err(ConfigError::Listen);
        }
        Ok(Self::Tcp(text.to_owned()))
    }
}

impl std::fmt::Display for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => f.write_str(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_takes_a_socket_path_or_host_and_port() {
        assert_eq!("unix:/tmp/x".parse::<Listen>().unwrap(), Listen::Unix("/tmp/x".into()));
        assert_eq!("[::1]:80".parse::<Listen>().unwrap(), Listen::Tcp("[::1]:80".into()));
        for bad in ["unix:", "8080", ":80", "host:", "host:99999"] {
            assert!(bad.parse::<Listen>().is_err(), "{bad}");
        }
    }
}
