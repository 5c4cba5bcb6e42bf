//! Where a person sees a commit or a merge request: pages of the git host, made of the configured address alone.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{GitApiKind, GitProtocol, GitSite};

/// Hosts whose web pages have the same name as their address for SSH.
const PUBLIC: [&str; 4] = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];
/// What stands in a branch's name as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/');

/// Whose pages they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    GitHub,
    GitLab,
    Bitbucket,
    /// Gitea, Forgejo, and those that we do not know: most have pages like these.
    Gitea,
}

/// The page of a commit; none for a folder, or a host that is reached by SSH and not known.
pub(super) fn commit(site: &GitSite, id: &str) -> Option<String> {
    let (repository, host) = page(site)?;
    // GitHub's form; Gitea, Forgejo and Azure have it too.
    let word = match host {
        Host::GitLab => "-/commit",
        Host::Bitbucket => "commits",
        Host::GitHub | Host::Gitea => "commit",
    };
    Some(format!("{repository}/{word}/{id}"))
}

/// The page of a merge request.
pub(super) fn merge_request(site: &GitSite, number: u64) -> Option<String> {
    let (repository, host) = page(site)?;
    let word = match host {
        Host::GitHub => "pull",
        Host::GitLab => "-/merge_requests",
        Host::Bitbucket => "pull-requests",
        Host::Gitea => "pulls",
    };
    Some(format!("{repository}/{word}/{number}"))
}

/// The page on which a person opens a merge request for a branch.
pub(super) fn new_merge_request(site: &GitSite, branch: &str) -> Option<String> {
    let (repository, host) = page(site)?;
    let (branch, into) = (utf8_percent_encode(branch, PLAIN), utf8_percent_encode(&site.branch, PLAIN));
    Some(match host {
        Host::GitHub => format!("{repository}/compare/{into}...{branch}?expand=1"),
        Host::GitLab => format!(
            "{repository}/-/merge_requests/new?merge_request%5Bsource_branch%5D={branch}\
             &merge_request%5Btarget_branch%5D={into}"
        ),
        Host::Bitbucket => format!("{repository}/pull-requests/new?source={branch}&dest={into}"),
        Host::Gitea => format!("{repository}/compare/{into}...{branch}"),
    })
}

/// The repository's page.
fn page(site: &GitSite) -> Option<(String, Host)> {
    let url = &site.url;
    let has_page = match url.protocol() {
        GitProtocol::Https => true,
        GitProtocol::Ssh => PUBLIC.contains(&url.host()),
        GitProtocol::Http | GitProtocol::File => false,
    };
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let name = url.host();
    let host = match site.api.as_ref().map(|api| api.kind) {
        Some(GitApiKind::GitHub) => Host::GitHub,
        Some(GitApiKind::GitLab) => Host::GitLab,
        Some(GitApiKind::Gitea) => Host::Gitea,
        None if name.contains("gitlab") => Host::GitLab,
        None if name.contains("bitbucket") => Host::Bitbucket,
        None if name.contains("github") => Host::GitHub,
        None => Host::Gitea,
    };
    has_page.then(|| (format!("https://{name}{path}"), host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GitApi, GitUrl, settings_from};

    fn site(url: &str, api: Option<&str>) -> GitSite {
        let settings = settings_from(&["--spark-monitor-export-git-url", "https://h/a/b"]).unwrap();
        let mut site = GitSite::of(&settings, None, &mut Vec::new()).unwrap().unwrap();
        site.url = GitUrl::parse(url, true).unwrap();
        site.api = api.map(|kind| GitApi::of(kind, &site.url, true).unwrap());
        site
    }

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
            assert_eq!(commit(&site(url, None), "abc").as_deref(), expected, "{url}");
        }
        let by_api = commit(&site("https://git.example/a/b", Some("gitlab")), "abc");
        assert_eq!(by_api.as_deref(), Some("https://git.example/a/b/-/commit/abc"));
    }

    #[test]
    fn a_merge_request_has_a_page_of_its_host() {
        for (url, api, open, new) in [
            ("https://github.com/a/b.git", None, "pull/7", "compare/main...x/y%23?expand=1"),
            ("https://git.example/a/b", Some("github"), "pull/7", "compare/main...x/y%23?expand=1"),
            ("https://git.example/a/b", Some("gitea"), "pulls/7", "compare/main...x/y%23"),
            (
                "https://gitlab.example/a/b",
                None,
                "-/merge_requests/7",
                "-/merge_requests/new?merge_request%5Bsource_branch%5D=x/y%23&merge_request%5Btarget_branch%5D=main",
            ),
            ("https://bitbucket.org/a/b", None, "pull-requests/7", "pull-requests/new?source=x/y%23&dest=main"),
        ] {
            let site = site(url, api);
            let page = |end: &str| format!("{}/{end}", url.trim_end_matches(".git"));
            assert_eq!(merge_request(&site, 7), Some(page(open)), "{url}");
            assert_eq!(new_merge_request(&site, "x/y#"), Some(page(new)), "{url}");
        }
        assert_eq!(new_merge_request(&site("git@git.example:a/b", None), "x"), None);
    }
}
