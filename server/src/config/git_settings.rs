//! Settings of the repository that exported jobs are pushed to.

use std::time::Duration;

use clap::Args;

use super::limits::milliseconds;

/// Where exported jobs are pushed, and as whom.
#[derive(Clone, Debug, Args)]
pub struct GitSettings {
    /// The git repository that exported jobs are pushed to: `https://…`, `ssh://…` or `git@host:path`. A password or
    /// token does not belong into it, but into `SPARK_MONITOR_EXPORT_GIT_TOKEN`. Without a token, git asks the user's
    /// own credential helpers, or their keys for SSH [default: no pushes].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_URL", hide_env_values = true, value_name = "URL")]
    pub spark_monitor_export_git_url: Option<String>,

    /// Deliver through the REST API of the git host instead of the program git, for machines without it: `github`, `gitea`
    /// (Forgejo too) or `gitlab`. It needs `SPARK_MONITOR_EXPORT_GIT_TOKEN` and an `https://` address
    /// [default: the program git].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_API", value_name = "KIND")]
    pub spark_monitor_export_git_api: Option<String>,

    /// The branch that is pushed to. It must be there, except in an empty repository.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_BRANCH", value_name = "BRANCH", default_value = "main")]
    pub spark_monitor_export_git_branch: String,

    /// How a job gets to the branch: `push` commits to it, `merge-request` pushes a new branch from it and opens a merge
    /// request (a pull request) where `SPARK_MONITOR_EXPORT_GIT_API` is set, or else names the page to open one.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_DELIVERY", value_name = "WAY", default_value = "push")]
    pub spark_monitor_export_git_delivery: String,

    /// The folder of the repository in which each job gets a folder of its own; nothing outside it is changed
    /// [default: the repository itself].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_FOLDER", value_name = "FOLDER")]
    pub spark_monitor_export_git_folder: Option<String>,

    /// The user name that goes with `SPARK_MONITOR_EXPORT_GIT_TOKEN`. GitLab wants `oauth2` for tokens of OAuth; most
    /// hosts take any name.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_USER", value_name = "NAME", default_value = "oauth2")]
    pub spark_monitor_export_git_user: String,

    /// The name of the commits' author [default: `JUPYTERHUB_USER`, else `USER`].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_AUTHOR_NAME", value_name = "NAME")]
    pub spark_monitor_export_git_author_name: Option<String>,

    /// The email address of the commits' author. Some hosts accept only addresses that they know
    /// [default: `noreply@localhost`].
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_AUTHOR_EMAIL", value_name = "EMAIL")]
    pub spark_monitor_export_git_author_email: Option<String>,

    /// How long one git command or one call of the API may take, milliseconds: enough for a slow host, and short enough
    /// for a person who waits.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_TIMEOUT_MS", value_name = "MILLISECONDS", default_value = "30000", value_parser = milliseconds)]
    pub spark_monitor_export_git_timeout_ms: Duration,

    /// Largest size of what is fetched of the repository and kept in the state folder, bytes [default: 128 MiB]. Only
    /// the newest commit is fetched, from most hosts without the files' content.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_MAX_BYTES", value_name = "BYTES", default_value_t = 128 << 20, value_parser = clap::value_parser!(u64).range(1 << 20..=4 << 30), hide_default_value = true)]
    pub spark_monitor_export_git_max_bytes: u64,

    /// Allow a repository on this machine: `file:///…`, and `http://` on a loopback address (`true`). For trying out.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_GIT_ALLOW_LOCAL", value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub spark_monitor_export_git_allow_local: Option<String>,
}
