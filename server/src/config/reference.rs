//! The reference page of all settings, generated from the settings themselves.

use std::fmt::Write;

use clap::CommandFactory;

use super::cli::Cli;

const NAMES: &str = "
## Users' names in URLs

`{user}` is the user's Kubernetes name, made by the rule that the cluster manager uses for its resources: lower case,
with every character outside `a-z0-9.-` replaced by a hyphen. Two users, for example `x_` and `x`, can have the same
Kubernetes name, and therefore the same cluster.

| set | what happens to a name that the rule changes |
|---|---|
| `BERDL_JUPYTERHUB_NAMESPACE` or `SPARK_CLUSTER_MANAGER_API_URL` | the changed name is used: the cluster manager named the user's master by the same rule |
| neither, and `{user}` in `SPARK_MASTER_UI_URL`, `SPARK_APP_UI_URL` or `SPARK_MONITOR_LINKS` | the user is refused with the reason, because they could see another user's cluster |
| neither, and `{username}` in the path of these URLs | the original name is used, percent-encoded |
";

const SECRETS: &str = "
## Secrets

Secrets have no flag. Set the variable, or append `_FILE` to its name and set that to the path of a file with the value.

| variable | meaning |
|---|---|
| `SPARK_UI_TOKEN` | bearer token for master, driver and history server behind an authenticating filter; sent to configured origins only |
| `SPARK_MONITOR_TOKEN` | required to listen on TCP; clients send it in the header `X-Spark-Monitor-Token` |
| `SPARK_MONITOR_SESSION_TOKEN` | session token of the user on whose behalf `berdl-spark-monitor doctor` asks where users sign in |
| `SPARK_CONNECT_TOKEN` | bearer token for Spark Connect; implies TLS, except to this machine |
| `SPARK_MONITOR_EXPORT_GIT_TOKEN` | token or password for `SPARK_MONITOR_EXPORT_GIT_URL`; goes over https:// only, to this host only |
| `SPARK_MONITOR_EXPORT_AIRFLOW_TOKEN` | a token of Airflow's API, which the monitor uses as it is |
| `SPARK_MONITOR_EXPORT_AIRFLOW_PASSWORD` | the password of `SPARK_MONITOR_EXPORT_AIRFLOW_USER`; printable characters without spaces |
| `SPARK_MONITOR_EXPORT_MASTER_REST_TOKEN` | bearer token for `SPARK_MONITOR_EXPORT_MASTER_REST_URL`, if `spark.master.rest.filters` wants one; sent to this origin only |
";

/// `docs/configuration.md`.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration\n\nGenerated from `berdl-spark-monitor serve --help`. Every setting is a variable and a flag; an empty \
         variable counts as unset. Times are at most 4294967295 milliseconds (49 days).\n\n| variable | flag | default | meaning |\n|---|---|---|---|\n",
    );
    let mut command = Cli::command();
    command.build();
    let serve = command.find_subcommand("serve");
    for argument in serve.into_iter().flat_map(clap::Command::get_arguments) {
        let (Some(variable), Some(flag)) = (argument.get_env(), argument.get_long()) else { continue };
        let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let default = if defaults.is_empty() { "-".to_owned() } else { format!("`{}`", defaults.join(",")) };
        let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{}` | `--{flag}` | {default} | {help} |", variable.to_string_lossy());
    }
    page + NAMES + SECRETS
}
