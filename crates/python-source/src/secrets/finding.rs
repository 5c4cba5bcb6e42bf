//! What a rule found, and which of several findings at one place counts.

use std::{collections::BTreeMap, ops::Range};

/// How much a rule knows; the best one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The token's format says what it is.
    Format,
    /// The password of a URL.
    Url,
    /// A literal bound to a secret-like name.
    Binding,
    /// A name and a value within a text.
    Pair,
    /// A rule of gitleaks, which knows neither names nor the syntax tree.
    Gitleaks,
}

/// A secret that a rule found.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// Bytes of the text.
    pub range: Range<usize>,
    pub kind: &'static str,
    pub rank: Rank,
    /// The name it is bound to, if the rule knows one.
    pub name: Option<String>,
}

/// The findings in the text's order, without overlaps: the best rule wins, then the longest secret.
pub(super) fn without_overlaps(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (finding.rank, std::cmp::Reverse(finding.range.len()), finding.range.start));
    let mut kept: BTreeMap<usize, Finding> = BTreeMap::new();
    for finding in found {
        let before = kept.range(..finding.range.end).next_back();
        if before.is_none_or(|(_, kept)| kept.range.end <= finding.range.start) {
            kept.insert(finding.range.start, finding);
        }
    }
    kept.into_values().collect()
}
