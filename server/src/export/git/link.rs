//! Where a person sees a commit: the page of the git host, made of the configured address alone.

use crate::config::{GitProtocol, GitUrl};

/// Hosts whose web pages have the same name as their address for SSH.
const PUBLIC: [&str; 4] = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];

/// The page of a commit; none for a folder, or a host that is reached by SSH and not known.
pub(super) fn commit(url: &GitUrl, id: &str) -> Option<String> {
    let has_page = match url.protocol() {
        GitProtocol::Https => true,
        GitProtocol::Ssh => PUBLIC.contains(&url.host()),
        GitProtocol::Http | GitProtocol::File => false,
    };
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let host = url.host();
    // GitHub's form; Gitea, Forgejo and Azure have it too, and GitLab leads on from it.
    let word = match host {
        _ if host.contains("gitlab") => "-/commit",
        _ if host.contains("bitbucket") => "commits",
        _ => "commit",
    };
    has_page.then(|| format!("https://{host}{path}/{word}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_has_a_page_where_the_address_says_so() {
        for (url, expected) in [
            ("https://github.com/team/jobs.git", Some("https://github.com/team/jobs/commit/abc")),
            ("https://gitlab.example:8443/a/b/jobs/", Some("https://gitlab.example:8443/a/b/jobs/-/commit/abc")),
            ("https://gitea.example/a/jobs", Some("https://gitea.example/a/jobs/commit/abc")),
            ("https://bitbucket.org/a/jobs.git", Some("https://bitbucket.org/a/jobs/commits/abc")),
            ("git@github.com:team/jobs.git", Some("https://github.com/team/jobs/commit/abc")),
            ("git@git.example:team/jobs.git", None),
            ("file:///srv/jobs.git", None),
        ] {
            let link = commit(&GitUrl::parse(url, true).unwrap(), "abc");
            assert_eq!(link.as_deref(), expected, "{url}");
        }
    }
}
