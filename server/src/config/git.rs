//! The repository that exported jobs are pushed to, and how.

use std::{env, ffi::OsString, path::PathBuf, time::Duration};

use secrecy::SecretString;

use super::{
    error::ConfigError,
    git_api::GitApi,
    git_url::{GitProtocol, GitUrl},
    settings::Settings,
};

/// The variables that git, SSH and their helpers need. Nothing else of the sidecar's environment reaches them: it has
/// the site's other tokens.
const VARIABLES: [&str; 18] = [
    "PATH",
    "TZ",
    "TMPDIR",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "SSH_AUTH_SOCK",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "USER",
    "LOGNAME",
];

/// Those that lead to the user's own configuration of git. They count only without the site's token.
const OWN_VARIABLES: [&str; 4] = ["HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "XDG_RUNTIME_DIR"];

/// Who the site is to its git host.
#[derive(Clone, Debug)]
pub struct GitAccount {
    pub user: String,
    pub token: SecretString,
}

/// The repository of this site.
#[derive(Clone, Debug)]
pub struct GitSite {
    pub url: GitUrl,
    /// Through which the host is asked; none for the program git.
    pub api: Option<GitApi>,
    pub branch: String,
    /// Whether a job goes to a new branch and is proposed for `branch`, instead of being pushed to it.
    pub by_merge_request: bool,
    /// The folder beneath which each job has a folder; empty for the repository itself.
    pub folder: String,
    /// Without it, the user's own configuration of git decides.
    pub account: Option<GitAccount>,
    pub author_name: String,
    pub author_email: String,
    /// For each git command.
    pub deadline: Duration,
    /// Of what is kept of the repository.
    pub most_bytes: u64,
    /// The variables that git gets.
    pub environment: Vec<(&'static str, OsString)>,
    /// Where fetched commits are kept; none if there is no home.
    pub cache_folder: Option<PathBuf>,
}

impl GitSite {
    /// The site as it is set; none if no repository is.
    ///
    /// # Errors
    /// When the repository cannot be used as it is set. No sentence contains a part of its address.
    pub fn of(
        settings: &Settings,
        token: Option<SecretString>,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Self>, ConfigError> {
        let asked = &settings.git;
        let Some(text) = &asked.spark_monitor_export_git_url else {
            if token.is_some() {
                warnings.push("SPARK_MONITOR_EXPORT_GIT_TOKEN is set without SPARK_MONITOR_EXPORT_GIT_URL".to_owned());
            }
            return Ok(None);
        };
        let wrong = |variable, reason| ConfigError::Url { variable, reason };
        let is_yes = |text: &str| ["true", "1", "yes"].contains(&text.trim().to_lowercase().as_str());
        let allows_local = asked.spark_monitor_export_git_allow_local.as_deref().is_some_and(is_yes);
        let url = GitUrl::parse(text, allows_local).map_err(|reason| wrong("SPARK_MONITOR_EXPORT_GIT_URL", reason))?;
        let branch = asked.spark_monitor_export_git_branch.trim();
        if !is_branch(branch) {
            return Err(wrong("SPARK_MONITOR_EXPORT_GIT_BRANCH", "is no name of a branch, such as main"));
        }
        let by_merge_request = match asked.spark_monitor_export_git_delivery.trim().to_lowercase().as_str() {
            "push" => false,
            "merge-request" => true,
            _ => return Err(wrong("SPARK_MONITOR_EXPORT_GIT_DELIVERY", "must be push or merge-request")),
        };
        let folder = asked.spark_monitor_export_git_folder.as_deref().unwrap_or_default().trim().trim_end_matches('/');
        if !(folder.is_empty() || folder.split('/').all(is_folder_name)) {
            let reason = "must be a relative folder of the repository, without .. and .git";
            return Err(wrong("SPARK_MONITOR_EXPORT_GIT_FOLDER", reason));
        }
        let user = asked.spark_monitor_export_git_user.trim();
        if user.is_empty() || !user.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
            return Err(wrong("SPARK_MONITOR_EXPORT_GIT_USER", "must be printable text without spaces and colons"));
        }
        let is_over_http = matches!(url.protocol(), GitProtocol::Https | GitProtocol::Http);
        if token.is_some() && !is_over_http {
            let reason = "SPARK_MONITOR_EXPORT_GIT_TOKEN is not used: it goes to https:// only, and SSH has keys";
            warnings.push(reason.to_owned());
        }
        let account = token.filter(|_| is_over_http).map(|token| GitAccount { user: user.to_owned(), token });
        let api = asked.spark_monitor_export_git_api.as_deref().map(|kind| GitApi::of(kind, &url, account.is_some()));
        let api = api.transpose().map_err(|reason| wrong("SPARK_MONITOR_EXPORT_GIT_API", reason))?;
        let person = settings.jupyterhub_user.as_deref().or(settings.login.as_deref()).unwrap_or_default();
        let named = |given: Option<&String>, otherwise: &str| {
            let text: String = given.map_or(otherwise, String::as_str).chars().filter(|c| !is_odd(*c)).collect();
            text.trim().to_owned()
        };
        let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
        Ok(Some(Self {
            environment: environment(account.is_none()),
            url,
            api,
            branch: branch.to_owned(),
            by_merge_request,
            folder: folder.to_owned(),
            account,
            author_name: or(named(asked.spark_monitor_export_git_author_name.as_ref(), person), "berdl-spark-monitor"),
            author_email: or(named(asked.spark_monitor_export_git_author_email.as_ref(), ""), "noreply@localhost"),
            deadline: asked.spark_monitor_export_git_timeout_ms,
            most_bytes: asked.spark_monitor_export_git_max_bytes,
            cache_folder: settings.state_folder().map(|folder| folder.join("export/git")),
        }))
    }
}

/// Whether it can be one component of a path in a repository, on every system that may check it out.
pub(crate) fn is_folder_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_taken = lower.starts_with(".git") || lower.starts_with("git~") || name.starts_with(['-', ' ']);
    let is_relative = name.chars().all(|c| c == '.') || name.ends_with(['.', ' ']);
    let is_plain = !name.chars().any(|c| c.is_control() || is_invisible(c) || "/\\:*?\"<>|".contains(c));
    !is_taken && !is_relative && is_plain && name.len() <= 200
}

/// File systems ignore some of them, so that another name would become `.git`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

/// What is plainly no branch; git itself checks the rest.
fn is_branch(name: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c);
    !(name.is_empty() || name.starts_with('-') || name.contains("..") || name.contains(is_odd) || name.len() > 200)
}

