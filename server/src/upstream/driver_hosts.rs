//! Which hosts the master's own link to a driver may name: checked as written and again after name resolution.

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The rule: patterns of the admin, or everything but addresses that only a trick would name.
#[derive(Clone, Debug)]
pub struct DriverHosts {
    /// Lower case; `*` stands for any text. Empty: any host.
    patterns: Arc<[String]>,
}

impl DriverHosts {
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        Self { patterns: patterns.into() }
    }

    /// Whether a link may be followed, as far as its text tells; its name is resolved through [`Self::resolver`].
    #[must_use]
    pub fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        let text = url.host_str().unwrap_or_default().to_lowercase();
        let listed = self.patterns.iter().any(|pattern| matches(pattern, &text));
        if !self.patterns.is_empty() && !listed {
            return false;
        }
        match host {
            Host::Domain(_) => true,
            // An address that the admin wrote down is meant.
            Host::Ipv4(address) => listed || !is_forbidden(address.into()),
            Host::Ipv6(address) => listed || !is_forbidden(address.into()),
        }
    }

    /// Looks names up as the system does and drops forbidden addresses: a name must not lead where an address may not.
    #[must_use]
    pub fn resolver() -> Arc<dyn Resolve> {
        Arc::new(Checked)
    }
}

struct Checked;

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses: Addrs = Box::new(allowed(tokio::net::lookup_host((name.as_str(), 0)).await?)?.into_iter());
            Ok(addresses)
        })
    }
}

/// What a name may lead to, of what it was resolved to.
fn allowed(found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let allowed: Vec<_> = found.filter(|address| !is_forbidden(address.ip())).collect();
    if allowed.is_empty() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "no allowed address"));
    }
    Ok(allowed)
}

/// Link-local (with the clouds' metadata service), metadata, multicast and unspecified addresses.
fn is_forbidden(address: IpAddr) -> bool {
    /// Metadata services outside the link-local ranges: AWS over IPv6 and Alibaba.
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
        assert!(!may(&["*.svc.local", "10.*"], "http://localhost:4040"));
        assert!(!may(&["*.svc.local"], "http://a.svc.local.evil.org"));
        assert!(may(&["169.254.1.1"], "http://169.254.1.1:4040"));
    }

    #[test]
    fn a_name_leads_only_where_an_address_may() {
        let resolved = |addresses: &[&str]| {
            let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
            allowed(found)
                .map(|addresses| addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>())
                .ok()
        };
        assert_eq!(resolved(&["169.254.169.254"]), None);
        assert_eq!(resolved(&["fe80::1", "::ffff:169.254.169.254"]), None);
        assert_eq!(resolved(&["169.254.169.254", "10.0.0.7"]), Some(vec!["10.0.0.7".to_owned()]));
    }
}
