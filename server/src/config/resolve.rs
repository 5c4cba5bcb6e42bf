//! Turns the given settings into a consistent configuration, or into one clear sentence about what is wrong.

use std::{collections::BTreeSet, fs, path::PathBuf};

use monitor::{IdentityMode, Spark, UrlTemplate};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use upstream::user::User;
use url::Url;
use wire::FindingRule;

#[cfg(feature = "sql")]
use super::sql::SqlSite;
use super::{
    airflow::AirflowSite,
    assist::{self, AssistSite},
    base_url::{base_url, template},
    connect_user::ConnectUser,
    error::ConfigError,
    export::ExportSite,
    git::GitSite,
    history::HistorySite,
    limits::Limits,
    secret::Secrets,
    settings::Settings,
    standalone::StandaloneSite,
    start_code::{self, StartCode},
};

/// What to watch, and how to reach it.
#[derive(Clone, Debug)]
pub struct Site {
    pub cluster_manager: Option<Url>,
    pub spark: Spark,
    pub driver_hosts: Vec<String>,
    pub auth2: Url,
    pub identity: IdentityMode,
    /// True when users sign in at the default login service although this is a JupyterHub, which may have its own.
    pub login_service_is_guessed: bool,
    /// True when a URL contains `{user}` but neither a namespace nor a cluster manager shows that this site names
    /// masters by the Kubernetes rule. Then a name that the rule changes could lead to another user's cluster.
    pub refuses_changed_names: bool,
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The code that starts a session.
    pub start_code: StartCode,
    /// The user's folder for what the sidecar keeps; none if there is no home.
    pub state_folder: Option<PathBuf>,
    /// What is remembered; none if nothing is.
    pub history: Option<HistorySite>,
    /// What may be done with a notebook; none if nothing.
    pub export: Option<ExportSite>,
    /// Where jobs are shipped to and followed.
    pub airflow: AirflowSite,
    /// The standalone master to which jobs are submitted; none if they are not.
    pub standalone: Option<StandaloneSite>,
    /// What is checked before it runs; none if nothing is.
    pub assist: Option<AssistSite>,
    /// Whether agents may ask.
    pub mcp: bool,
    /// Where SQL is run.
    #[cfg(feature = "sql")]
    pub sql: Option<SqlSite>,
    /// Where exported jobs are pushed; none if nowhere.
    pub git: Option<GitSite>,
    /// The driver's web UI as the person's browser reaches it.
    pub links: Option<UrlTemplate>,
    /// Findings that are never shown.
    pub muted: BTreeSet<FindingRule>,
    /// Shows recorded data instead of a cluster.
    pub mock: bool,
}

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    pub site: Site,
    pub limits: Limits,
    pub secrets: Secrets,
    /// Settings that were ignored; logged once.
    pub warnings: Vec<String>,
}

impl Config {
    /// Checks `settings` as a whole.
    ///
    /// # Errors
    /// The first problem found.
    pub fn resolve(settings: &Settings, secrets: Secrets) -> Result<Self, ConfigError> {
        let mut warnings = Vec::new();
        let mock = settings.spark_monitor_mock_mode.as_deref().is_some_and(is_yes);
        let mut site = if mock { mock_site(settings)? } else { real_site(settings, &mut warnings)? };
        if !mock {
            site.airflow = AirflowSite::of(settings, &secrets)?;
            site.standalone = StandaloneSite::of(settings, &secrets)?;
        }
        #[cfg(feature = "sql")]
        if !mock {
            site.sql = SqlSite::of(settings, secrets.connect_token.clone(), &mut warnings)?;
        }
        let otherwise = settings.spark_user.as_ref().or(settings.login.as_ref()).cloned().unwrap_or_default();
        let user = ConnectUser { fixed: None, otherwise };
        #[cfg(feature = "sql")]
        let user = site.sql.as_ref().map_or(user, |sql| sql.user.clone());
        site.git = GitSite::of(settings, secrets.git_token.clone(), &mut warnings)?;
        site.history = HistorySite::of(settings, &site.spark, mock, user)?;
        site.export = ExportSite::of(settings)?;
        site.assist = AssistSite::of(settings)?;
        site.mcp = assist::has_mcp(settings)?;
        site.state_folder = settings.state_folder();
        site.muted = muted(&settings.spark_monitor_findings_muted, &mut warnings);
        Ok(Self { site, limits: settings.limits.clone(), secrets, warnings })
    }
}

fn is_yes(text: &str) -> bool {
    ["true", "1", "yes"].contains(&text.trim().to_lowercase().as_str())
}

const DEFAULT_AUTH2: &str = "https://ci.kbase.us/services/auth/";

