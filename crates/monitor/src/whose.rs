//! The key under which a fact is kept, so that nobody sees another user's.

use upstream::{Caller, user::User};

/// The user whose cluster a fact belongs to; none if the site does not distinguish users.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whose(pub(crate) Option<User>);

/// One application of one user, which identifies a driver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DriverKey {
    pub whose: Whose,
    pub app_id: String,
}

impl Whose {
    /// Of whoever asks, on a site that does not distinguish users.
    pub const EVERYBODY: Self = Self(None);

    /// The user, if the site distinguishes users.
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