/// What git does not take in a name.
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '<' | '>')
}

fn environment(with_own: bool) -> Vec<(&'static str, OsString)> {
    let own = OWN_VARIABLES.iter().filter(|_| with_own);
    #[expect(clippy::disallowed_methods, reason = "only the configuration reads the environment")]
    VARIABLES.iter().chain(own).filter_map(|name| Some((*name, env::var_os(name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    fn site(args: &[&str], token: Option<&str>) -> (Result<Option<GitSite>, String>, Vec<String>) {
        let mut warnings = Vec::new();
        let token = token.map(|token| token.to_owned().into());
        let site = GitSite::of(&settings_from(args).unwrap(), token, &mut warnings);
        (site.map_err(|error| error.to_string()), warnings)
    }

    const URL: [&str; 2] = ["--spark-monitor-export-git-url", "https://git.example/jobs.git"];

    #[test]
    fn without_an_address_nothing_is_pushed_and_with_one_the_rest_has_defaults() {
        assert!(site(&[], None).0.unwrap().is_none());
        let args = [&URL[..], &["--xdg-state-home", "/s", "--jupyterhub-user", "ann"]].concat();
        let site = site(&args, Some("CANARY")).0.unwrap().unwrap();
        assert_eq!((site.branch.as_str(), site.folder.as_str(), site.author_name.as_str()), ("main", "", "ann"));
        assert_eq!(site.account.as_ref().unwrap().user, "oauth2");
        assert_eq!(site.cache_folder.as_deref(), Some("/s/berdl-spark-monitor/export/git".as_ref()));
        assert!(!format!("{site:?}").contains("CANARY"));
        assert!(site.environment.iter().all(|(name, _)| *name != "HOME"), "the token is the site's, not the user's");
    }

    #[test]
    fn an_address_with_a_password_ends_the_start_with_what_to_do() {
        let error = site(&["--spark-monitor-export-git-url", "https://ann:CANARY@h/r"], None).0.unwrap_err();
        assert!(error.starts_with("SPARK_MONITOR_EXPORT_GIT_URL must not hold a user or a password: "), "{error}");
        assert!(!error.contains("CANARY"));
    }

    #[test]
    fn a_folder_outside_the_repository_and_an_odd_branch_are_refused() {
        for folder in ["/a", "..", "a/../b", "a//b", ".git", "a/.GIT/b", "-a", "a/.", "git~1", "a\\b", "a."] {
            let args = [&URL[..], &["--spark-monitor-export-git-folder", folder]].concat();
            let args: Vec<&str> = match folder.starts_with('-') {
                true => [&URL[..], &["--spark-monitor-export-git-folder=-a"]].concat(),
                false => args,
            };
            assert!(site(&args, None).0.unwrap_err().contains("relative folder"), "{folder}");
        }
        for branch in ["a b", "a..b", "a:b", "@{^x}"] {
            let args = [&URL[..], &["--spark-monitor-export-git-branch", branch]].concat();
            assert!(site(&args, None).0.is_err(), "{branch}");
        }
        let args = [&URL[..], &["--spark-monitor-export-git-folder", "dags/jobs/"]].concat();
        assert_eq!(site(&args, None).0.unwrap().unwrap().folder, "dags/jobs");
    }

    #[test]
    fn a_job_is_pushed_unless_merge_requests_are_wanted() {
        let way = |way| site(&[&URL[..], &["--spark-monitor-export-git-delivery", way]].concat(), None).0;
        assert!(!site(&URL, None).0.unwrap().unwrap().by_merge_request);
        assert!(way("Merge-Request").unwrap().unwrap().by_merge_request);
        let error = way("pull").unwrap_err();
        assert!(error.contains("SPARK_MONITOR_EXPORT_GIT_DELIVERY must be push or merge-request"), "{error}");
    }

    #[test]
    fn a_token_goes_over_https_only() {
        let (ssh, warnings) = site(&["--spark-monitor-export-git-url", "git@git.example:jobs.git"], Some("CANARY"));
        assert!(ssh.unwrap().unwrap().account.is_none());
        assert!(warnings[0].contains("https:// only") && !warnings[0].contains("CANARY"), "{warnings:?}");
    }
}