fn auth2(settings: &Settings) -> Result<Url, ConfigError> {
    base_url("KBASE_AUTH_URL", settings.kbase_auth_url.as_deref().unwrap_or(DEFAULT_AUTH2))
}

/// The built-in recorded cluster. Its addresses are filled in when it starts.
fn mock_site(settings: &Settings) -> Result<Site, ConfigError> {
    Ok(Site {
        cluster_manager: None,
        spark: Spark::NotSet,
        driver_hosts: Vec::new(),
        auth2: auth2(settings)?,
        identity: IdentityMode::None,
        login_service_is_guessed: false,
        refuses_changed_names: false,
        extra_roots: Vec::new(),
        start_code: StartCode::default(),
        state_folder: None,
        history: None,
        export: None,
        git: None,
        airflow: AirflowSite::default(),
        standalone: None,
        assist: None,
        mcp: false,
        #[cfg(feature = "sql")]
        sql: None,
        links: None,
        muted: BTreeSet::new(),
        mock: true,
    })
}

fn real_site(settings: &Settings, warnings: &mut Vec<String>) -> Result<Site, ConfigError> {
    let namespace = settings.berdl_jupyterhub_namespace.as_deref().map(str::trim);
    if namespace.is_some_and(|name| !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')) {
        return Err(ConfigError::Namespace);
    }
    let port = master_port(settings.spark_master_port.as_deref(), warnings);
    let masters = match (&settings.spark_master_ui_url, namespace) {
        (Some(urls), _) => urls
            .split(',')
            .map(str::trim)
            .filter(|url| !url.is_empty())
            .map(|url| template("SPARK_MASTER_UI_URL", url, namespace))
            .collect::<Result<Vec<_>, _>>()?,
        (None, Some(_)) => {
            let text = format!("http://spark-master-{{user}}.{{namespace}}:{port}");
            vec![template("BERDL_JUPYTERHUB_NAMESPACE", &text, namespace)?]
        }
        (None, None) => Vec::new(),
    };
    if masters.iter().any(UrlTemplate::needs_app_id) {
        let reason = "may hold {user}, {username} and {namespace}, not {app_id}";
        return Err(ConfigError::Url { variable: "SPARK_MASTER_UI_URL", reason });
    }
    let app_ui = settings.spark_app_ui_url.as_deref();
    let app_ui = app_ui.map(|url| template("SPARK_APP_UI_URL", url, namespace)).transpose()?;
    if masters.is_empty() && app_ui.as_ref().is_some_and(UrlTemplate::needs_app_id) {
        return Err(ConfigError::AppIdWithoutMaster);
    }
    let manager = settings.spark_cluster_manager_api_url.as_deref();
    let cluster_manager = manager.map(|url| base_url("SPARK_CLUSTER_MANAGER_API_URL", url)).transpose()?;
    if cluster_manager.is_none() && masters.is_empty() && app_ui.is_none() {
        return Err(ConfigError::Nothing);
    }
    let links = settings.spark_monitor_links.as_deref();
    let links = links.map(|url| template("SPARK_MONITOR_LINKS", url, namespace)).transpose()?;
    let templates = || masters.iter().chain(&app_ui).chain(&links);
    let user_in_play = templates().any(UrlTemplate::needs_user);
    let refuses_changed_names =
        namespace.is_none() && cluster_manager.is_none() && templates().any(UrlTemplate::needs_kube_name);
    let identity = match settings.spark_monitor_identity.as_deref().map(str::trim) {
        Some("auth2") => IdentityMode::Auth2,
        None if user_in_play || namespace.is_some() => IdentityMode::Auth2,
        Some("jupyterhub") => {
            let name = settings.jupyterhub_user.as_deref().unwrap_or_default();
            let user = User::new(name).ok_or(ConfigError::NoHubUser)?;
            if refuses_changed_names && user.is_changed() {
                return Err(ConfigError::ChangedHubUser);
            }
            IdentityMode::JupyterHub(user)
        }
        Some("none") if user_in_play => return Err(ConfigError::NobodyAsks),
        Some("none") | None => IdentityMode::None,
        Some(_) => return Err(ConfigError::IdentityMode),
    };
    let login_service_is_guessed =
        identity == IdentityMode::Auth2 && settings.kbase_auth_url.is_none() && settings.jupyterhub_user.is_some();
    if login_service_is_guessed {
        warnings.push(format!(
            "JUPYTERHUB_USER is set, but users are looked up at the default login service, {DEFAULT_AUTH2}: set \
             KBASE_AUTH_URL to the one of this site, or SPARK_MONITOR_IDENTITY=jupyterhub to take the hub's user"
        ));
    }
    let patterns = settings.spark_monitor_driver_hosts.iter().map(|host| host.trim().to_lowercase());
    Ok(Site {
        cluster_manager,
        spark: Spark::new(masters, app_ui),
        driver_hosts: patterns.filter(|host| !host.is_empty()).collect(),
        auth2: auth2(settings)?,
        identity,
        login_service_is_guessed,
        refuses_changed_names,
        extra_roots: extra_roots(settings)?,
        start_code: start_code(settings, warnings),
        state_folder: None,
        history: None,
        export: None,
        git: None,
        airflow: AirflowSite::default(),
        standalone: None,
        assist: None,
        mcp: false,
        #[cfg(feature = "sql")]
        sql: None,
        links,
        muted: BTreeSet::new(),
        mock: false,
    })
}

