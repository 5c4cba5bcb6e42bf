//! Whose a fact is: the key under which it is kept, so that nobody is shown another's.

use upstream::{Caller, user::User};

/// The user whose cluster a fact belongs to; nobody where the site does not tell users apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whose(pub Option<User>);

/// One application of one user: names a driver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DriverKey {
    pub whose: Whose,
    pub app_id: String,
}

impl Whose {
    /// The user, where the site tells users apart.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.0.as_ref()
    }

    /// On whose behalf upstreams are called.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::new(self.user().map(User::name).unwrap_or_default().as_bytes())
    }
}
