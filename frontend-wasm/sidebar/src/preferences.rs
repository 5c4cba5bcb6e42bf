//! The person's settings from JupyterLab's Settings editor.

use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wire::Thresholds;

use kit::read;

#[wasm_bindgen(typescript_custom_section)]
const PREFERENCES: &str = r#"
/** A person's settings. */
export interface Preferences {
  /** Milliseconds between polls of the chip; 0 leaves it to the sidecar. */
  chip_poll_ms: number;
  /** The same for cluster, applications and history. */
  cluster_poll_ms: number;
  /** The same for queries, stages and executors. */
  query_poll_ms: number;
  amber_above_percent: number;
  red_above_percent: number;
  /** Sections that are collapsed at start. */
  folded: string[];
  /** The rules of findings that are not shown. */
  muted: string[];
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Preferences")]
    pub type PreferencesJson;
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub chip_poll_ms: u32,
    pub cluster_poll_ms: u32,
    pub query_poll_ms: u32,
    pub amber_above_percent: u32,
    pub red_above_percent: u32,
    pub folded: Vec<String>,
    pub muted: Vec<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        let Thresholds { amber_above_percent, red_above_percent } = Thresholds::default();
        let (folded, muted) = (vec!["cluster".to_owned()], Vec::new());
        let (chip_poll_ms, cluster_poll_ms, query_poll_ms) = (0, 0, 0);
        Self { chip_poll_ms, cluster_poll_ms, query_poll_ms, amber_above_percent, red_above_percent, folded, muted }
    }
}

impl From<PreferencesJson> for Preferences {
    fn from(json: PreferencesJson) -> Self {
        // The shell is from the same build; should decoding fail anyway, the defaults apply.
        read::read(json.into()).unwrap_or_default()
    }
}

impl Preferences {
    /// Where the colours of a bar start.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { amber_above_percent: self.amber_above_percent, red_above_percent: self.red_above_percent }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Preferences;

    #[test]
    fn the_settings_editor_shows_the_same_defaults() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../labextension/schema/plugin.json")).unwrap();
        let number = |name: &str| schema["properties"][name]["default"].as_u64();
        let defaults = Preferences::default();
        assert_eq!(number("amberAbovePercent"), Some(defaults.amber_above_percent.into()));
        assert_eq!(number("redAbovePercent"), Some(defaults.red_above_percent.into()));
        let sections = schema["properties"]["openSections"]["properties"].as_object().unwrap();
        let folded = sections.iter().filter(|(_, section)| section["default"] == false).map(|(name, _)| name);
        assert_eq!(folded.collect::<Vec<_>>(), defaults.folded.iter().collect::<Vec<_>>());
    }
}
