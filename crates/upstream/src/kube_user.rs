//! The Kubernetes name of a user, exactly as the cluster manager makes it.

/// Longest name that Kubernetes accepts for a resource, characters.
const LONGEST: usize = 253;

/// A user's name after the Kubernetes rule: not empty, only `[a-z0-9.-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KubeUser(String);

impl KubeUser {
    /// Applies the rule; returns `None` when no character is left.
    ///
    /// The result must equal that of Python's `str.lower` and `re.sub` in the cluster manager, or users lose their
    /// cluster. The order matters: lower-case, replace, strip the start, strip the end, collapse, and cut last.
    #[must_use]
    pub fn from_user_name(name: &str) -> Option<Self> {
        let replaced: String = name
            .to_lowercase()
            .chars()
            .map(|c| if matches!(c, 'a'..='z' | '0'..='9' | '.' | '-') { c } else { '-' })
            .collect();
        let stripped = replaced.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let mut collapsed = String::with_capacity(stripped.len());
        for c in stripped.chars() {
            if c != '-' || !collapsed.ends_with('-') {
                collapsed.push(c);
            }
        }
        collapsed.truncate(LONGEST);
        (!collapsed.is_empty()).then_some(Self(collapsed))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::KubeUser;

    fn name(user: &str) -> Option<String> {
        KubeUser::from_user_name(user).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn names_follow_the_cluster_managers_rule() {
        assert_eq!(name("Ann_B").as_deref(), Some("ann-b"));
        assert_eq!(name("a__b").as_deref(), Some("a-b"));
        assert_eq!(name("--.a.b.--").as_deref(), Some("a.b"));
        assert_eq!(name("İx").as_deref(), Some("i-x"));
        assert_eq!(name("\u{212A}elvin").as_deref(), Some("kelvin"));
        assert_eq!(name("a.-.-b").as_deref(), Some("a.-.-b"));
    }

    #[test]
    fn a_name_of_which_nothing_is_left_is_no_name() {
        assert_eq!(name(""), None);
        assert_eq!(name("___"), None);
    }

    #[test]
    fn the_cut_comes_last_so_a_name_may_end_in_a_hyphen() {
        let long = format!("{}_{}", "a".repeat(252), "b".repeat(10));
        assert_eq!(name(&long).unwrap(), format!("{}-", "a".repeat(252)));
    }
}
