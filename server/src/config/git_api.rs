//! The REST API of a git host: which kind it is, and where it begins.

use url::Url;

use super::git_url::{GitProtocol, GitUrl};

/// Whose API it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitApiKind {
    GitHub,
    /// Forgejo has the same.
    Gitea,
    GitLab,
}

/// The API of the repository's own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitApi {
    pub kind: GitApiKind,
    /// The address before all routes.
    pub base: Url,
    /// Owner and name, with `/` between; GitLab's owner may be several groups.
    pub repository: String,
}

impl GitApi {
    /// The API of a kind for a repository.
    ///
    /// # Errors
    /// What is wrong, without any part of the address.
    pub fn of(kind: &str, url: &GitUrl, has_token: bool) -> Result<Self, &'static str> {
        let kind = match kind.trim().to_lowercase().as_str() {
            "github" => GitApiKind::GitHub,
            "gitea" | "forgejo" => GitApiKind::Gitea,
            "gitlab" => GitApiKind::GitLab,
            _ => return Err("must be github, gitea or gitlab"),
        };
        if !matches!(url.protocol(), GitProtocol::Https | GitProtocol::Http) {
            return Err("needs a SPARK_MONITOR_EXPORT_GIT_URL that begins with https://");
        }
        if !has_token {
            return Err("needs SPARK_MONITOR_EXPORT_GIT_TOKEN");
        }
        const NO_OWNER: &str = "needs a SPARK_MONITOR_EXPORT_GIT_URL that ends in an owner and a repository";
        let path = url.path().trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let (before, name) = path.rsplit_once('/').filter(|(_, name)| !name.is_empty()).ok_or(NO_OWNER)?;
        // A Gitea may be in a folder of its host. GitLab's groups have folders, so there the whole path is the name.
        let (root, owner) = match kind {
            GitApiKind::GitLab => ("", before),
            GitApiKind::GitHub | GitApiKind::Gitea => before.rsplit_once('/').unwrap_or(("", before)),
        };
        let place = format!("{}://{}", url.protocol().name(), url.host());
        let base = match kind {
            GitApiKind::GitHub if url.host() == "github.com" => "https://api.github.com".to_owned(),
            GitApiKind::GitHub => format!("{place}/api/v3"),
            GitApiKind::Gitea if root.is_empty() => format!("{place}/api/v1"),
            GitApiKind::Gitea => format!("{place}/{root}/api/v1"),
            GitApiKind::GitLab => format!("{place}/api/v4"),
        };
        let base = Url::parse(&base).map_err(|_| NO_OWNER)?;
        Ok(Self { kind, base, repository: format!("{owner}/{name}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_of_the_repositorys_own_host() {
        for (kind, url, base, repository) in [
            ("github", "https://github.com/team/jobs.git", "https://api.github.com/", "team/jobs"),
            ("GitHub", "https://git.example:8443/team/jobs", "https://git.example:8443/api/v3", "team/jobs"),
            ("gitea", "https://git.example/team/jobs/", "https://git.example/api/v1", "team/jobs"),
            ("forgejo", "https://git.example/git/team/jobs", "https://git.example/git/api/v1", "team/jobs"),
            ("gitlab", "https://git.example/a/b/jobs.git", "https://git.example/api/v4", "a/b/jobs"),
        ] {
            let api = GitApi::of(kind, &GitUrl::parse(url, false).unwrap(), true).unwrap();
            assert_eq!((api.base.as_str(), api.repository.as_str()), (base, repository), "{url}");
        }
    }

    #[test]
    fn what_cannot_work_is_said_at_once() {
        for (kind, url, has_token, part) in [
            ("svn", "https://h/a/b", true, "github, gitea or gitlab"),
            ("gitea", "https://h/a/b", false, "GIT_TOKEN"),
            ("gitea", "git@h:a/b", true, "https://"),
            ("gitea", "file:///srv/a/b", true, "https://"),
            ("gitea", "https://h/b", true, "owner"),
        ] {
            let error = GitApi::of(kind, &GitUrl::parse(url, true).unwrap(), has_token).unwrap_err();
            assert!(error.contains(part), "{url}: {error}");
        }
    }
}
