//! The cluster manager says whether master and workers exist and are ready: `GET {base}/clusters`.

use std::fmt;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use url::Url;

use super::{Client, Upstream, UpstreamError, UpstreamErrorKind, secret_header, shape::Object};
use crate::{Weight, url_path};

/// The cluster manager's answer: its bytes, and their decoded form.
#[derive(Debug)]
pub struct ClusterStatus {
    pub bytes: Bytes,
    status: Result<Status, String>,
}

impl ClusterStatus {
    /// # Errors
    /// When a pass-through route would not accept the body.
    pub fn of(bytes: Bytes) -> Result<Self, UpstreamError> {
        super::body::from_slice::<Accepted>(Upstream::ClusterManager, &bytes)?;
        let status = super::body::from_slice(Upstream::ClusterManager, &bytes).map_err(|error| error.kind.to_string());
        Ok(Self { bytes, status })
    }

    /// The decoded answer. Decoding is stricter than the check for a pass-through route.
    ///
    /// # Errors
    /// When a field that we use has another type.
    pub fn status(&self) -> Result<&Status, UpstreamError> {
        self.status.as_ref().map_err(|reason| UpstreamError::shape(Upstream::ClusterManager, reason))
    }
}

/// What a body must contain before it is passed through.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only their types are checked")]
struct Accepted {
    master: Object,
    workers: Object,
}

/// Body of `/clusters`.
#[derive(Clone, Debug, Deserialize)]
pub struct Status {
    pub master: Deployment,
    pub workers: Deployment,
    #[serde(default)]
    error: Reported,
}

/// One Kubernetes deployment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deployment {
    pub exists: bool,
    pub is_ready: bool,
    pub ready_replicas: u32,
    pub replicas: u32,
    error: Reported,
}

/// Meaning of an `error` field. Today it is a flag or a text; any other type must not make the whole answer unreadable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reported {
    /// No error: false, null, zero or empty.
    #[default]
    Nothing,
    /// `true`: there is an error, and a deployment has the details.
    Flag,
    /// Kubernetes has no such deployment. Its errors begin with the status: `(404)\nReason: Not Found`.
    NotFound,
    Other,
}

impl Reported {
    fn of(is_error: bool, error: Self) -> Self {
        if is_error { error } else { Self::Nothing }
    }
}

/// The value is not kept, because it may have any size.
impl<'de> Deserialize<'de> for Reported {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Reported;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_unit<E>(self) -> Result<Reported, E> {
                Ok(Reported::Nothing)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Reported, E> {
                Ok(Reported::of(flag, Reported::Flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Reported, E> {
                Ok(Reported::of(number != 0, Reported::Other))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Reported, E> {
                Ok(Reported::of(number != 0, Reported::Other))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Reported, E> {
                Ok(Reported::of(number != 0.0, Reported::Other))
            }

            fn visit_str<E>(self, text: &str) -> Result<Reported, E> {
                Ok(match text {
                    "" => Reported::Nothing,
                    _ if text.starts_with("(404)") => Reported::NotFound,
                    _ => Reported::Other,
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Reported, A::Error> {
                let mut any = false;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    any = true;
                }
                Ok(Reported::of(any, Reported::Other))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reported, A::Error> {
                let mut any = false;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    any = true;
                }
                Ok(Reported::of(any, Reported::Other))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl Deployment {
    /// True when the manager could not find out whether the deployment exists, because Kubernetes refused or did not
    /// answer.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        !self.exists && matches!(self.error, Reported::Flag | Reported::Other)
    }
}

impl Status {
    /// True when the manager's own error is a text other than "Kubernetes has no such deployment".
    #[must_use]
    pub fn names_an_error(&self) -> bool {
        self.error == Reported::Other
    }

    /// True when the manager reports an error. The manager also reports one while a cluster starts and the workers'
    /// deployment does not exist yet; that does not count.
    #[must_use]
    pub fn has_error(&self) -> bool {
        let (master, workers) = (&self.master, &self.workers);
        let workers_are_to_come = master.exists
            && !workers.exists
            && (self.error, master.error, workers.error) == (Reported::Flag, Reported::Nothing, Reported::NotFound);
        self.error != Reported::Nothing && !workers_are_to_come
    }
}

impl Weight for ClusterStatus {
    fn weight_bytes(&self) -> usize {
        self.bytes.weight_bytes() + self.status.as_ref().err().map_or(0, Weight::weight_bytes)
    }
}

/// Asks for the state of the token owner's cluster.
///
/// # Errors
/// When the manager rejects the token, fails, or answers with another shape.
pub async fn status(
    client: &Client,
    base: &Url,
    token: &SecretString,
    limit: u64,
) -> Result<ClusterStatus, UpstreamError> {
    let auth = secret_header(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
        UpstreamError::new(Upstream::ClusterManager, UpstreamErrorKind::Shape("the token is no header".into()))
    })?;
    let bytes = client.json_bytes(&url_path::join(base, &["clusters"]), Some(&auth), limit).await?;
    ClusterStatus::of(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_anything_but_nothing() {
        for (json, is_error) in [
            ("null", false),
            ("false", false),
            ("true", true),
            ("0", false),
            ("0.0", false),
            ("-1", true),
            ("0.5", true),
            (r#""""#, false),
            (r#""x""#, true),
            ("[]", false),
            ("[0]", true),
            ("{}", false),
            (r#"{"a": null}"#, true),
        ] {
            assert_eq!(serde_json::from_str::<Reported>(json).unwrap() != Reported::Nothing, is_error, "{json}");
        }
    }
}