/// The rules that these words name. An unknown word mutes nothing, and that is said.
fn muted(words: &[String], warnings: &mut Vec<String>) -> BTreeSet<FindingRule> {
    let mut muted = BTreeSet::new();
    for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
        match FindingRule::of_key(word) {
            Some(rule) => _ = muted.insert(rule),
            None => warnings.push(format!("SPARK_MONITOR_FINDINGS_MUTED: no finding is called {word:?}")),
        }
    }
    muted
}

fn start_code(settings: &Settings, warnings: &mut Vec<String>) -> StartCode {
    const LONGEST: usize = 4096;
    let connect_url = settings.spark_connect_url.as_deref().and_then(|url| {
        let shown = start_code::without_token(url);
        if shown.is_none() {
            // Its text may contain a token.
            warnings.push("SPARK_CONNECT_URL is no sc:// address, it is not shown".to_owned());
        }
        shown
    });
    let snippet = settings.spark_monitor_snippet.as_deref().map(str::trim).filter(|snippet| !snippet.is_empty());
    let shown = snippet.filter(|snippet| snippet.len() <= LONGEST);
    if snippet.is_some() && shown.is_none() {
        warnings.push("SPARK_MONITOR_SNIPPET is longer than 4 KB, it is not shown".to_owned());
    }
    StartCode { snippet: shown.map(str::to_owned), connect_url }
}

fn master_port(text: Option<&str>, warnings: &mut Vec<String>) -> u16 {
    const DEFAULT: u16 = 8090;
    let Some(text) = text else { return DEFAULT };
    text.trim().parse().ok().filter(|port| *port != 0).unwrap_or_else(|| {
        warnings.push(format!("SPARK_MASTER_PORT is no port number, {DEFAULT} is used"));
        DEFAULT
    })
}

