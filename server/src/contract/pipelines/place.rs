//! Where a request wants its job to go: only to where the site delivers anyway.

use serde::Deserialize;
use url::Url;

use super::answer::Refused;
use crate::{config::GitSite, export::Exports, words::pipelines as words};

/// The fields about git and Airflow. The names with `gitea` are older still, and mean the same.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub git_provider: Option<String>,
    git_api_url: Option<String>,
    git_owner: Option<String>,
    git_repo: Option<String>,
    git_branch: Option<String>,
    git_subdir: Option<String>,
    gitea_api_url: Option<String>,
    gitea_owner: Option<String>,
    gitea_repo: Option<String>,
    gitea_branch: Option<String>,
    gitea_subdir: Option<String>,
    airflow_api_url: Option<String>,
}

/// Owner and name of the site's repository.
pub(super) fn repository(git: &GitSite) -> (String, String) {
    let path = git.url.path().trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let (owner, name) = path.rsplit_once('/').unwrap_or(("", path));
    (owner.to_owned(), name.to_owned())
}

impl Place {
    /// The provider's name, which is only repeated in the answer: git is spoken with each.
    ///
    /// # Errors
    /// 400 for an unknown one.
    pub fn provider(&self) -> Result<&str, Refused> {
        let known = |name: &&str| ["gitea", "github", "gitlab"].contains(name);
        let given = self.git_provider.as_deref().unwrap_or("gitea");
        Some(given).filter(known).ok_or_else(|| Refused::bad(words::one_of("git_provider", "gitea, github, gitlab")))
    }

    /// Refuses every place but the configured one. What is empty or absent means the configured one.
    ///
    /// # Errors
    /// 400, naming the field and not its value.
    pub fn check(&self, exports: &Exports) -> Result<(), Refused> {
        self.provider()?;
        let airflow = exports.airflow_api().map(|api| &api.url);
        self.check_with(exports.git(), airflow)
    }

    fn check_with(&self, git: Option<&GitSite>, airflow: Option<&Url>) -> Result<(), Refused> {
        const GIT: &str = "SPARK_MONITOR_EXPORT_GIT_URL";
        const AIRFLOW: &str = "SPARK_MONITOR_EXPORT_AIRFLOW_URL";
        let url = git.and_then(|git| Url::parse(git.url.as_str()).ok());
        let (owner, name) = git.map(repository).unwrap_or_default();
        let is = |configured: &str, given: &str| git.is_some() && given.trim_matches('/') == configured;
        let same = |name: &'static str, setting, given: &Option<String>, is_same: &dyn Fn(&str) -> bool| {
            let given = given.as_deref().map(str::trim).filter(|given| !given.is_empty());
            match given {
                Some(given) if !is_same(given) => Err(Refused::bad(words::elsewhere(name, setting))),
                _ => Ok(()),
            }
        };
        let (branch, folder) = git.map(|git| (git.branch.as_str(), git.folder.as_str())).unwrap_or_default();
        let is_host = |given: &str| is_origin(given, url.as_ref());
        same("git_api_url", GIT, &self.git_api_url, &is_host)?;
        same("gitea_api_url", GIT, &self.gitea_api_url, &is_host)?;
        same("git_owner", GIT, &self.git_owner, &|given| is(&owner, given))?;
        same("gitea_owner", GIT, &self.gitea_owner, &|given| is(&owner, given))?;
        same("git_repo", GIT, &self.git_repo, &|given| is(&name, given))?;
        same("gitea_repo", GIT, &self.gitea_repo, &|given| is(&name, given))?;
        same("git_branch", "SPARK_MONITOR_EXPORT_GIT_BRANCH", &self.git_branch, &|given| is(branch, given))?;
        same("gitea_branch", "SPARK_MONITOR_EXPORT_GIT_BRANCH", &self.gitea_branch, &|given| is(branch, given))?;
        same("git_subdir", "SPARK_MONITOR_EXPORT_GIT_FOLDER", &self.git_subdir, &|given| is(folder, given))?;
        same("gitea_subdir", "SPARK_MONITOR_EXPORT_GIT_FOLDER", &self.gitea_subdir, &|given| is(folder, given))?;
        same("airflow_api_url", AIRFLOW, &self.airflow_api_url, &|given| is_origin(given, airflow))
    }
}

/// Whether an address has the configured scheme, host and port, and nobody's name in it.
pub(super) fn is_origin(given: &str, configured: Option<&Url>) -> bool {
    let (Ok(given), Some(configured)) = (Url::parse(given), configured) else { return false };
    let is_bare = given.username().is_empty() && given.password().is_none();
    is_bare && given.origin().is_tuple() && given.origin() == configured.origin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    fn site(url: &str) -> GitSite {
        let args = [
            "--spark-monitor-export-git-url",
            url,
            "--spark-monitor-export-git-folder",
            "dags",
            "--spark-monitor-export-git-branch",
            "prod",
        ];
        GitSite::of(&settings_from(&args).unwrap(), None, &mut Vec::new()).unwrap().unwrap()
    }

    fn refused(body: &str, git: Option<&GitSite>) -> Option<String> {
        let place: Place = serde_json::from_str(body).unwrap();
        let airflow = Url::parse("https://airflow.example/base").unwrap();
        match place.check_with(git, Some(&airflow)) {
            Ok(()) => None,
            Err(Refused::Older { message, .. }) => Some(message),
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn only_the_configured_place_is_accepted() {
        let git = site("https://git.example:8443/team/jobs.git");
        for (field, value, accepted) in [
            ("git_api_url", "https://git.example:8443/api/v1", true),
            ("git_api_url", "", true),
            ("git_api_url", "https://git.example/api/v1", false),
            ("git_api_url", "http://git.example:8443/api/v1", false),
            ("gitea_api_url", "https://git.example.evil:8443/", false),
            ("git_api_url", "https://me:CANARY@git.example:8443/", false),
            ("git_api_url", "http://[::ffff:169.254.169.254]/", false),
            ("git_owner", "team", true),
            ("git_owner", "ilum", false),
            ("gitea_repo", "jobs", true),
            ("git_repo", "airflow", false),
            ("git_branch", "prod", true),
            ("git_branch", "master", false),
            ("git_subdir", "dags/", true),
            ("git_subdir", "..", false),
            ("airflow_api_url", "https://airflow.example/", true),
            ("airflow_api_url", "https://airflow.example:80/", false),
            ("airflow_api_url", "file:///etc/passwd", false),
        ] {
            let body = serde_json::json!({ field: value }).to_string();
            let message = refused(&body, Some(&git));
            assert_eq!(message.is_none(), accepted, "{body}");
            let message = message.unwrap_or_default();
            assert!(accepted || (message.contains(field) && !message.contains("CANARY")), "{message}");
        }
    }

    #[test]
    fn without_a_configured_host_no_address_is_accepted() {
        for body in [r#"{"git_api_url": "https://git.example"}"#, r#"{"git_branch": "main"}"#] {
            assert!(refused(body, None).is_some(), "{body}");
        }
        assert!(refused(r#"{"git_api_url": "https://git.example"}"#, Some(&site("git@git.example:a/b"))).is_some());
        assert_eq!(refused("{}", None), None);
    }
}
