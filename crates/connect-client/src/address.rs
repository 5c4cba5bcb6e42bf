//! Spark's connection strings, `sc://host:port/;key=value;…`, with the rules of PySpark's `ChannelBuilder`.

use std::{fmt, str::FromStr};

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// Spark's default port for Connect.
const DEFAULT_PORT: u16 = 15002;

/// Where a Connect server is and how to talk to it.
#[derive(Clone, Debug)]
pub struct Address {
    host: String,
    port: u16,
    /// What the address says about TLS.
    use_ssl: Option<bool>,
    token: Option<SecretString>,
    /// Whose session it is; a label without any protection. `None` leaves it to the caller.
    pub user_id: Option<String>,
    /// A session to join. It belongs to somebody else and is never released.
    pub session_id: Option<Uuid>,
    /// What the server's UI and logs show as the client.
    pub user_agent: Option<String>,
    /// Additional gRPC headers.
    pub(crate) headers: Vec<(String, SecretString)>,
}

/// Why a connection string cannot be used. No variant contains a value of the string, because it may be a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("a Spark Connect address begins with sc://")]
    Scheme,
    #[error("the address has no host")]
    Host,
    #[error("the port must be a number from 1 to 65535")]
    Port,
    #[error("parameters follow after `/;`, and the address has no other path")]
    Path,
    #[error("a parameter has no value: write `name=value`")]
    NoValue,
    #[error("the parameter `{0}` is not valid percent-encoded text")]
    Encoding(String),
    #[error("session_id must be a UUID")]
    SessionId,
    #[error("`{0}` cannot be sent as a gRPC header")]
    Header(String),
    #[error("the token is empty or cannot be sent in a header")]
    Token,
    #[error("auth_transport must be `auto` or `metadata`")]
    AuthTransport,
    #[error("a token without TLS may go to this machine only: set use_ssl=true")]
    TokenWithoutTls,
}

impl Address {
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection uses TLS. A token alone implies it, except on this machine: there it would only fail
    /// against a server without it.
    #[must_use]
    pub fn tls(&self) -> bool {
        self.use_ssl.unwrap_or((self.token.is_some() || self.has_authorization()) && !self.is_loopback())
    }

    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }

    /// The same address with a token that was configured separately. One in the address takes precedence.
    ///
    /// # Errors
    /// When the token would travel unprotected, or is no header value.
    pub fn with_token(mut self, token: SecretString) -> Result<Self, AddressError> {
        if self.token.is_none() {
            self.set_token(token)?;
        }
        Ok(self)
    }

    fn set_token(&mut self, token: SecretString) -> Result<(), AddressError> {
        let text = token.expose_secret();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AddressError::Token);
        }
        if self.use_ssl == Some(false) && !self.is_loopback() {
            return Err(AddressError::TokenWithoutTls);
        }
        // The token takes precedence.
        self.headers.retain(|(name, _)| name != "authorization");
        self.token = Some(token);
        Ok(())
    }

    /// A header that carries a token under its own name.
    fn has_authorization(&self) -> bool {
        self.headers.iter().any(|(name, _)| name == "authorization")
    }

    fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), AddressError> {
        match name {
            "user_id" => self.user_id = Some(value).filter(|user| !user.is_empty()),
            "user_agent" => self.user_agent = Some(value),
            "session_id" => self.session_id = Some(value.parse().map_err(|_| AddressError::SessionId)?),
            "auth_transport" if value == "auto" || value == "metadata" => {}
            "auth_transport" => return Err(AddressError::AuthTransport),
            // PySpark's settings for its own gRPC library.
            _ if name.starts_with("grpc_keepalive_") => {}
            _ => {
                let sendable = value.bytes().all(|byte| (0x20..0x7f).contains(&byte));
                let name = name.to_ascii_lowercase();
                if !sendable || name.parse::<tonic::metadata::AsciiMetadataKey>().is_err() || name.ends_with("-bin") {
                    return Err(AddressError::Header(name));
                }
                self.headers.push((name, value.into()));
            }
        }
        Ok(())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let rest = text.strip_prefix("sc://").ok_or(AddressError::Scheme)?;
        let (authority, path) = rest.split_at(rest.find(['/', ';']).unwrap_or(rest.len()));
        let parameters = match path {
            "" | "/" => "",
            _ => path.strip_prefix("/;").ok_or(AddressError::Path)?,
        };
        let (host, port) = host_and_port(authority)?;
        let mut address = Self {
            host: host.to_owned(),
            port,
            use_ssl: None,
            token: None,
            user_id: None,
            session_id: None,
            user_agent: None,
            headers: Vec::new(),
        };
        let mut token = None;
        for parameter in parameters.split(';').filter(|parameter| !parameter.is_empty()) {
            // What has no name may be a part of a token.
            let (name, value) = parameter.split_once('=').ok_or(AddressError::NoValue)?;
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| AddressError::Encoding(name.to_owned()))?.into_owned();
            match name {
                "use_ssl" => address.use_ssl = Some(value == "true"),
                "token" => token = Some(SecretString::from(value)),
                _ => address.set(name, value)?,
            }
        }
        if let Some(token) = token {
            address.set_token(token)?;
        }
        if address.has_authorization() && !address.tls() && !address.is_loopback() {
            return Err(AddressError::TokenWithoutTls);
        }
        Ok(address)
    }
}

