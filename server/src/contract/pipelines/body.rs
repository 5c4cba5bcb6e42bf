//! The JSON body of a request. An error names the field and never shows what was in it.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;

use super::answer::Refused;
use crate::{http::ApiError, words::pipelines as words};

/// A body that was read.
pub(super) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let body = Bytes::from_request(request, state).await.map_err(|_| ApiError::broken_body())?;
        read(&body).map(Self)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| match error.path().to_string() {
        field if error.inner().is_data() && is_object && field != "." => Refused::bad(words::wrong_type(&field)),
        _ => Refused::bad(words::NOT_JSON),
    })?;
    reader.end().map_err(|_| Refused::bad(words::NOT_JSON))?;
    if is_object { Ok(value) } else { Err(Refused::bad(words::NOT_JSON)) }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Asked {
        preview: bool,
    }

    #[test]
    fn an_error_names_the_field_and_not_its_value() {
        for (body, expected) in [
            (r#"{"preview": "S3CR3T"}"#, "The field preview has a wrong type."),
            (r#"["S3CR3T"]"#, words::NOT_JSON),
            ("S3CR3T", words::NOT_JSON),
            (r#"{} S3CR3T"#, words::NOT_JSON),
            ("", words::NOT_JSON),
        ] {
            let Err(Refused::Older { message, .. }) = read::<Asked>(body.as_bytes()) else { panic!("{body}") };
            assert_eq!(message, expected, "{body}");
        }
        assert!(read::<Asked>(br#" {"other": 1, "preview": true}"#).unwrap().preview);
    }
}
