//! A user: the name as the login service or the hub gives it, and what the Kubernetes rule makes of it.

use std::sync::Arc;

use crate::{Weight, kube_user::KubeUser};

/// Both names stand in cache keys: two users whose Kubernetes names are the same are still two users.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    name: Arc<str>,
    kube: KubeUser,
}

impl User {
    /// None when the Kubernetes rule leaves nothing of the name.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        Some(Self { name: name.into(), kube: KubeUser::from_user_name(name)? })
    }

    /// The name as it is: any text.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name after the Kubernetes rule.
    #[must_use]
    pub fn kube_name(&self) -> &str {
        self.kube.as_str()
    }

    /// True when the rule changes the name, so that another user's name may become the same.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.name() != self.kube_name()
    }
}

impl Weight for User {
    fn weight_bytes(&self) -> usize {
        self.name().len() + self.kube_name().len()
    }
}
