//! Redacts a service's message for users: no addresses, and no words that could be a token.

/// Replaces words that could be an address or a secret with `…`.
pub(super) fn redacted(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.map(|word| if is_address(word) || is_secret(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

/// A host contains a dot, a colon or two hyphens; a path begins with a slash.
fn is_address(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let inner = |sign: char| word.contains(sign);
    inner('.') || inner(':') || inner('@') || word.starts_with('/') || word.matches('-').count() > 1
}

fn is_secret(word: &str) -> bool {
    word.len() >= 20 && word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn a_sentence_is_shown_without_addresses_and_tokens() {
        let text = "User ann may not\nuse ABCDEFGHIJ0123456789XYZ at http://spark-manager.ns.svc:8000/clusters.";
        assert_eq!(redacted(text), "User ann may not use … at …");
    }

    #[test]
    fn an_address_is_one_with_or_without_a_scheme() {
        for address in [
            "spark-master-ann.prod",
            "spark-master-ann",
            "10.96.0.1:443",
            "10.96.0.1",
            "[fd00::1]:443",
            "host:8090",
            "ann@example.org",
            "(spark-master-ann.prod),",
            "'manager.ns.svc'",
            "/var/run/secrets/token",
        ] {
            assert_eq!(redacted(&format!("No way to {address} today")), "No way to … today", "{address}");
        }
    }

    #[test]
    fn words_stay_as_they_are() {
        let text = "Quota: the limit is 4 workers (not 8), ask an admin; re-create it and/or wait.";
        assert_eq!(redacted(text), text);
    }
}
