//! Settings of jobs that run on this machine.

use std::path::PathBuf;

use clap::Args;

use super::{limits::count, settings::Settings};

/// What runs jobs here, and how much of them is kept.
#[derive(Clone, Debug, Args)]
pub struct RunSettings {
    /// The Python beside Jupyter, which runs notebooks and jobs on this machine. Jupyter's extension sets it; without it
    /// nothing is run here.
    #[arg(long, env = "SPARK_MONITOR_PYTHON", value_name = "FILE")]
    pub spark_monitor_python: Option<PathBuf>,

    /// The folder that Jupyter shows, in which a job begins beside its notebook. Jupyter's extension sets it.
    #[arg(long, env = "SPARK_MONITOR_NOTEBOOKS", value_name = "FOLDER")]
    pub spark_monitor_notebooks: Option<PathBuf>,

    /// Largest size of all jobs that were run here, with their outputs, bytes [default: 256 MiB]. The oldest that have
    /// ended make room for new ones.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_MAX_BYTES", value_name = "BYTES", default_value_t = 256 << 20, value_parser = clap::value_parser!(u64).range(1 << 20..=64 << 30), hide_default_value = true)]
    pub spark_monitor_export_max_bytes: u64,

    /// Jobs that run on this machine at once: a notebook server has few cores.
    #[arg(long, env = "SPARK_MONITOR_EXPORT_RUNS", value_name = "NUMBER", default_value = "2", value_parser = count)]
    pub spark_monitor_export_runs: usize,
}

impl RunSettings {
    /// Where Jupyter's paths begin, if that is known.
    pub(super) fn notebooks(&self, settings: &Settings) -> Option<PathBuf> {
        let set = self.spark_monitor_notebooks.clone().filter(|path| path.is_absolute());
        set.or_else(|| settings.home.clone())
    }
}

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
        let notebooks = set.notebooks(settings);
        Ok(Self {
            python,
            notebooks: notebooks.ok_or(NoRuns::NoHome)?,
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
