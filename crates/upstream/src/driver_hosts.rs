//! Which hosts the master's link to a driver may name. A host is checked as written and again after name resolution.

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The admin's patterns, or by default every host except addresses that only an attacker would use.
#[derive(Clone, Debug)]
pub struct DriverHosts(Arc<Patterns>);

/// Patterns in lower case; `*` stands for any text. Without any pattern, every host is allowed.
#[derive(Debug)]
struct Patterns {
    names: Vec<String>,
    /// Patterns for addresses only: `10.*` does not match a name such as `10.example.org`.
    addresses: Vec<String>,
}

impl DriverHosts {
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        let patterns = patterns.iter().map(|pattern| pattern.trim_matches(['[', ']']).to_owned());
        let (addresses, names) = patterns.partition(|pattern| is_of_addresses(pattern));
        Self(Arc::new(Patterns { names, addresses }))
    }

    /// Whether a link may be followed, judged by its text alone. A host name is checked again when it is resolved.
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        match url.host() {
            None => false,
            // With address patterns, the addresses that the name resolves to decide later.
            Some(Host::Domain(name)) => self.0.allow_name(name) || !self.0.addresses.is_empty(),
            Some(Host::Ipv4(address)) => self.0.allow_address(address.into(), &address.to_string()),
            Some(Host::Ipv6(address)) => self.0.allow_address(address.into(), &address.to_string()),
        }
    }

    /// The allowed ones among the addresses that a name resolves to.
    fn allowed(&self, name: &str, found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
        let allowed: Vec<_> = found.filter(|address| self.0.allow_address(address.ip(), name)).collect();
        if allowed.is_empty() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "no allowed address"));
        }
        Ok(allowed)
    }
}

/// Resolves names as the system does and drops addresses that are not allowed, so that a name cannot lead to a
/// forbidden address.
impl Resolve for DriverHosts {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Addrs = Box::new(hosts.allowed(name.as_str(), found)?.into_iter());
            Ok(addresses)
        })
    }
}

impl Patterns {
    fn allow_name(&self, host: &str) -> bool {
        let any = self.names.is_empty() && self.addresses.is_empty();
        any || self.names.iter().any(|pattern| matches(pattern, host))
    }

    /// An address that the admin listed is allowed, even one that is forbidden by default.
    fn allow_address(&self, address: IpAddr, host: &str) -> bool {
        let text = address.to_canonical().to_string();
        let listed = self.addresses.iter().any(|pattern| matches(pattern, &text));
        listed || (self.allow_name(host) && !is_forbidden(address))
    }
}

fn is_of_addresses(pattern: &str) -> bool {
    let v4 = pattern.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'*'));
    pattern.contains(':') || (v4 && pattern.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Link-local addresses (with most clouds' metadata services), other metadata, multicast and unspecified addresses.
fn is_forbidden(address: IpAddr) -> bool {
    /// AWS's metadata service over IPv6. Like Alibaba's (100.100.100.200), it is outside the link-local ranges.
    const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_unspecified()
                || v4.octets() == [100, 100, 100, 200]
        }
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_multicast() || v6.is_unspecified() || v6 == METADATA_V6,
    }
}

/// Matches `text` against a pattern in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| tail.get(at..).is_some_and(|tail| matches(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(patterns: &[&str], url: &str) -> bool {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        DriverHosts::new(&patterns).allows(&Url::parse(url).unwrap())
    }

    #[test]
    fn drivers_in_the_own_pod_or_on_any_other_are_normal() {
        for url in ["http://localhost:4040", "http://127.0.0.1:4040", "http://10.1.2.3:4040", "http://driver.ns.svc"] {
            assert!(may(&[], url), "{url}");
        }
    }

    #[test]
    fn link_local_metadata_and_multicast_addresses_are_refused_in_every_spelling() {
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "[::ffff:169.254.169.254]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "224.0.0.1",
            "[ff02::1]",
            "0.0.0.0",
            "[::]",
            "100.100.100.200",
            "255.255.255.255",
        ] {
            assert!(!may(&[], &format!("http://{host}:80/")), "{host}");
        }
    }

    #[test]
    fn patterns_replace_the_default() {
        assert!(may(&["*.svc.local", "10.*"], "http://a.svc.local:4040"));
        assert!(may(&["*.svc.local", "10.*"], "http://10.1.2.3:4040"));
        assert!(!may(&["*.svc.local", "10.*"], "http://11.1.2.3:4040"));
        assert!(!may(&["*.svc.local"], "http://localhost:4040"));
        assert!(!may(&["*.svc.local"], "http://a.svc.local.evil.org"));
        assert!(may(&["[fd00::*]"], "http://[fd00::7]:4040"));
    }

    #[test]
    fn a_forbidden_address_is_allowed_only_where_addresses_are_written_down() {
        assert!(may(&["169.254.1.1"], "http://169.254.1.1:4040"));
        assert!(!may(&["169.254.1.1"], "http://169.254.169.254"));
        assert!(!may(&["*"], "http://169.254.169.254"));
        assert!(may(&["*"], "http://10.1.2.3:4040"));
    }

    #[test]
    fn a_name_leads_only_where_an_address_may() {
        let resolved = |patterns: &[&str], name: &str, addresses: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
            let allowed = DriverHosts::new(&patterns).allowed(name, found).unwrap_or_default();
            allowed.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>()
        };
        let nowhere: [&str; 0] = [];
        assert_eq!(resolved(&[], "driver", &["169.254.169.254"]), nowhere);
        assert_eq!(resolved(&[], "driver", &["fe80::1", "::ffff:169.254.169.254"]), nowhere);
        assert_eq!(resolved(&[], "driver", &["169.254.169.254", "10.0.0.7"]), ["10.0.0.7"]);
        assert_eq!(resolved(&["*.svc"], "driver.svc", &["169.254.169.254", "11.0.0.7"]), ["11.0.0.7"]);
        assert_eq!(resolved(&["10.*"], "driver.svc", &["11.0.0.7", "10.0.0.7"]), ["10.0.0.7"]);
        assert_eq!(resolved(&["10.*"], "10.example.org", &["11.0.0.7"]), nowhere);
    }
}