fn extra_roots(settings: &Settings) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let Some(path) = &settings.spark_monitor_ca_file else { return Ok(Vec::new()) };
    let pem = fs::read(path).map_err(|error| ConfigError::CaFile(error.to_string()))?;
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let roots = roots.map_err(|_| ConfigError::CaFile("it is no PEM file".into()))?;
    if roots.is_empty() {
        return Err(ConfigError::CaFile("it holds no certificate".into()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::cli::settings_from;

    fn resolve(args: &[&str]) -> Result<Config, String> {
        Config::resolve(&settings_from(args).unwrap(), Secrets::default()).map_err(|error| error.to_string())
    }

    fn master_of(args: &[&str]) -> String {
        let config = resolve(args).unwrap();
        config.site.spark.masters().first().unwrap().fill(User::new("ann").as_ref(), None).unwrap().to_string()
    }

    #[test]
    fn a_namespace_gives_the_masters_address_and_asks_auth2() {
        let args = ["--berdl-jupyterhub-namespace", "prod"];
        assert_eq!(master_of(&args), "http://spark-master-ann.prod:8090/");
        assert_eq!(resolve(&args).unwrap().site.identity, IdentityMode::Auth2);
    }

    #[test]
    fn a_port_that_kubernetes_injected_is_ignored_with_one_warning() {
        let args = ["--berdl-jupyterhub-namespace", "prod", "--spark-master-port", "tcp://10.0.0.1:7077"];
        assert_eq!(master_of(&args), "http://spark-master-ann.prod:8090/");
        assert_eq!(resolve(&args).unwrap().warnings, ["SPARK_MASTER_PORT is no port number, 8090 is used"]);
        let args = ["--berdl-jupyterhub-namespace", "prod", "--spark-master-port", "9090"];
        assert_eq!(master_of(&args), "http://spark-master-ann.prod:9090/");
    }

    #[test]
    fn a_user_in_an_address_needs_an_identity() {
        let url = "http://m-{user}:8090/path";
        for url in [url, "http://m:8090/of/{username}"] {
            assert_eq!(resolve(&["--spark-master-ui-url", url]).unwrap().site.identity, IdentityMode::Auth2);
        }
        let none = ["--spark-master-ui-url", url, "--spark-monitor-identity", "none"];
        assert_eq!(
            resolve(&none).unwrap_err(),
            "an address holds {user} or {username}, but SPARK_MONITOR_IDENTITY is none: set it to auth2 or jupyterhub"
        );
    }

    #[test]
    fn links_are_checked_like_other_addresses_and_may_name_the_application() {
        let with = |links| resolve(&["--spark-app-ui-url", "http://d:4040", "--spark-monitor-links", links]);
        let site = with("https://hub/user/{username}/proxy/{app_id}").unwrap().site;
        assert_eq!((site.identity, site.links.is_some()), (IdentityMode::Auth2, true));
        assert_eq!(with("javascript:alert(1)").unwrap_err(), "SPARK_MONITOR_LINKS must begin with http:// or https://");
        assert_eq!(with("https://h/?token=1").unwrap_err(), "SPARK_MONITOR_LINKS must not hold a query or a fragment");
        assert!(resolve(&["--spark-app-ui-url", "http://d:4040"]).unwrap().site.links.is_none());
    }

    #[test]
    fn muted_findings_are_named_and_a_misspelt_one_is_a_warning() {
        let config = |muted| resolve(&["--spark-app-ui-url", "http://d:4040", "--spark-monitor-findings-muted", muted]);
        let spill = config("spill, off_cpu,").unwrap();
        assert_eq!(spill.site.muted, BTreeSet::from([FindingRule::Spill, FindingRule::OffCpu]));
        assert!(spill.warnings.is_empty());
        let misspelt = config("spil").unwrap();
        assert_eq!(misspelt.warnings, ["SPARK_MONITOR_FINDINGS_MUTED: no finding is called \"spil\""]);
        assert!(misspelt.site.muted.is_empty());
    }

    #[test]
    fn a_plain_address_asks_nobody_who_it_is() {
        let config = resolve(&["--spark-master-ui-url", "http://a:1/x, http://b:2"]).unwrap();
        assert_eq!(config.site.identity, IdentityMode::None);
        assert_eq!(config.site.spark.masters().len(), 2);
    }

    #[test]
    fn the_hubs_user_is_refused_where_the_rule_would_make_another_of_it() {
        let args = ["--spark-master-ui-url", "http://m-{user}", "--spark-monitor-identity", "jupyterhub"];
        let with = |more: &[&'static str]| resolve(&[&args[..], more].concat());
        assert!(with(&[]).unwrap_err().contains("JUPYTERHUB_USER holds no usable name"));
        assert!(with(&["--jupyterhub-user", "Ann_B"]).unwrap_err().contains("write {username} instead of {user}"));
        for (name, more) in [
            ("ann-b", &[][..]),
            ("Ann_B", &["--berdl-jupyterhub-namespace", "prod"]),
            ("Ann_B", &["--spark-cluster-manager-api-url", "http://manager"]),
        ] {
            let config = with(&[&["--jupyterhub-user", name], more].concat()).unwrap();
            assert_eq!(config.site.identity, IdentityMode::JupyterHub(User::new(name).unwrap()));
        }
    }

    #[test]
    fn a_hub_that_would_use_the_default_login_service_is_warned_of() {
        let hub = ["--berdl-jupyterhub-namespace", "prod", "--jupyterhub-user", "ann"];
        let with = |more: &[&'static str]| resolve(&[&hub[..], more].concat()).unwrap();
        let guessed = with(&[]);
        assert!(guessed.site.login_service_is_guessed);
        let [warning] = &guessed.warnings[..] else { panic!("{:?}", guessed.warnings) };
        assert!(
            warning.contains("KBASE_AUTH_URL") && warning.contains("SPARK_MONITOR_IDENTITY=jupyterhub"),
            "{warning}"
        );
        for decided in [["--kbase-auth-url", "https://login"], ["--spark-monitor-identity", "jupyterhub"]] {
            let config = with(&decided);
            assert!(!config.site.login_service_is_guessed && config.warnings.is_empty(), "{decided:?}");
        }
    }

    #[test]
    fn nothing_to_watch_and_an_application_id_without_a_master_are_errors() {
        assert!(resolve(&[]).unwrap_err().starts_with("nothing to watch: set "));
        let error = resolve(&["--spark-app-ui-url", "http://d/{app_id}"]).unwrap_err();
        assert!(error.contains("only a master can tell"), "{error}");
    }
}
