//! What the panel shows of `wire::Findings`. The other fields would cost every page the code that reads them.

use serde::Deserialize;
use wire::{Sentences, Severity};

/// Those that cost the most come first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Found {
    pub findings: Vec<Finding>,
}

/// One finding about a stage of a query, a query, an executor, or the application.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub severity: Severity,
    pub query_id: Option<String>,
    pub stage_id: Option<i64>,
    pub executor_id: Option<String>,
    pub meaning: String,
    pub meaning_sentences: Option<Sentences>,
    pub advice: String,
    pub advice_sentences: Option<Sentences>,
    pub code: Option<String>,
}

impl Finding {
    /// What stays the same while its numbers change, and the executor that is the worst.
    pub fn name(&self) -> String {
        [&*self.rule, " ", self.query_id.as_deref().unwrap_or_default()].concat()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::FindingRule;

    use super::Found;
    use kit::samples;

    #[test]
    fn what_the_sidecar_sends_is_read() {
        let sent = wire::Findings { findings: vec![samples::finding(FindingRule::Spill)], ..samples::findings() };
        let read: Found = serde_json::from_value(serde_json::to_value(&sent).unwrap()).unwrap();
        let (sent, read) = (&sent.findings[0], &read.findings[0]);
        assert_eq!((&*read.rule, read.severity, &read.query_id), ("spill", sent.severity, &sent.query_id));
        assert_eq!((&read.meaning, &read.advice, &read.code), (&sent.meaning, &sent.advice, &sent.code));
        assert_eq!((&read.stage_id, &read.executor_id), (&sent.stage_id, &sent.executor_id));
        assert_eq!(read.name(), "spill a");
    }
}
