//! The address of a git repository: which ones are allowed, and what is known of them.

use url::Url;

use super::base_url::is_here;

/// How git reaches a repository. No other way is allowed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitProtocol {
    Https,
    Ssh,
    /// Unencrypted, on this machine only.
    Http,
    /// A folder of this machine.
    File,
}

impl GitProtocol {
    /// Git's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Ssh => "ssh",
            Self::Http => "http",
            Self::File => "file",
        }
    }
}

/// An address without a secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitUrl {
    text: String,
    protocol: GitProtocol,
    /// Host, with a port that is not the usual one; empty for a folder.
    host: String,
    path: String,
}

impl GitUrl {
    /// Checks an address. `allows_local` also admits repositories of this machine.
    ///
    /// # Errors
    /// What is wrong, and what to do, without any part of the address.
    pub fn parse(text: &str, allows_local: bool) -> Result<Self, &'static str> {
        const SCHEME: &str = "must be https://…, ssh://… or git@host:path";
        let text = text.trim();
        if text.is_empty() || text.starts_with('-') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(SCHEME);
        }
        if !text.contains("://") {
            return Self::scp_like(text).ok_or(SCHEME);
        }
        let url = Url::parse(text).map_err(|_| "is no valid URL")?;
        let protocol = match url.scheme() {
            "https" => GitProtocol::Https,
            "ssh" => GitProtocol::Ssh,
            "file" if allows_local => GitProtocol::File,
            "http" if allows_local && is_here(&url) => GitProtocol::Http,
            "file" => return Err("may be file:// only with SPARK_MONITOR_EXPORT_GIT_ALLOW_LOCAL"),
            "http" => return Err("must begin with https://, because http:// sends the token unencrypted"),
            _ => return Err(SCHEME),
        };
        // A name alone may be a token too.
        if url.password().is_some() || (protocol != GitProtocol::Ssh && !url.username().is_empty()) {
            return Err(
                "must not hold a user or a password: put the user into SPARK_MONITOR_EXPORT_GIT_USER and the password \
                 or token into SPARK_MONITOR_EXPORT_GIT_TOKEN, or into the file that \
                 SPARK_MONITOR_EXPORT_GIT_TOKEN_FILE names",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not hold a query or a fragment");
        }
        let host = url.host_str().unwrap_or_default();
        let is_odd = host.starts_with('-') || url.username().starts_with('-') || url.path().starts_with("/-");
        if is_odd || (host.is_empty() != (protocol == GitProtocol::File)) || url.path().trim_matches('/').is_empty() {
            return Err("must name a host and a repository");
        }
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self { text: url.as_str().to_owned(), protocol, host, path: url.path().to_owned() })
    }

    /// `user@host:path`, as git and scp write it.
    fn scp_like(text: &str) -> Option<Self> {
        let (place, path) = text.split_once(':')?;
        let host = place.split_once('@').map_or(place, |(_, host)| host);
        let is_name = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        let is_place = place.split('@').count() <= 2 && place.split('@').all(is_name);
        let is_path = !path.trim_matches('/').is_empty() && !path.starts_with([':', '-']);
        (is_place && is_path).then(|| Self {
            text: text.to_owned(),
            protocol: GitProtocol::Ssh,
            host: host.to_lowercase(),
            path: format!("/{}", path.trim_start_matches('/')),
        })
    }

    /// As git takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn protocol(&self) -> GitProtocol {
        self.protocol
    }

    /// Host, with a port that is not the usual one, as git writes it when it asks for a password.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The repository's path, with a slash in front.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_ssh_and_scp_like_addresses_are_taken() {
        for (text, protocol, host, path) in [
            ("https://Git.example/team/jobs.git", GitProtocol::Https, "git.example", "/team/jobs.git"),
            ("https://git.example:8443/jobs", GitProtocol::Https, "git.example:8443", "/jobs"),
            ("ssh://git@git.example:2222/jobs.git", GitProtocol::Ssh, "git.example:2222", "/jobs.git"),
            ("git@git.example:team/jobs.git", GitProtocol::Ssh, "git.example", "/team/jobs.git"),
        ] {
            let url = GitUrl::parse(text, false).unwrap();
            assert_eq!((url.protocol(), url.host(), url.path()), (protocol, host, path), "{text}");
        }
    }

    #[test]
    fn an_address_with_a_user_or_a_password_is_refused_with_what_to_do() {
        for text in ["https://ann:CANARY@h/r", "https://CANARY@h/r", "ssh://git:CANARY@h/r"] {
            let reason = GitUrl::parse(text, true).unwrap_err();
            assert!(reason.contains("SPARK_MONITOR_EXPORT_GIT_TOKEN") && !reason.contains("CANARY"), "{reason}");
        }
    }

    #[test]
    fn what_would_run_a_program_or_read_another_place_is_refused() {
        for text in [
            "",
            "--upload-pack=x",
            "ext::sh -c true",
            "ext::sh",
            "fd::3",
            "http://h/r",
            "git://h/r",
            "ftp://h/r",
            "/srv/r.git",
            "../r.git",
            "ssh://-oProxyCommand=x/r",
            "-oProxyCommand=x:r",
            "git@-h:r",
            "git@h:-r",
            "ssh://h/-r",
            "https://h/",
            "https://h/r?token=x",
            "https://h/r\nx",
            "file:///srv/r.git",
            "http://127.0.0.1/r",
        ] {
            assert!(GitUrl::parse(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn a_repository_of_this_machine_needs_a_setting() {
        assert_eq!(GitUrl::parse("file:///srv/r.git", true).unwrap().protocol(), GitProtocol::File);
        assert_eq!(GitUrl::parse("http://127.0.0.1:80/r", true).unwrap().host(), "127.0.0.1");
        assert_eq!(GitUrl::parse("http://[::1]:81/r", true).unwrap().host(), "[::1]:81");
        assert!(GitUrl::parse("http://git.example/r", true).is_err());
        assert!(GitUrl::parse("file://host/r", true).is_err());
    }
}
