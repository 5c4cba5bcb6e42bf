//! Whom Spark Connect takes a caller for: a label, not a protection.

/// The rule of this site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectUser {
    /// The address names a user for everybody.
    pub fixed: Option<String>,
    /// Where users do not sign in: as PySpark has it.
    pub otherwise: String,
}

impl ConnectUser {
    /// The name for a caller who has signed in as `user`, or has not.
    #[must_use]
    pub fn of<'a>(&'a self, user: Option<&'a str>) -> &'a str {
        self.fixed.as_deref().or(user).unwrap_or(&self.otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::ConnectUser;

    #[test]
    fn the_address_wins_over_the_sign_in_and_that_over_the_machine() {
        let site =
            |fixed: Option<&str>| ConnectUser { fixed: fixed.map(str::to_owned), otherwise: "jovyan".to_owned() };
        assert_eq!(site(Some("team")).of(Some("ann")), "team");
        assert_eq!(site(None).of(Some("ann")), "ann");
        assert_eq!(site(None).of(None), "jovyan");
    }
}
