//! Checks that links in documents lead somewhere, and that troubleshooting quotes sentences that exist.

use std::fs;

use crate::paths;

/// Quotes what the panel says at the start of a table's rows, between `“` and `”`; `…` stands for any value.
const TROUBLESHOOTING: &str = "docs/troubleshooting.md";
const TEXTS: &str = "python/berdl_spark_monitor/locale/berdl_spark_monitor.pot";

/// Finds links of a document to files and headings that do not exist.
pub fn broken(name: &str, text: &str) -> Vec<String> {
    let here = paths::root().join(name);
    let links = [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')].into_iter().flat_map(|(before, after)| {
        text.split(before).skip(1).map(move |rest| rest.split(after).next().unwrap_or_default())
    });
    let ours = links.filter(|link| !link.contains("://") && !link.contains(char::is_whitespace));
    let leads_somewhere = |link: &&str| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = if file.is_empty() { here.clone() } else { here.with_file_name(file) };
        target.exists() && (heading.is_empty() || has_heading(&fs::read_to_string(target).unwrap_or_default(), heading))
    };
    let wrong = ours.filter(|link| !leads_somewhere(link));
    wrong.map(|link| format!("{name}: {link} leads nowhere")).collect()
}

/// Whether a document has a heading with this anchor.
fn has_heading(text: &str, anchor: &str) -> bool {
    text.lines().filter(|line| line.starts_with('#')).any(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        words.chars().filter(|letter| letter.is_alphanumeric() || "-_".contains(*letter)).eq(anchor.chars())
    })
}

/// Finds quotes that neither the panel nor the sidecar can say.
pub fn unsaid(name: &str, text: &str) -> Vec<String> {
    if name != TROUBLESHOOTING {
        return Vec::new();
    }
    let texts = fs::read_to_string(paths::root().join(TEXTS)).unwrap_or_default();
    not_among(&texts, text).map(|quote| format!("{name}: nothing says “{quote}”")).collect()
}

/// The quotes of a document that are in none of these texts, which are in gettext's format.
fn not_among<'d>(texts: &str, document: &'d str) -> impl Iterator<Item = &'d str> {
    let texts = texts.replace("\"\n\"", "");
    let quotes = document.lines().filter_map(|line| line.strip_prefix("| “")?.split('”').next());
    quotes.filter(move |quote| !texts.split("\n\n").any(|message| quote.split('…').all(|part| message.contains(part))))
}

#[cfg(test)]
mod tests {
    use super::{broken, not_among};

    #[test]
    fn a_link_to_a_missing_file_or_heading_is_found() {
        let text =
            "[a](docs/README.md) [b](docs/none.md) [c](docs/README.md#for-users) [d](#none) <img src=\"none.png\">";
        let ends = broken("README.md", text);
        assert_eq!(ends, ["docs/none.md", "#none", "none.png"].map(|link| format!("README.md: {link} leads nowhere")));
    }

    #[test]
    fn a_sentence_that_nothing_says_is_found() {
        let texts = "msgid \"No worker \"\n\"is here.\"\n\nmsgid \"{ready} of {wanted} workers are ready.\"";
        let document = "| “No worker is here.” | wait |\n| “… workers are ready.” | wait |\n| “No such words.” | - |";
        assert!(not_among(texts, document).eq(["No such words."]));
    }
}
