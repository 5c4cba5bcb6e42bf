//! The names of the finding rules.

use kit::i18n::PageMessage;
use wire::FindingRule;

/// The name of a rule, which the settings editor shows too.
pub fn rule_name(rule: FindingRule) -> PageMessage<'static> {
    match rule {
        FindingRule::DataSkew => PageMessage::RuleDataSkew,
        FindingRule::TimeSkew => PageMessage::RuleTimeSkew,
        FindingRule::SlowHost => PageMessage::RuleSlowHost,
        FindingRule::Spill => PageMessage::RuleSpill,
        FindingRule::MemoryForecast => PageMessage::RuleMemoryForecast,
        FindingRule::FetchedToDisk => PageMessage::RuleFetchedToDisk,
        FindingRule::CacheMisfit => PageMessage::RuleCacheMisfit,
        FindingRule::GarbageCollection => PageMessage::RuleGarbageCollection,
        FindingRule::HeapNearLimit => PageMessage::RuleHeapNearLimit,
        FindingRule::ShuffleWait => PageMessage::RuleShuffleWait,
        FindingRule::OffCpu => PageMessage::RuleOffCpu,
        FindingRule::TooFewTasks => PageMessage::RuleTooFewTasks,
        FindingRule::TinyTasks => PageMessage::RuleTinyTasks,
        FindingRule::HugePartitions => PageMessage::RuleHugePartitions,
        FindingRule::SmallFilesRead => PageMessage::RuleSmallFilesRead,
        FindingRule::SmallFilesWritten => PageMessage::RuleSmallFilesWritten,
        FindingRule::BroadcastChance => PageMessage::RuleBroadcastChance,
        FindingRule::LargeBroadcast => PageMessage::RuleLargeBroadcast,
        FindingRule::CrossJoin => PageMessage::RuleCrossJoin,
        FindingRule::FailedTasks => PageMessage::RuleFailedTasks,
        FindingRule::ExecutorLost => PageMessage::RuleExecutorLost,
        FindingRule::Starved => PageMessage::RuleStarved,
        FindingRule::IdleCores => PageMessage::RuleIdleCores,
        FindingRule::IdleHold => PageMessage::RuleIdleHold,
        FindingRule::Unknown => PageMessage::RuleUnknown,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use kit::i18n::tr;
    use serde_json::json;
    use wire::FindingRule;

    use super::rule_name;

    #[test]
    fn the_settings_editor_offers_the_rules_by_the_same_names() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../../../labextension/schema/plugin.json")).unwrap();
        let named = FindingRule::ALL.map(|rule| json!({"const": rule.key(), "title": tr(rule_name(rule))}));
        assert_eq!(schema["properties"]["mutedFindings"]["items"]["oneOf"], json!(named));
    }
}
