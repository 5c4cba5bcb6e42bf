//! The standalone master to which jobs are submitted, and the folder that its workers share with this machine.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use super::{base_url::base_url, error::ConfigError, secret::Secrets, settings::Settings};

const REST_URL: &str = "SPARK_MONITOR_EXPORT_MASTER_REST_URL";
const MASTER_URL: &str = "SPARK_MONITOR_EXPORT_MASTER_URL";
const FOLDER: &str = "SPARK_MONITOR_EXPORT_MASTER_FOLDER";
const WORKER_FOLDER: &str = "SPARK_MONITOR_EXPORT_MASTER_WORKER_FOLDER";
/// The master's port if nobody sets another.
const MASTER_PORT: u16 = 7077;
/// The longest URL of masters, bytes.
const LONGEST_URL: usize = 1_000;

/// Where jobs are submitted to. The token is not printed.
#[derive(Clone, Debug)]
pub struct StandaloneSite {
    /// The REST submission server.
    pub rest_url: Url,
    /// What a filter of the REST submission server wants; none if there is no such filter.
    pub token: Option<SecretString>,
    /// `spark://…`: the master from which a job gets its executors.
    pub master_url: String,
    /// The shared folder as this machine sees it.
    pub folder: PathBuf,
    /// The same folder as the workers see it.
    pub worker_folder: String,
}

impl StandaloneSite {
    /// The site as it is set; none if jobs are not submitted.
    ///
    /// # Errors
    /// When an address is none, or there is no folder that the workers share.
    pub fn of(settings: &Settings, secrets: &Secrets) -> Result<Option<Self>, ConfigError> {
        let asked = &settings.standalone;
        let Some(rest_url) = asked.spark_monitor_export_master_rest_url.as_deref() else { return Ok(None) };
        let rest_url = base_url(REST_URL, rest_url)?;
        let folder = asked.spark_monitor_export_master_folder.clone().ok_or(ConfigError::MasterFolder)?;
        path(FOLDER, &folder)?;
        let worker_folder = match &asked.spark_monitor_export_master_worker_folder {
            Some(worker_folder) => path(WORKER_FOLDER, worker_folder)?,
            None => path(FOLDER, &folder)?,
        };
        let master_url = match &asked.spark_monitor_export_master_url {
            Some(master_url) => master_url.trim().to_owned(),
            None => format!("spark://{}:{MASTER_PORT}", rest_url.host_str().unwrap_or_default()),
        };
        let is_url = master_url.strip_prefix("spark://").is_some_and(|hosts| !hosts.is_empty());
        if !is_url || master_url.len() > LONGEST_URL || !master_url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConfigError::Url { variable: MASTER_URL, reason: "must be spark://host:port" });
        }
        let token = secrets.master_rest_token.clone();
        Ok(Some(Self { rest_url, token, master_url, folder, worker_folder }))
    }
}

/// A path that can be sent as text, without a `/` at its end.
fn path(variable: &'static str, path: &Path) -> Result<String, ConfigError> {
    let text = path.to_str().filter(|text| path.is_absolute() && !text.contains(char::is_control));
    let text = text.ok_or(ConfigError::Url { variable, reason: "must be an absolute path" })?;
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    const URL: [&str; 2] = ["--spark-monitor-export-master-rest-url", "http://master:6066"];
    const FOLDERS: [&str; 2] = ["--spark-monitor-export-master-folder", "/shared/jobs/"];

    fn site(args: &[&str]) -> Result<Option<StandaloneSite>, String> {
        let secrets = Secrets { master_rest_token: Some("T0KEN".into()), ..Secrets::default() };
        StandaloneSite::of(&settings_from(args).unwrap(), &secrets).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_submitted_unless_an_address_and_a_shared_folder_are_set() {
        assert!(site(&[]).unwrap().is_none() && site(&FOLDERS).unwrap().is_none());
        assert!(site(&URL).unwrap_err().contains("SPARK_MONITOR_EXPORT_MASTER_FOLDER"));
        let whole = site(&[URL, FOLDERS].concat()).unwrap().unwrap();
        assert_eq!((whole.master_url.as_str(), whole.worker_folder.as_str()), ("spark://master:7077", "/shared/jobs"));
        assert!(!format!("{whole:?}").contains("T0KEN"));
    }

    #[test]
    fn the_workers_may_see_the_folder_elsewhere_and_the_master_may_have_another_port() {
        let more =
            ["--spark-monitor-export-master-worker-folder", "/mnt", "--spark-monitor-export-master-url", "spark://a:1"];
        let site = site(&[&URL[..], &FOLDERS, &more].concat()).unwrap().unwrap();
        assert_eq!((site.master_url.as_str(), site.worker_folder.as_str()), ("spark://a:1", "/mnt"));
        assert_eq!(site.folder, Path::new("/shared/jobs/"));
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let refused = |name: &str, value: &str| {
            let flag = format!("--spark-monitor-export-master-{name}");
            let base = [URL, FOLDERS].concat();
            let kept = base.chunks(2).filter(|pair| pair[0] != flag).flatten().copied();
            site(&kept.chain([flag.as_str(), value]).collect::<Vec<_>>()).unwrap_err()
        };
        assert!(refused("rest-url", "spark://master:6066").contains("MASTER_REST_URL must begin with"));
        assert!(refused("folder", "jobs").contains("MASTER_FOLDER must be an absolute path"));
        assert!(refused("worker-folder", "/a\nb").contains("WORKER_FOLDER must be an absolute path"));
        for url in ["http://master:7077", "spark://", "spark://a b:7077"] {
            assert!(refused("url", url).contains("EXPORT_MASTER_URL must be spark://"), "{url}");
        }
    }
}