fn host_and_port(authority: &str) -> Result<(&str, u16), AddressError> {
    let (host, port) = match authority.rfind(':') {
        // A colon inside the brackets of an IPv6 address is no port.
        Some(colon) if !authority.ends_with(']') => {
            let (host, port) = authority.split_at(colon);
            let port = port.trim_start_matches(':').parse().ok().filter(|port| *port != 0);
            (host, port.ok_or(AddressError::Port)?)
        }
        _ => (authority, DEFAULT_PORT),
    };
    // The host becomes part of an HTTP URL, so nothing may end it early.
    let plain = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let valid = match bracketed {
        Some(ip) => ip.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && plain(host),
    };
    if valid { Ok((host, port)) } else { Err(AddressError::Host) }
}

/// The address without its secrets.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sc://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, AddressError> {
        text.parse()
    }

    #[test]
    fn host_and_port_follow_pysparks_rules() {
        for (text, host, port) in [
            ("sc://localhost:15002", "localhost", 15002),
            ("sc://spark-host", "spark-host", 15002),
            ("sc://spark-host/", "spark-host", 15002),
            ("sc://[::1]", "[::1]", 15002),
            ("sc://[::1]:99/;user_id=ann", "[::1]", 99),
        ] {
            let address = parse(text).expect(text);
            assert_eq!((address.host(), address.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        for (text, error) in [
            ("http://h", AddressError::Scheme),
            ("localhost:15002", AddressError::Scheme),
            ("sc://", AddressError::Host),
            ("sc://h@evil", AddressError::Host),
            ("sc://[nonsense]", AddressError::Host),
            ("sc://localhost:abc", AddressError::Port),
            ("sc://localhost:0", AddressError::Port),
            ("sc://h/not-allowed", AddressError::Path),
            ("sc://h;a=b", AddressError::Path),
            ("sc://h/;parm1;a=b", AddressError::NoValue),
            ("sc://h/;token=", AddressError::Token),
            ("sc://h/;x=%ff", AddressError::Encoding("x".into())),
            ("sc://h/;session_id=7", AddressError::SessionId),
            ("sc://h/;a b=c", AddressError::Header("a b".into())),
            ("sc://h/;auth_transport=other", AddressError::AuthTransport),
            ("sc://h/;use_ssl=false;token=t", AddressError::TokenWithoutTls),
            ("sc://h/;use_ssl=false;Authorization=t", AddressError::TokenWithoutTls),
        ] {
            assert_eq!(parse(text).expect_err(text), error, "{text}");
        }
    }

    #[test]
    fn reserved_parameters_are_honoured_and_the_rest_are_headers() {
        let id = "6fb3a7a0-7f60-4e0e-9d5e-1f4ac4dd5be6";
        let text = format!("sc://h/;user_id=ann%20b;session_id={id};user_agent=me;x-my-header=hello%20world");
        let address = parse(&text).expect("it is valid");
        assert_eq!(address.user_id.as_deref(), Some("ann b"));
        assert_eq!(address.session_id.map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(address.user_agent.as_deref(), Some("me"));
        let headers: Vec<_> =
            address.headers.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(headers, [("x-my-header", "hello world")]);
    }

    #[test]
    fn tls_is_used_if_asked_for_or_if_a_token_leaves_the_machine() {
        for (text, tls) in [
            ("sc://h/;use_ssl=true", true),
            ("sc://h/;use_ssl=abcs", false),
            ("sc://h/;token=t", true),
            ("sc://localhost/;token=t", false),
            ("sc://127.0.0.1/;use_ssl=false;token=t", false),
            ("sc://[::1]/;use_ssl=true;token=t", true),
        ] {
            assert_eq!(parse(text).expect(text).tls(), tls, "{text}");
        }
        assert!(parse("sc://h").expect("valid").with_token("t".into()).expect("valid").tls());
    }

    #[test]
    fn a_token_is_never_shown_and_replaces_a_custom_authorization() {
        let address = parse("sc://h/;authorization=other;token=canary").expect("it is valid");
        assert!(address.headers.is_empty());
        assert!(!format!("{address:?} {address}").contains("canary"));
        let own = parse("sc://h/;authorization=canary").expect("it is valid");
        assert!(own.tls() && !format!("{own:?}").contains("canary"));
    }
}
