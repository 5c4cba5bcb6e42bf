//! What is checked before it runs, and who may ask.

use std::path::PathBuf;

use super::{error::ConfigError, settings::Settings};

/// The check of this site.
#[derive(Clone, Debug)]
pub struct AssistSite {
    /// The kernel's Python, if it is known.
    pub python: Option<PathBuf>,
    pub search_path: Option<String>,
    /// How long a rehearsal may take.
    pub seconds: u64,
}

impl AssistSite {
    /// The site as it is set; none if nothing is checked.
    ///
    /// # Errors
    /// When the mode is unknown.
    pub fn of(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let assist = &settings.assist;
        let python = assist.spark_monitor_rehearsal_python.as_ref().or(settings.runs.spark_monitor_python.as_ref());
        match assist.spark_monitor_assistant.trim() {
            "off" => Ok(None),
            "check" => Ok(Some(Self {
                python: python.cloned(),
                search_path: assist.search_path.clone(),
                seconds: assist.spark_monitor_rehearsal_seconds,
            })),
            _ => Err(ConfigError::AssistantMode),
        }
    }
}

/// Whether agents may ask.
///
/// # Errors
/// When the mode is unknown.
pub(super) fn has_mcp(settings: &Settings) -> Result<bool, ConfigError> {
    match settings.assist.spark_monitor_mcp.trim() {
        "off" => Ok(false),
        "on" => Ok(true),
        _ => Err(ConfigError::McpMode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    #[test]
    fn nothing_is_checked_and_no_agent_may_ask_unless_the_site_says_so() {
        let of = |args: &[&str]| {
            let settings = settings_from(args).unwrap();
            (AssistSite::of(&settings).map(|site| site.is_some()).ok(), has_mcp(&settings).ok())
        };
        assert_eq!(of(&[]), (Some(false), Some(false)));
        assert_eq!(of(&["--spark-monitor-assistant", "check", "--spark-monitor-mcp", "on"]), (Some(true), Some(true)));
        assert_eq!(of(&["--spark-monitor-assistant", "run", "--spark-monitor-mcp", "yes"]), (None, None));
    }

    #[test]
    fn the_python_beside_jupyter_rehearses_unless_another_is_set() {
        let python = |args: &[&str]| {
            let args = [&["--spark-monitor-assistant", "check", "--spark-monitor-python", "/jupyter"], args].concat();
            AssistSite::of(&settings_from(&args).unwrap()).unwrap().unwrap().python.unwrap()
        };
        assert_eq!(python(&[]), PathBuf::from("/jupyter"));
        assert_eq!(python(&["--spark-monitor-rehearsal-python", "/kernel"]), PathBuf::from("/kernel"));
    }
}
