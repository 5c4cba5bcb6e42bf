//! What may be done with a notebook.

use std::path::PathBuf;

use super::{
    error::ConfigError,
    runs::{NoRuns, RunsSite},
    settings::Settings,
};

/// The export of this site, if it is not switched off.
#[derive(Clone, Debug)]
pub struct ExportSite {
    /// Whether jobs may be run here and delivered. Else they are shown and downloaded.
    pub runs: bool,
    /// Where and how jobs run on this machine.
    pub here: Result<RunsSite, NoRuns>,
    /// Where Jupyter's paths begin; none if that is not known.
    pub notebooks: Option<PathBuf>,
}

impl ExportSite {
    /// The site as it is set; none if nothing is exported.
    ///
    /// # Errors
    /// When the mode is unknown.
    pub fn of(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let notebooks = settings.notebooks();
        match settings.export.spark_monitor_export.trim() {
            "off" => Ok(None),
            "convert" => Ok(Some(Self { runs: false, here: Err(NoRuns::NotAllowed), notebooks })),
            "run" => Ok(Some(Self { runs: true, here: RunsSite::of(settings), notebooks })),
            _ => Err(ConfigError::ExportMode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    #[test]
    fn jobs_run_unless_the_site_says_otherwise() {
        let runs = |args: &[&str]| {
            let site = ExportSite::of(&settings_from(args).unwrap());
            site.map(|site| site.map(|site| site.runs)).map_err(|error| error.to_string())
        };
        assert_eq!(runs(&[]), Ok(Some(true)));
        assert_eq!(runs(&["--spark-monitor-export", "convert"]), Ok(Some(false)));
        assert_eq!(runs(&["--spark-monitor-export", "off"]), Ok(None));
        assert!(runs(&["--spark-monitor-export", "yes"]).unwrap_err().contains("off, convert or run"));
    }
}
