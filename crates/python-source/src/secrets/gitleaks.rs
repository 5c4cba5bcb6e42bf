//! The rules of gitleaks, applied as it applies them: a keyword, a pattern, the entropy of what the pattern found, and
//! lists of what is no secret. `build.rs` makes the table from `gitleaks/gitleaks.toml`.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;
use regex::bytes::{Captures, Regex, RegexBuilder};

use super::{
    finding::{Finding, Rank},
    values::{entropy, is_made_up},
};

include!(concat!(env!("OUT_DIR"), "/gitleaks.rs"));

/// What one pattern may keep in memory of what it has learned of texts.
const CACHE_BYTES: usize = 256 << 10;

struct Rule {
    kind: &'static str,
    pattern: &'static str,
    /// Which group is the secret; 0 is the first that has found something.
    group: usize,
    /// Bits per character that the secret must have more of.
    entropy: f64,
    /// In lower case; a text without any of them has no such secret.
    keywords: &'static [&'static str],
    allowed: &'static [Allowed],
}

/// What is no secret.
struct Allowed {
    patterns: &'static [&'static str],
    /// In lower case; a secret with one of them is none.
    stop_words: &'static [&'static str],
}

/// Where the keywords of all rules are in a text, whatever their case.
static KEYWORDS: LazyLock<Option<Keywords>> = LazyLock::new(Keywords::build);
/// The rules in the table's order, each compiled when a text first has one of its keywords.
static COMPILED: LazyLock<Vec<OnceLock<Option<Compiled>>>> =
    LazyLock::new(|| RULES.iter().map(|_| OnceLock::new()).collect());
static ALLOWED_EVERYWHERE: LazyLock<Option<Exceptions>> = LazyLock::new(|| Exceptions::compile(&ALLOWED));

struct Keywords {
    automaton: AhoCorasick,
    /// For each keyword the position of its rule.
    rules: Vec<usize>,
}

struct Compiled {
    regex: Regex,
    allowed: Vec<Exceptions>,
}

struct Exceptions {
    patterns: Vec<Regex>,
    stop_words: &'static [&'static str],
}

/// All secrets that the rules find in the text, in no order; they may overlap.
pub(super) fn secrets(text: &str) -> Vec<Finding> {
    let rules = KEYWORDS.as_ref().map(|keywords| keywords.rules_for(text)).unwrap_or_default();
    let mut found = vec![];
    for (rule, compiled) in
        RULES.iter().zip(COMPILED.iter()).zip(rules).filter(|(_, asked)| *asked).map(|(rule, _)| rule)
    {
        let Some(compiled) = compiled.get_or_init(|| Compiled::of(rule)) else { continue };
        let all = compiled.regex.captures_iter(text.as_bytes());
        found.extend(all.filter_map(|groups| rule.secret(compiled, text, &groups)));
    }
    found
}

impl Rule {
    fn secret(&self, compiled: &Compiled, text: &str, groups: &Captures<'_>) -> Option<Finding> {
        let whole = groups.get(0)?;
        let secret = match self.group {
            0 => groups.iter().skip(1).flatten().find(|group| !group.is_empty()).unwrap_or(whole),
            group => groups.get(group)?,
        };
        let value = text.get(secret.range())?.trim_end_matches('\n');
        if self.entropy > 0.0 && entropy(value) <= self.entropy || is_made_up(value) {
            return None;
        }
        let mut exceptions = ALLOWED_EVERYWHERE.iter().chain(&compiled.allowed);
        if exceptions.any(|exceptions| exceptions.has(value)) {
            return None;
        }
        let range = secret.start()..secret.start() + value.len();
        Some(Finding { range, kind: self.kind, rank: Rank::Gitleaks, name: None })
    }
}

impl Keywords {
    fn build() -> Option<Self> {
        let pairs = || RULES.iter().enumerate().flat_map(|(at, rule)| rule.keywords.iter().map(move |word| (at, word)));
        let mut builder = AhoCorasick::builder();
        // A keyword may be within another one, so all that overlap are wanted.
        builder.ascii_case_insensitive(true).match_kind(MatchKind::Standard);
        let automaton = builder.build(pairs().map(|(_, word)| word)).ok()?;
        Some(Self { automaton, rules: pairs().map(|(at, _)| at).collect() })
    }

    /// For each rule whether the text has one of its keywords.
    fn rules_for(&self, text: &str) -> Vec<bool> {
        let mut asked = vec![false; RULES.len()];
        for word in self.automaton.find_overlapping_iter(text) {
            if let Some(rule) = self.rules.get(word.pattern().as_usize()).and_then(|rule| asked.get_mut(*rule)) {
                *rule = true;
            }
        }
        asked
    }
}

impl Compiled {
    fn of(rule: &Rule) -> Option<Self> {
        let allowed = rule.allowed.iter().map(Exceptions::compile).collect::<Option<_>>()?;
        Some(Self { regex: compile(rule.pattern)?, allowed })
    }
}

impl Exceptions {
    fn compile(allowed: &Allowed) -> Option<Self> {
        let patterns = allowed.patterns.iter().map(|pattern| compile(pattern)).collect::<Option<_>>()?;
        Some(Self { patterns, stop_words: allowed.stop_words })
    }

    fn has(&self, secret: &str) -> bool {
        let lower = secret.to_ascii_lowercase();
        self.patterns.iter().any(|pattern| pattern.is_match(secret.as_bytes()))
            || self.stop_words.iter().any(|word| memmem::find(lower.as_bytes(), word.as_bytes()).is_some())
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    // As in Go, classes and letter case are ASCII's; with Unicode the patterns take a hundred times more time and memory.
    RegexBuilder::new(pattern).unicode(false).dfa_size_limit(CACHE_BYTES).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        assert!(RULES.len() > 200);
        assert!(ALLOWED_EVERYWHERE.is_some() && KEYWORDS.is_some());
        for rule in RULES {
            assert!(Compiled::of(rule).is_some(), "{}", rule.kind);
            assert!(!rule.keywords.is_empty(), "{}", rule.kind);
        }
    }

    #[test]
    fn what_an_allowlist_names_is_no_secret() {
        let vault = ["VAULT_TOKEN = 's.", "aBcDeFgHiJkLmNoPqRsTuVwX", "'"].concat();
        assert!(secrets(&vault).is_empty(), "letters alone");
        assert_eq!(secrets(&vault.replace('D', "4")).len(), 1);
    }

    #[test]
    fn a_secret_has_more_entropy_than_a_word() {
        let adobe = |value: &str| secrets(&format!("adobe_client_id = '{value}'")).len();
        assert_eq!(adobe(&"abc0".repeat(8)), 0);
        assert_eq!(adobe("0f1e2d3c4b5a69780f1e2d3c4b5a6978"), 1);
    }
}
