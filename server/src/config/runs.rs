//! What runs jobs on this machine, and how much of them is kept.

use std::path::PathBuf;

use super::settings::Settings;

/// Where and how jobs run on this machine.
#[derive(Clone, Debug)]
pub struct RunsSite {
    pub python: PathBuf,
    /// Where Jupyter's paths begin.
    pub notebooks: PathBuf,
    /// The folder of all runs.
    pub folder: PathBuf,
    /// Largest size of all runs together, bytes.
    pub most_bytes: u64,
    /// Runs at once.
    pub at_once: usize,
}

/// Why nothing runs on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRuns {
    /// The site does not want it.
    NotAllowed,
    /// The sidecar was not started by Jupyter.
    NoPython,
    /// There is no folder for what they leave.
    NoHome,
    /// Several people share the sidecar, and would share its user.
    Shared,
}

impl RunsSite {
    /// The site as it is set.
    ///
    /// # Errors
    /// When nothing can be run here.
    pub fn of(settings: &Settings) -> Result<Self, NoRuns> {
        let set = &settings.runs;
        let absolute = |path: &Option<PathBuf>| path.clone().filter(|path| path.is_absolute());
        let python = absolute(&set.spark_monitor_python).ok_or(NoRuns::NoPython)?;
        let state = settings.state_folder().ok_or(NoRuns::NoHome)?;
        Ok(Self {
            python,
            notebooks: settings.notebooks().ok_or(NoRuns::NoHome)?,
            folder: state.join("export/runs"),
            most_bytes: set.spark_monitor_export_max_bytes,
            at_once: set.spark_monitor_export_runs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    fn site(args: &[&str]) -> Result<RunsSite, NoRuns> {
        RunsSite::of(&settings_from(args).unwrap())
    }

    #[test]
    fn without_jupyters_python_or_a_home_nothing_runs_here() {
        assert_eq!(site(&["--home", "/h"]).unwrap_err(), NoRuns::NoPython);
        assert_eq!(site(&["--home", "/h", "--spark-monitor-python", "python"]).unwrap_err(), NoRuns::NoPython);
        let python = ["--spark-monitor-python", "/usr/bin/python"];
        let mut homeless = settings_from(&python).unwrap();
        (homeless.home, homeless.xdg_state_home) = (None, None);
        assert_eq!(RunsSite::of(&homeless).unwrap_err(), NoRuns::NoHome);
        let site = site(&[&python[..], &["--home", "/h", "--xdg-state-home", "/s"]].concat()).unwrap();
        assert_eq!(site.folder, PathBuf::from("/s/berdl-spark-monitor/export/runs"));
        assert_eq!((site.notebooks, site.at_once), (PathBuf::from("/h"), 2));
    }
}
