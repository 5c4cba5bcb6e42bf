//! A user: the name that the login service or the hub gives, and its Kubernetes form.

use std::sync::Arc;

use crate::{Weight, kube_user::KubeUser};

/// Cache keys hold both names: two users with the same Kubernetes name are still two users.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    name: Arc<str>,
    kube: KubeUser,
}

impl User {
    /// `None` when the Kubernetes rule leaves no character of the name.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        Some(Self { name: name.into(), kube: KubeUser::from_user_name(name)? })
    }

    /// The original name, which may be any text.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name after the Kubernetes rule.
    #[must_use]
    pub fn kube_name(&self) -> &str {
        self.kube.as_str()
    }

    /// True when the Kubernetes rule changes the name, so that another user may end up with the same one.
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
